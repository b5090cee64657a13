"""The dialects' operations, joined by name into one frozen `Contract`.

A fact that stands in two dialects must be equal in both; each difference is a finding that names both places.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from operator import attrgetter, itemgetter
from pathlib import PurePosixPath

from codegen.diagnostics import Findings, Place
from codegen.ir.names import pascal
from codegen.ir.operations import Binding, Contract, Event, Operation, Result, Roles
from codegen.ir.reach import names, reachable
from codegen.ir.types import Enum, Field, Record, describe, file_of, limits
from codegen.parse.asyncapi import AsyncApiDialect, SocketOperation
from codegen.parse.directions import directed
from codegen.parse.documents import Documents
from codegen.parse.fingerprint import fingerprint
from codegen.parse.http_operation import HttpOperation
from codegen.parse.http_request import with_versions
from codegen.parse.join_notes import joined_notes, noted, request_notes
from codegen.parse.json_schema import Schemas
from codegen.parse.methods import is_paged, method_names
from codegen.parse.objectives import objective
from codegen.parse.openapi import OpenApiDialect
from codegen.parse.policy import Vocabulary, seconds
from codegen.parse.proto import ProtoDialect, ProtoEnum, ProtoMessage

INHERITED = ("x-rate-limit", "x-audit", "x-timeout", "x-idempotent", "x-slo")


@dataclass(frozen=True, slots=True)
class Dialects:
    """What the parsers found, before it is one contract."""

    documents: Documents
    schemas: Schemas
    http: OpenApiDialect
    socket: AsyncApiDialect
    proto: ProtoDialect
    words: Vocabulary


def join(dialects: Dialects, findings: Findings) -> Contract:
    """Always answers; when there are findings the contract must not be used to generate."""
    joiner = _Joiner(dialects, findings)
    names = sorted({*dialects.http.operations, *dialects.socket.operations})
    operations = tuple(joiner.operation(name) for name in names)
    events = tuple(joiner.event(event) for _, event in sorted(dialects.socket.events.items()))
    joiner.compare_info()
    for record in ("PageMeta", "Problem", "FieldError"):
        joiner.shared(record)
    words = dialects.words
    answered = [*_results(operations), *(event.record for event in events), "PageMeta", "Problem", "FieldError"]
    definitions, operations = directed(dialects.schemas.definitions, operations, answered, findings)
    contract = Contract(
        info=dialects.http.info,
        socket_info=dialects.socket.info if dialects.socket.is_there else None,
        definitions=dict(sorted(definitions.items())),
        operations=operations,
        events=events,
        roles=tuple(sorted(words.roles.values(), key=attrgetter("name"))),
        buckets=tuple(sorted(words.buckets.values(), key=attrgetter("name"))),
        topics=tuple(sorted(words.topics.values(), key=attrgetter("name"))),
        errors=tuple(sorted(words.errors.values(), key=attrgetter("code"))),
        rsp_codes=tuple(sorted(words.rsp_codes.items(), key=itemgetter(1))),
        close_codes=tuple(sorted(words.close_codes.items(), key=itemgetter(1))),
        sockets_per_user=words.sockets.get("per_user", 1),
        frames=dialects.socket.frames,
        results=reachable(definitions, [*_results(operations), *(event.record for event in events), "Problem"]),
        inputs=reachable(definitions, _inputs(operations)),
        proto=dialects.proto.files.SerializeToString(deterministic=True),
        bindings={one.name: Binding(PurePosixPath(one.place.file).stem, one.path) for one in _declared(dialects.proto)},
        wrapped=frozenset(_wrapped(dialects.proto)),
    )
    return replace(contract, hash=fingerprint(contract))


class _Joiner:
    def __init__(self, dialects: Dialects, findings: Findings) -> None:
        self._http = dialects.http
        self._socket = dialects.socket
        self._proto = dialects.proto
        self._words = dialects.words
        self._documents = dialects.documents
        self._schemas = dialects.schemas
        self._findings = findings

    def operation(self, name: str) -> Operation:
        http, socket = self._http.operations.get(name), self._beside(name)
        first = _first(http, socket)
        rpc = self._proto.rpcs.get(pascal(name))
        result = self._result(name, http, socket)
        is_read = http.http.method == "GET" if http and http.http else bool(rpc and rpc.no_side_effects)
        is_query = is_read or result.is_stream
        words = self._operation_words(name, http, socket, is_query)
        declared = tuple(str(code) for code in _listed(words, "x-errors"))
        bucket = str(_value(words, "x-rate-limit", "none"))
        operation = Operation(
            name=name,
            feature=first.feature,
            summary=first.summary,
            description=_first(http, socket).description,
            request=Record(
                f"{pascal(name)}Request",
                tuple(noted(one, http) for one in self._fields(name, http, socket)),
                first.summary,
                first.place,
                request_notes(http, socket),
            ),
            result=result,
            http=http.http if http else None,
            pkg_id=socket.pkg_id if socket else None,
            has_rpc=rpc is not None,
            is_query=is_query,
            roles=self._roles(name, http, socket),
            bucket=None if bucket == "none" else bucket,
            audit=str(_value(words, "x-audit", "required")),
            audit_fields=tuple(str(field) for field in _listed(words, "x-audit-fields")),
            idempotency=str(_value(words, "x-idempotent", "none")),
            timeout_s=self._timeout(words, first.place),
            priority=_priority(words, is_query=is_query),
            declared_errors=declared,
            errors=(),
            publishes=tuple(str(event) for event in _listed(words, "x-publishes")),
            deprecated=http.deprecated if http else False,
            sunset=str(_value(words, "x-sunset", "")) or None,
            session=str(_value(words, "x-session", "")) or None,
            objective=objective(_value(words, "x-slo", "none")),
            place=first.place,
            notes=joined_notes(http, socket),
        )
        paged = is_paged(operation.request, operation.result, self._schemas.definitions)
        method, pager = method_names(name, _value(words, "x-sdk-method", None), paged=paged)
        return replace(operation, errors=self._errors(operation), method=method, pager=pager)

    def _beside(self, name: str) -> SocketOperation | None:
        """The socket's half; one of bytes is as if it were not there, since nothing of it can agree."""
        http, socket = self._http.operations.get(name), self._socket.operations.get(name)
        has_bytes = http and (http.result.file or any(file_of(one.type) for one in http.fields.values()))
        if not has_bytes or socket is None or http is None:
            return socket
        fix = "leave it to HTTP; the socket may carry what leads there"
        message = f"{name} carries bytes over HTTP"
        self._findings.add("J015", http.place, message, other=(socket.place, "is of the socket too"), fix=fix)
        return None

    def event(self, event: SocketOperation) -> Event:
        told = _value(event.words, "x-topic", [])
        topics = tuple(str(one) for one in (told if isinstance(told, list) else [told]))
        if not topics:
            self._findings.add(
                "J009",
                event.place,
                f"the event {event.name} has no x-topic",
                fix="add a topic of policy.yaml",
            )
        record = event.record or ""
        if record and record != pascal(event.name):
            self._findings.add(
                "J010",
                event.place,
                f"the event {event.name} carries {record}",
                fix=f"name its record {pascal(event.name)}",
            )
        return Event(
            event.name,
            event.feature,
            record,
            event.pkg_id or 0,
            topics,
            event.roles,
            event.summary,
            event.place,
            event.notes,
        )

    def compare_info(self) -> None:
        ours, theirs = self._http.info, self._socket.info
        if self._socket.is_there and (ours.title, ours.version) != (theirs.title, theirs.version):
            other = (self._socket.info_place, f"has {theirs.title!r} {theirs.version}")
            self._findings.add(
                "J001",
                self._http.info_place,
                f"info is {ours.title!r} {ours.version}",
                other=other,
                fix="write the same title and version in both roots",
            )

    def shared(self, name: str) -> None:
        """A record that the envelope needs is defined even where no operation names it."""
        for file in self._documents.names("schemas", ".yaml"):
            tree = self._documents.tree(file)
            node = tree.get(name) if tree is not None and hasattr(tree, "get") else None
            if node is not None:
                self._schemas.define(node, name)

    def _operation_words(
        self, name: str, http: HttpOperation | None, socket: SocketOperation | None, is_query: bool
    ) -> dict[str, tuple[object, Place]]:
        words = dict(http.words if http else {})
        for word, (value, place) in (socket.words if socket else {}).items():
            if word not in words:
                words[word] = (value, place)
            elif words[word][0] != value:
                other = (place, f"has {value!r}")
                self._findings.add(
                    "J002",
                    words[word][1],
                    f"{word} of {name} is {words[word][0]!r}",
                    other=other,
                    fix="write it once, on the HTTP operation",
                )
        defaults = self._words.defaults.get("query" if is_query else "command", {})
        place = _first(http, socket).place
        return {word: (value, place) for word, value in defaults.items() if word in INHERITED} | words

    def _fields(self, name: str, http: HttpOperation | None, socket: SocketOperation | None) -> tuple[Field, ...]:
        if http is None or socket is None:
            fields = with_versions(http, _first(http, socket).fields)
            for header in _headers(http):
                if header not in fields and http:
                    self._findings.add(
                        "J003",
                        http.place,
                        f"{name} carries {header!r} in a header, and no message says its type",
                    )
            return tuple(fields.values())
        place = socket.payload or socket.place
        self._compare(name, http, socket)
        carried = set(_headers(http))
        for field_name, one in socket.fields.items():
            if field_name not in http.fields and field_name not in carried:
                self._findings.add(
                    "J004",
                    one.place,
                    f"{name} has the field {one.member!r}",
                    other=(http.place, "has no such field in path, query, body or a header"),
                    fix="add it to the HTTP operation, or remove it here",
                )
        for header in sorted(carried - set(socket.fields) - set(http.fields)):
            self._findings.add(
                "J003",
                http.place,
                f"{name} carries {header!r} in a header",
                other=(place, "has no such field"),
                fix="add the field to the payload schema",
            )
        return tuple(socket.fields.values())

    def _compare(self, name: str, http: HttpOperation, socket: SocketOperation) -> None:
        """Each field of HTTP with that of the socket. What is in no body may have another name in JSON."""
        body = (http.http.body if http.http else None) or ()
        for field_name, one in http.fields.items():
            theirs = socket.fields.get(field_name)
            if theirs is None:
                self._findings.add(
                    "J004",
                    one.place,
                    f"{name} has the field {one.member!r}",
                    other=(socket.payload or socket.place, "has no such field"),
                    fix="add it to the payload schema, or remove it here",
                )
            elif field_name in body and one.member != theirs.member:
                self._findings.add(
                    "J005",
                    one.place,
                    f"{name} has the member {one.member!r} in JSON",
                    other=(theirs.place, f"has {theirs.member!r}"),
                    fix="use one shared schema on both doors",
                )
            elif difference := _difference(one, theirs):
                self._findings.add(
                    "J005",
                    one.place,
                    f"{name}.{one.member} is {difference[0]}",
                    other=(theirs.place, f"is {difference[1]}"),
                    fix="use one shared schema on both doors",
                )

    def _result(self, name: str, http: HttpOperation | None, socket: SocketOperation | None) -> Result:
        if http and socket and http.result != socket.result:
            other = (socket.place, f"replies {_say(socket.result)}")
            self._findings.add(
                "J006",
                http.place,
                f"{name} answers {_say(http.result)}",
                other=other,
                fix="answer with the same record on both doors",
            )
        result = _first(http, socket).result
        if isinstance(self._schemas.definitions.get(result.record or ""), Enum):
            place = _first(http, socket).place
            self._findings.add(
                "J011", place, f"{name} answers the enum {result.record}", fix="answer a record that has it"
            )
        return result

    def _roles(self, name: str, http: HttpOperation | None, socket: SocketOperation | None) -> Roles:
        if http and socket and http.security and socket.security and http.roles != socket.roles:
            other = (socket.security, f"asks for {_say_roles(socket.roles)}")
            self._findings.add(
                "J007",
                http.security,
                f"{name} asks for {_say_roles(http.roles)}",
                other=other,
                fix="write the same roles on both doors",
            )
        return _first(http, socket).roles

    def _timeout(self, words: dict[str, tuple[object, Place]], place: Place) -> float:
        value, where = words.get("x-timeout", ("5s", place))
        try:
            return seconds(value)
        except TypeError as error:
            self._findings.add("J008", where, f"x-timeout: {error}")
            return 5.0

    def _errors(self, operation: Operation) -> tuple[str, ...]:
        kinds = set(operation.implied_kinds())
        implied = {code for code, error in self._words.errors.items() if error.implied_by in kinds}
        return tuple(sorted(implied | set(operation.declared_errors)))


