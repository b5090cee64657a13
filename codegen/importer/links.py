"""Links of answers, when the names of all operations and of their parameters are known: to an operation of the contract, with values
that its request and its answer have.

A link that leads out of the document, or to what did not arrive, is left out with a loss; `trial.py` takes out what the compiler refuses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codegen.importer.draft import Data, Given, Ref
from codegen.importer.losses import ANSWER, Losses
from codegen.importer.nodes import child, mapping, place_of, reference, text
from codegen.importer.sources import Library
from codegen.importer.types import Types
from codegen.parse.yaml_tree import Mapping, Node, plain

EMBEDDED = re.compile(r"\$(?:request|response)\.[^{}]*")
KEPT = ("description", "requestBody")


@dataclass(slots=True)
class Ends:
    """An operation as links see it. `carriers` are the names of its parameters here by place and name in the original; the records
    are None where its body, or its answer, is none.
    """

    name: str = ""
    carriers: dict[tuple[str, str], str] = field(default_factory=dict)
    body: Ref | None = None
    result: Ref | None = None


@dataclass(slots=True)
class _Written:
    label: str
    ends: Ends
    response: Data
    links: Mapping


@dataclass(slots=True)
class Links:
    """Of one document: what leads where, and the answers that wait for their links."""

    types: Types
    losses: Losses
    by_id: dict[str, Ends] = field(default_factory=dict)
    by_place: dict[tuple[str, str], Ends] = field(default_factory=dict)
    """By file and pointer."""
    _waiting: list[_Written] = field(default_factory=list)

    def wait(self, label: str, ends: Ends, response: Data, links: Mapping) -> None:
        """The answer as it stands in http/ gets its links when all operations are read."""
        self._waiting.append(_Written(label, ends, response, links))

    def settle(self) -> None:
        for one in self._waiting:
            found = {name: link for name, node in one.links if (link := self._link(one, name, node)) is not None}
            if found:
                one.response["links"] = found
        self._waiting.clear()

    def _link(self, one: _Written, name: str, node: Node) -> Given | None:
        link = self.types.shapes.library.resolve(node)
        target = self._target(link) if isinstance(link, Mapping) else None
        place = place_of(one.links, name)
        if target is None or not isinstance(link, Mapping):
            said = f"the link {name!r} of {one.label} is left out: it leads to no operation that arrived"
            self.losses.add(ANSWER, place, said, "write it into http/, with the operation's name")
            return None
        for key in link.entries:
            if key not in (*KEPT, "operationId", "operationRef", "parameters"):
                self.losses.count(ANSWER, place_of(link, key), f"{key!r} of links is left out", "nothing")
        found: Data = {"operationId": target.name}
        given = mapping(link, "parameters")
        if given is not None:
            found["parameters"] = {_parameter(target, key): self._value(one.ends, below) for key, below in given}
        found |= {key: self._value(one.ends, link.entries[key]) for key in KEPT if key in link.entries}
        return Given(found, place)

    def _target(self, link: Mapping) -> Ends | None:
        said = text(link, "operationRef")
        if not said:
            return self.by_id.get(text(link, "operationId"))
        target = self.types.shapes.library.target(link.place.file, said) if "#" in said else None
        return self.by_place.get((target.place.file, target.pointer)) if target is not None else None

    def _value(self, ends: Ends, node: Node) -> object:
        value = plain(node)
        return EMBEDDED.sub(lambda found: self._expression(ends, found[0]), value) if isinstance(value, str) else value

    def _expression(self, ends: Ends, said: str) -> str:
        """A runtime expression with the names that parameters and members have here."""
        head, hash_sign, pointer = said.partition("#")
        record = {"$response.body": ends.result, "$request.body": ends.body}.get(head)
        if hash_sign and record is not None:
            return f"{head}#{self._pointer(record, pointer)}"
        place, _, name = said.removeprefix("$request.").partition(".")
        carrier = ends.carriers.get((place, name))
        return f"$request.{place}.{carrier}" if carrier and said.startswith("$request.") else said

    def _pointer(self, record: Ref, pointer: str) -> str:
        """Into a value that stands in a record of one field, it goes through that field."""
        member = self.types.wrapped.get(record.name)
        if member is not None:
            return f"/{member}{pointer}"
        first, slash, rest = pointer.removeprefix("/").partition("/")
        return f"/{self.types.wire.get(record.name, {}).get(first, first)}{slash}{rest}"


def _parameter(target: Ends, said: str) -> str:
    """`id` or `path.id`, by the name here."""
    place, dot, name = said.partition(".")
    if dot and (place, name) in target.carriers:
        return f"{place}.{target.carriers[place, name]}"
    return next((carrier for (_, known), carrier in target.carriers.items() if known == said), said)


def links_of(library: Library, response: Mapping) -> Mapping | None:
    """What a response says of links, where there are any."""
    found = library.resolve(child(response, "links"))
    return found if isinstance(found, Mapping) and found.entries and reference(found) is None else None
