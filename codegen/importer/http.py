"""Operations of an OpenAPI document to operations of the HTTP door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from codegen.diagnostics import Place
from codegen.importer import parameters
from codegen.importer.answers import Body, read_body, read_responses
from codegen.importer.draft import Data, Draft, Operation
from codegen.importer.errors import Errors
from codegen.importer.links import Ends, Links
from codegen.importer.losses import ANSWER, DOCUMENT, MEMBER, SHAPE, WIRE_NAME, Losses
from codegen.importer.names import Taken, identifier, literals, of_path, singular
from codegen.importer.nodes import items, mapping, place_of, text, value
from codegen.importer.notes import docs
from codegen.importer.paths import route_of
from codegen.importer.security import Security
from codegen.importer.sources import Source
from codegen.importer.types import Types, codes
from codegen.ir.names import pascal
from codegen.parse.http_request import WHOLE
from codegen.parse.openapi import METHODS
from codegen.parse.yaml_tree import Mapping, Scalar

CURSORS = {"cursor", "page_token", "next_token", "starting_after", "after", "page_cursor"}
UNSERVED = ("head", "options", "trace")
READ = {
    "operationId",
    "summary",
    "description",
    "deprecated",
    "tags",
    "externalDocs",
    "security",
    "parameters",
    "requestBody",
    "responses",
}


@dataclass(slots=True)
class Found:
    """An operation of a document, before it is known what arrives of it."""

    method: str
    path: str
    item: Mapping
    node: Mapping
    name: str = ""
    feature: str = ""
    ends: Ends = field(default_factory=Ends)

    @property
    def route(self) -> str:
        return route_of(self.path)

    @property
    def label(self) -> str:
        return f"{self.method.upper()} {self.path}"

    @property
    def place(self) -> Place:
        return place_of(self.item, self.method)


def operations_of(source: Source, types: Types) -> Iterator[Found]:
    """All operations, in the order of the document."""
    for path, node in mapping(source.root, "paths") or ():
        item = types.shapes.library.resolve(node)
        for method, said in item if isinstance(item, Mapping) else ():
            operation = types.shapes.library.resolve(said)
            if method in (*METHODS, *UNSERVED) and isinstance(operation, Mapping) and isinstance(item, Mapping):
                yield Found(method, path, item, operation)


@dataclass(slots=True)
class Door:
    """Reads one document; `served` are the paths that the platform answers."""

    types: Types
    draft: Draft
    losses: Losses
    security: Security
    errors: Errors
    served: set[str]
    links: Links

    def name(self, found: list[Found], names: Taken, features: Taken, given: dict[str, str]) -> None:
        """Names and features, before a type takes a name that a request will have."""
        homes: dict[str, str] = {}
        for one in found:
            tag = text(items(one.node, "tags")[0]) if items(one.node, "tags") else ""
            stem = identifier(tag or next(iter(literals(one.path)), "root"))
            one.feature = homes.setdefault(
                one.path, given.get(stem) or given.setdefault(stem, features.give(stem, "api"))
            )
            one.name = names.give(
                identifier(text(one.node, "operationId"))
                if text(one.node, "operationId")
                else of_path(one.method, one.path),
                "of_" + one.feature,
            )

    def read(self, path: str, found: list[Found]) -> None:
        """The operations of one route, which share its parameters."""
        kept = [one for one in found if self._is_served(one)]
        read = [(one, self._body(one), self._parameters(one)) for one in kept]
        others = {
            name
            for _, body, listed in read
            for name in (*self._fields(body), *(each.field for each in listed if each.location != "path"))
        }
        names = self._path_names(path, others)
        for one, body, listed in read:
            self._write(one, body, listed, path, names)

    def _is_served(self, one: Found) -> bool:
        if one.method in UNSERVED:
            self.losses.lose(one.label, one.place, f"{one.method.upper()} is not served", "use GET")
        elif one.route in self.served:
            self.losses.lose(
                one.label,
                one.place,
                "the platform answers this path itself",
                "give it another path, if it is more than that",
            )
        elif not one.route:
            self.losses.lose(
                one.label,
                one.place,
                "its path is not made of plain segments and whole parameters",
                "write each parameter as a segment of its own",
            )
        elif read_any(one.node):
            self._say_route(one)
            return True
        else:
            self.losses.lose(
                one.label, one.place, "it has no response that is a success", "write one of 200, 201, 202, 204"
            )
        return False

    def _say_route(self, one: Found) -> None:
        if one.route != one.path:
            self.losses.add(
                WIRE_NAME,
                one.place,
                f"{one.label} is served at {one.route}",
                "clients use that path, or a proxy in front of the service rewrites it",
            )
        for key in one.item.entries:
            if key not in (*METHODS, *UNSERVED, "parameters"):
                self.losses.count(
                    DOCUMENT,
                    place_of(one.item, key),
                    f"{key!r} of paths is left out",
                    "nothing, or say it in each operation",
                )

    def _body(self, one: Found) -> Body | None:
        if one.method == "get" and "requestBody" in one.node.entries:
            self.losses.add(
                MEMBER,
                place_of(one.node, "requestBody"),
                f"the body of {one.label} is left out: a query has none",
                "send it as parameters, or make it a post",
            )
            return None
        return read_body(self.types, one.node, one.label, pascal(one.name))

    def _parameters(self, one: Found) -> list[parameters.Parameter]:
        listed = parameters.listed(self.types, one.item, one.node)
        return [each for node in listed for each in parameters.read(self.types, node, one.label, pascal(one.name))]

    def _fields(self, body: Body | None) -> list[str]:
        if body is None or body.record is None:
            return [] if body is None else [WHOLE]
        return list(codes(self.types.schemas[body.record.name]))

    def _path_names(self, path: str, others: set[str]) -> dict[str, str]:
        """Names of what stands in the path, apart from all that its operations carry elsewhere; no client sees them."""
        found: dict[str, str] = {}
        before = "path"
        for part in path.split("/"):
            if not part.startswith("{"):
                before = identifier(singular(part), "path") if part else before
                continue
            name = identifier(part[1:-1])
            choices = [name, f"{before}_{name}", f"path_{name}", *(f"{name}_{number}" for number in range(2, 100))]
            found[part[1:-1]] = next(one for one in choices if one not in others and one not in found.values())
        return found

    def _write(
        self, one: Found, body: Body | None, listed: list[parameters.Parameter], path: str, names: dict[str, str]
    ) -> None:
        self._placed(one, listed, names)
        parameters.renamed(self.types, listed, one.label, {*self._fields(body), *names.values()})
        self._end(one, body, listed)
        responses = read_responses(self.types, self.links, one.ends, one.node, one.label, pascal(one.name))
        node: Data = {"operationId": one.name, **_said(one.node), **docs(self.losses, one.node), **_tags(one)}
        groups = self.security.of(one.node)
        node["security"] = [{"bearer": group} for group in groups]
        responses_node = mapping(one.node, "responses")
        if responses_node is not None and (codes := self.errors.read(responses_node, one.feature)):
            node["x-errors"] = codes
        if listed:
            node["parameters"] = [parameters.written(each) for each in listed]
        if body is not None:
            described = {"description": body.description} if body.description else {}
            node["requestBody"] = {
                **described,
                "required": True,
                "content": body.content,
            }
        node["responses"] = responses
        self._pages(one, listed)
        self._left(one)
        spelled = "/".join(f"{{{names[part[1:-1]]}}}" if part.startswith("{") else part for part in path.split("/"))
        self.draft.operations.append(Operation(one.name, one.feature, one.label, one.place, one.method, spelled, node))

    def _end(self, one: Found, body: Body | None, listed: list[parameters.Parameter]) -> None:
        """What links to the operation, and from it, have to know."""
        carriers = {(each.location, each.name): parameters.carrier(each) for each in listed}
        one.ends = Ends(one.name, carriers, body.record if body is not None else None)
        self.links.by_id.setdefault(text(one.node, "operationId"), one.ends)
        self.links.by_place[one.node.place.file, one.node.pointer] = one.ends

    def _placed(self, one: Found, listed: list[parameters.Parameter], names: dict[str, str]) -> None:
        """Every part of the path is a parameter, and every parameter a part of the path."""
        for each in [each for each in listed if each.location == "path"]:
            if each.name not in names:
                self.losses.add(
                    MEMBER,
                    each.node.place,
                    f"the parameter {each.name!r} of {one.label} is not in the path, and left out",
                    "correct its name",
                )
                listed.remove(each)
            else:
                each.field = names[each.name]
        said = {each.name for each in listed if each.location == "path"}
        for number, name in enumerate(name for name in names if name not in said):
            self.losses.add(
                SHAPE,
                one.place,
                f"the path parameter {name!r} of {one.label} is a text, since the document does not say what it is",
                "declare it",
            )
            node = Mapping(one.place, "", {"name": Scalar(one.place, "", name)})
            listed.insert(number, parameters.Parameter(name, names[name], "path", node, {"type": "string"}, True))

    def _pages(self, one: Found, listed: list[parameters.Parameter]) -> None:
        """A document's pages arrive as they are; only the language's own are walked by the SDKs."""
        if one.method == "get" and any(each.field in CURSORS for each in listed):
            self.losses.count(
                ANSWER,
                one.place,
                "pages are walked by callers, not by a method of the SDKs",
                "take `cursor` and answer {items, meta: PageMeta}, if the SDKs shall walk them",
            )

    def _left(self, one: Found) -> None:
        for key in one.node.entries:
            if key in READ:
                continue
            place = place_of(one.node, key)
            if key == "callbacks":
                for name, _ in mapping(one.node, key) or ():
                    self.losses.add(
                        DOCUMENT,
                        place,
                        f"the callback {name!r} of {one.label} is left out",
                        "publish an event; clients subscribe to its topic",
                    )
            else:
                self.losses.count(
                    DOCUMENT,
                    place,
                    f"{key!r} of operations is left out",
                    "nothing, or a word of specs/README.md that says it",
                )


def read_any(operation: Mapping) -> bool:
    """Whether the document says what a success is; a redirect is none."""
    return any(status.startswith("2") or status == "default" for status, _ in mapping(operation, "responses") or ())


def _tags(one: Found) -> Data:
    """The feature is that of the first tag; the others are said beside it."""
    listed = list(dict.fromkeys(filter(None, (text(tag) for tag in items(one.node, "tags")))))
    return {"tags": [one.feature, *(tag for tag in listed[1:] if tag != one.feature)]} if len(listed) > 1 else {}


def _said(node: Mapping) -> Data:
    found: Data = {}
    for key in ("summary", "description"):
        if said := text(node, key).strip():
            found[key] = said
    return found | ({"deprecated": True} if value(node, "deprecated") is True else {})