def _first(http: HttpOperation | None, socket: SocketOperation | None) -> HttpOperation | SocketOperation:
    """The binding that an operation surely has; HTTP's words stand first."""
    found = http or socket
    assert found is not None
    return found


def _headers(http: HttpOperation | None) -> list[str]:
    found = http.http.parameters if http and http.http else ()
    return [one.field for one in found if one.location == "header"]


def _difference(ours: Field, theirs: Field) -> tuple[str, str] | None:
    for say in (
        lambda one: describe(one.type),
        _say_presence,
        lambda one: f"{describe(one.type)} with {limits(one.type)}",
        lambda one: str(one.type),
    ):
        if say(ours) != say(theirs):
            return say(ours), say(theirs)
    return None


def _say_presence(one: Field) -> str:
    text = ("required" if one.required else "optional") + (", nullable" if one.nullable else "")
    return text + (f", default {one.default!r}" if one.has_default else "")


def _say(result: Result) -> str:
    if result.record is None:
        return "nothing"
    return f"a stream of {result.record}" if result.is_stream else result.record


def _say_roles(roles: Roles) -> str:
    if roles is None:
        return "nobody (public)"
    return " or ".join(" and ".join(sorted(group)) or "any caller" for group in roles)


def _priority(words: dict[str, tuple[object, Place]], *, is_query: bool) -> str:
    """Where the contract says nothing a session that is renewed goes before reads, and reads before writes."""
    usual = "read" if is_query else "write"
    return str(_value(words, "x-priority", "session" if _value(words, "x-session", "") == "refresh" else usual))


def _value(words: dict[str, tuple[object, Place]], word: str, default: object) -> object:
    return words[word][0] if word in words else default


def _listed(words: dict[str, tuple[object, Place]], word: str) -> list[object]:
    value = _value(words, word, [])
    return value if isinstance(value, list) else []


def _results(operations: tuple[Operation, ...]) -> list[str]:
    return [operation.result.record for operation in operations if operation.result.record]


def _inputs(operations: tuple[Operation, ...]) -> list[str]:
    return [name for operation in operations for one in operation.request.fields for name in names(one.type)]


def _declared(proto: ProtoDialect) -> list[ProtoMessage | ProtoEnum]:
    return [*proto.messages.values(), *proto.enums.values()]


def _wrapped(proto: ProtoDialect) -> Iterator[str]:
    return (
        f"{message.name}.{one.name}" for message in proto.messages.values() for one in message.fields if one.wrapper
    )
