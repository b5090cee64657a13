"""Which value of today's service stands for which recorded one: ids, cursors and moments that a service makes, and secrets.

What is such a value is said by the contract: the formats `date-time` and `uuid`, the parameters of paths and what links fill them from;
and by the names that such members have in every contract (`id`, `…_id`, `cursor`). A recorded value has one counterpart, and ids
have it for themselves alone. What a client made is sent as it was, and must come back so.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Set
from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any, TypeAlias

from codegen.ir.names import snake
from proof.difference import moment
from proof.documents import JSON, Json
from proof.traffic.contract import Contract
from proof.traffic.lines import SECRET
from proof.traffic.schema import Schema

MOMENT, LASTS, SEALED = "moment", "a time that is left", "cursor"
CURSORS = re.compile(r"(.*_)?(cursor|epoch)")
TIMES_LEFT = re.compile(r"(.*_)?(expires_in|retry_after|duration_ms)")
UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
KEY = re.compile(r"[!-~]{1,240}")
Own: TypeAlias = Set[tuple[str, str]]
"""Kinds and texts."""
NOBODY_S: Own = frozenset()


class Kinds:
    """What a member's value is: nothing in particular, or made by the service; values of one kind are matched with each other."""

    def __init__(self, contract: Contract) -> None:
        self._ids = {name for one in contract.operations.values() for place, name in one.parameters if place == "path"}
        self._linked = dict(_linked(contract))

    def of(self, name: str, schema: Schema, owner: Schema) -> str:
        """Of a member of an object that is `owner`."""
        if "date-time" in schema.formats:
            return MOMENT
        if TIMES_LEFT.fullmatch(name):
            return LASTS
        if CURSORS.fullmatch(name):
            return SEALED
        linked = next((self._linked[one, name] for one in owner.names if (one, name) in self._linked), "")
        if linked:
            return linked
        if name == "id":
            return f"{snake(owner.names[0])}_id" if owner.names else "id"
        if name in self._ids or name.endswith(("_id", "Id")):
            return name
        return "uuid" if "uuid" in schema.formats else ""


def _linked(contract: Contract) -> Iterator[tuple[tuple[str, str], str]]:
    """The parameter that a link fills, by the shared schema and the member that it fills it from."""
    for one in contract.operations.values():
        for status, told in one.told.get("responses", {}).items():
            answered = contract.answered(one, int(status), JSON) if status.isdigit() else None
            records = answered.names if answered else ()
            for link in told.get("links", {}).values():
                for name, place in link.get("parameters", {}).items():
                    member = str(place).removeprefix("$response.body#/")
                    yield from (((record, member), name.rpartition(".")[2]) for record in records)


