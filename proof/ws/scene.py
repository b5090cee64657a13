"""What sessions are drawn from: a document, values of its schemas, and who may open a socket."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from proof.callers import Roles
from proof.documents import Json
from proof.values import Fault, Values
from proof.ws.codec import Codec
from proof.ws.contract import Event, Link, Operation, Socket
from proof.ws.finding import WITNESS
from proof.ws.session import Open, Send, Step, member, said

TIMEOUT_MS = 1500
"""Of a request that brings one: a reply that never comes is known sooner."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What plans draw from."""

    socket: Socket
    values: Values
    roles: dict[str, Roles]
    """Of each caller that may open a socket."""
    codecs: dict[str, Codec]

    @property
    def encodings(self) -> list[str]:
        """Those that a codec is known of."""
        return [name for name, media in self.socket.encodings.items() if media in self.codecs]

    def able(self, operation: Operation | Event) -> str:
        """A caller with its roles; any other where none has them."""
        return next((name for name, roles in self.roles.items() if operation.allows(roles)), next(iter(self.roles)))

    def able_of_all(self, operations: Sequence[Operation]) -> str:
        """Who has the roles of the most of them."""
        return max(self.roles, key=lambda name: sum(one.allows(self.roles[name]) for one in operations))

    def data_schema(self, operation: Operation) -> Any:
        """Of what a request is about; the whole frame where nothing surrounds it."""
        members = operation.frame.get("properties", {})
        return members["data"] if "data" in members and operation.pkg_id is not None else operation.frame

    def faults(self, operation: Operation, value: Any) -> list[Fault]:
        """But those of the id by which the reply is known."""
        found = self.values.faults(self.data_schema(operation), value)
        if operation.pkg_id is not None:
            return found
        return [
            one for one in found if member(one.value, operation.correlation) == member(value, operation.correlation)
        ]

    def frame(self, operation: Operation, data: Any, timeout_ms: int | None = TIMEOUT_MS) -> Json:
        if operation.pkg_id is None:
            return data if isinstance(data, dict) else {}
        meta = {"meta": {"timeout_ms": timeout_ms}} if timeout_ms is not None else {}
        return {"pkg_id": operation.pkg_id, **meta, "data": data}

    def witness(self) -> list[Step]:
        """On a socket of its own: an operation that reads, as who may."""
        safe = [one for one in self.socket.operations if one.is_safe] or list(self.socket.operations)
        for one in safe:
            if self.values.is_valid(self.data_schema(one), {}):
                send = Send("w", one.name, WITNESS, self.frame(one, {}), "taken")
                return [Open("w", self.encodings[0], self.able(one)), send]
        return []


@st.composite
def linked(draw: DrawFn, scene: Scene, operation: Operation, link: Link, label: str) -> Json:
    """Data of the operation for the thing that `label` answered. What such a request expects of the thing is left out: it may have changed."""
    data = dict(draw(scene.values.valid(scene.data_schema(operation))))
    data |= {name: said(label, place.partition("#")[2]) for name, place in link.places.items()}
    return {name: one for name, one in data.items() if name in link.places or not name.startswith("expected_")}