@dataclass(slots=True)
class Matches:
    """Of one replay. A value is known by its kind and its text, so that 7 is 7 in a path and in a body."""

    _now: dict[tuple[str, str], Any] = field(default_factory=dict)
    _then: dict[tuple[str, str], str] = field(default_factory=dict)
    _said: set[tuple[str, str]] = field(default_factory=set)
    """What a client said that is nobody else's: moments and UUIDs."""
    _secrets: dict[str, Any] = field(default_factory=dict)
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex[:8])

    def agree(self, kind: str, then: Any, now: Any, own: Own = NOBODY_S, *, learns: bool = True) -> str:
        """Nothing, or why the two cannot be the same thing; learned where it is new and `learns`. `own` are the client's values."""
        if kind == LASTS:
            return "" if isinstance(now, int) else "is no time"
        if type(then) is not type(now):
            return "is of another type"
        place, other = key_of(kind, then), key_of(kind, now)
        if place in own or place in self._said:
            return "" if place == other else "is not what the client said"
        if kind == MOMENT and (moment(now) is None) != (moment(then) is None):
            return "is no moment"
        why = self._contradiction(kind, place, other) if kind != SEALED else ""
        if learns and not why:
            self._now[place], self._then[other] = now, place[1]
        return why

    def _contradiction(self, kind: str, place: tuple[str, str], other: tuple[str, str]) -> str:
        """A moment of whole seconds may be any in them."""
        if kind == MOMENT:
            then = moment(place[1])
            is_exact = then is not None and then.microsecond
            known = self._now.get(place)
            return f"was {known} before" if is_exact and known is not None and key_of(kind, known) != other else ""
        if place in self._now:
            known = self._now[place]
            return "" if str(known) == other[1] else f"was {known!r} before"
        stood = self._then.get(other, place[1])
        return "" if stood == place[1] else f"stood for {stood!r} before"

    def now(self, kind: str, then: Any) -> Any:
        """What to send for a recorded value; itself where it is not known."""
        found = self._now.get(key_of(kind, then), then)
        if isinstance(then, str):
            return str(found)
        return int(found) if isinstance(found, str) and found.isdigit() else found

    def say(self, kind: str, then: Any) -> tuple[str, str] | None:
        """A client's value goes as it is, unless it is one that the service made; answers its kind and text if so."""
        place = key_of(kind, then)
        if place in self._now:
            return None
        if kind == MOMENT or UUID.fullmatch(place[1]):
            self._said.add(place)
        return place

    def fresh(self, key: str) -> str:
        """Of an id that its client chose for one call: another one, always the same for the same. What is none stays as it is."""
        place = ("req_id", key)
        if place not in self._now:
            now = key
            if UUID.fullmatch(key):
                now = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self._mark} {key}"))
                now = now.upper() if key.upper() == key and key.lower() != key else now
            elif KEY.fullmatch(key):
                now = f"{key}.{self._mark}"
            self._now[place], self._then["req_id", now] = now, key
        return str(self._now[place])

    def is_known(self, secret: str) -> bool:
        return secret in self._secrets

    def learn_secret(self, secret: str, now: Any) -> str:
        """Nothing, or why it cannot be that one. No text of ours has the value."""
        if self._secrets.setdefault(secret, now) != now:
            return "is another secret than before"
        return ""

    def secret(self, name: str, schema: Schema) -> Any:
        """The counterpart, or a text that fits."""
        if name not in self._secrets:
            least = max([0, *(int(part.get("minLength", 0)) for part in schema.parts)])
            most = min([10_000, *(int(part["maxLength"]) for part in schema.parts if "maxLength" in part)])
            text = f"{name}-{self._mark}"
            self._secrets[name] = (text * (least // len(text) + 1))[: max(least, min(most, 40))]
        return self._secrets[name]


def key_of(kind: str, value: Any) -> tuple[str, str]:
    """A moment is the same in every offset."""
    found = moment(value) if kind == MOMENT else None
    return kind, found.astimezone(UTC).isoformat() if found else str(value)


def secret_of(value: Any) -> str:
    """The name in place of a secret; nothing where it is none."""
    if isinstance(value, dict) and set(value) == {SECRET}:
        return str(value[SECRET])
    return ""


class Translation:
    """Says one recorded request as today's service must hear it, and keeps the ids in it that are the client's `own`."""

    def __init__(self, kinds: Kinds, matches: Matches) -> None:
        self._kinds = kinds
        self._matches = matches
        self.own: set[tuple[str, str]] = set()

    def value(self, then: Any, schema: Schema, owner: Schema, name: str = "") -> Any:
        if found := secret_of(then):
            return self._matches.secret(found, schema)
        if isinstance(then, dict):
            return {key: self.value(one, schema.member(key), schema, key) for key, one in then.items()}
        if isinstance(then, list):
            return [self.value(one, schema.item(), owner, name.removesuffix("s")) for one in then]
        kind = self._kinds.of(name, schema, owner) if name and isinstance(then, str | int) else ""
        if kind in ("", LASTS):
            return then
        if said := self._matches.say(kind, then):
            self.own.add(said)
        return self._matches.now(kind, then)

    def frame(self, then: Json, schema: Schema, names: tuple[str, ...], correlation: str = "") -> Json:
        """With an id of its own, where the client chose it. `names` are the records that the operation answers."""
        out: Json = {}
        for name, one in then.items():
            if isinstance(one, str) and (name == "req_id" or f"/{name}" == correlation):
                out[name] = self._matches.fresh(one)
            else:
                out[name] = self.value(one, replace(schema.member(name), names=names), schema)
        return out
