"""The frozen contract: operations with their bindings, events, policy and errors, in no dialect and no target language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from codegen.diagnostics import NOWHERE, Place
from codegen.ir.notes import Example, ExternalDocs, Notes
from codegen.ir.types import Definition, File, ListOf, Named, Record, file_of

IN_FLIGHT = "request_in_progress"
"""What a socket answers to a `req_id` whose request still runs, whichever operation it is."""
Roles = tuple[frozenset[str], ...] | None
"""OR of ANDs; `None` is public, one empty set is any authenticated caller."""


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    limit: int
    window_s: float
    key: str
    when_down: str


@dataclass(frozen=True, slots=True)
class Topic:
    """`may_follow` is `roles`, or `handler` where a handler is asked, too. `filter` has the paths of the fields that its events may be
    filtered by, and `filter_places` where they stand. `presence` is `members` where followers
    may ask who else follows."""

    name: str
    history: int
    keep_s: float
    delivery: str
    may_follow: str = "roles"
    filter: tuple[str, ...] = ()
    filter_places: tuple[Place, ...] = field(default=(), compare=False)
    presence: str = "none"


@dataclass(frozen=True, slots=True)
class Objective:
    """What callers may count on over 30 days, in percent of the calls: those that do not fail by the service's fault, and
    those that take no longer than `within_s`."""

    availability: float
    latency: float | None = None
    within_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Role:
    name: str
    description: str


@dataclass(frozen=True, slots=True)
class ErrorCode:
    code: str
    status: int
    rsp: str
    retryable: bool
    title: str
    implied_by: str | None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A field that HTTP carries outside of the body; `carrier` is the name on the wire."""

    field: str
    carrier: str
    location: str
    description: str = ""
    schema: object = None
    """A header's own schema, as plain data, where its text differs from the field's value."""


@dataclass(frozen=True, slots=True)
class Http:
    method: str
    path: str
    parameters: tuple[Parameter, ...]
    body: tuple[str, ...] | None
    """Names of the fields in the body, or None where there is no body."""
    body_schema: str | None
    form: bool = field(default=False, kw_only=True)
    """Whether the body is `multipart/form-data`: each field is a part of its own, or one for each item of its list."""
    file: str = field(default="", kw_only=True)
    """The field that is the whole body, where that is bytes."""
    statuses: tuple[int, ...]
    """The first is what a handler answers with that chooses none."""
    response_descriptions: tuple[str, ...]
    response_headers: tuple[Parameter, ...] = ()
    links: Mapping[str, object] = field(default_factory=dict)
    body_notes: Notes = field(default_factory=Notes)
    answers: tuple[Example, ...] = ()
    """Examples of the result."""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Result:
    """`record` is None for no content, and for bytes. `is_list` says that a frame carries `items` as data and `meta` beside it;
    `is_stream` that any number of the record is answered, one after the other."""

    record: str | None
    is_list: bool = False
    has_meta: bool = False
    file: File | None = None
    """What bounds the bytes that are answered, over HTTP alone."""
    is_stream: bool = field(default=False, kw_only=True)


@dataclass(frozen=True, slots=True)
class Operation:
    name: str
    feature: str
    summary: str
    description: str
    request: Record
    result: Result
    http: Http | None
    pkg_id: int | None
    has_rpc: bool
    is_query: bool
    roles: Roles
    bucket: str | None
    audit: str
    idempotency: str
    timeout_s: float
    priority: str
    """`health`, `session`, `read`, `write` or `bulk`: what is refused last to first when there is too much."""
    declared_errors: tuple[str, ...]
    errors: tuple[str, ...]
    """Declared and implied codes, sorted."""
    publishes: tuple[str, ...] = ()
    audit_fields: tuple[str, ...] = ()
    """Of the request, what its audit row keeps, by their names in code."""
    deprecated: bool = False
    sunset: str | None = None
    """The day from which a deprecated operation may go."""
    method: str = ""
    """The name in the SDKs, in snake_case."""
    pager: str | None = None
    """The name of the SDKs' second method, which walks all pages; None where nothing is paged."""
    session: str | None = None
    """`login`, `refresh`, `logout` or `ticket`."""
    objective: Objective | None = None
    place: Place = field(default=NOWHERE, compare=False)
    notes: Notes = field(default_factory=Notes, compare=False)

    @property
    def has_bytes(self) -> bool:
        """Whether bytes stand beside JSON in it: then it is HTTP's alone, and no message is due for it."""
        return self.result.file is not None or any(file_of(one.type) for one in self.request.fields)

    def implied_kinds(self) -> Iterator[str]:
        """The `implied_by` kinds of errors.yaml that it has."""
        yield "any"
        if self.roles is not None:
            yield "security"
        if self.request.fields or self.idempotency == "key" or self.pkg_id is not None:
            yield "input"  # A frame has `data` and `meta`, whatever the request's fields are.
        if self.http and self.http.body is not None:
            yield "body"
        if self.result.record or self.result.file:
            yield "output"
        if self.result.file and self.is_query:
            yield "range"
        if self.bucket:
            yield "rate-limit"
        if self.idempotency == "key":
            yield "idempotency-key"
        if not self.is_query:
            yield "command"


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    feature: str
    record: str
    pkg_id: int
    topics: tuple[str, ...]
    roles: Roles
    summary: str = ""
    place: Place = field(default=NOWHERE, compare=False)
    notes: Notes = field(default_factory=Notes, compare=False)


@dataclass(frozen=True, slots=True)
class Info:
    """What a root says of itself: `details` and `servers` go into the expanded document as they stand, x- words aside;
    `external_docs` goes into both."""

    title: str
    version: str
    details: Mapping[str, object]
    servers: object
    tags: tuple[tuple[str, str], ...]
    tag_docs: Mapping[str, ExternalDocs] = field(default_factory=dict)
    external_docs: ExternalDocs | None = None
    product: str = "api"
    """The name of the product, as x-name says it, else as the title gives it; not of what is on the wire."""


@dataclass(frozen=True, slots=True)
class Frames:
    """How the socket carries frames: its address, reply order, subprotocols, and what surrounds `data`."""

    address: str
    reply_order: str
    encodings: tuple[tuple[str, str], ...]
    records: Mapping[str, object]
    """Plain schemas of the envelope by name; a reference to a shared record is its name."""


@dataclass(frozen=True, slots=True)
class Binding:
    """`file` is the proto file without its ending, `path` the type's name with the messages around it."""

    file: str
    path: str

    @property
    def module(self) -> str:
        """The name that protoc gives to the file's Python module."""
        return f"{self.file.replace('-', '_')}_pb2"

    @property
    def scope(self) -> str:
        """Where the constants of an enum stand: in its module, or in the message around it."""
        return ".".join([self.module, *self.path.split(".")[:-1]])


@dataclass(frozen=True, slots=True)
class Contract:
    info: Info
    socket_info: Info | None
    """None where the contract has no socket."""
    definitions: Mapping[str, Definition]
    operations: tuple[Operation, ...]
    events: tuple[Event, ...]
    roles: tuple[Role, ...]
    buckets: tuple[Bucket, ...]
    topics: tuple[Topic, ...]
    errors: tuple[ErrorCode, ...]
    rsp_codes: tuple[tuple[str, int], ...]
    close_codes: tuple[tuple[str, int], ...]
    frames: Frames
    sockets_per_user: int = 1
    """Open at once, over all nodes."""
    results: frozenset[str] = frozenset()
    """Names of the definitions that are reachable from what goes out."""
    inputs: frozenset[str] = frozenset()
    """Names of the definitions that are reachable from what comes in."""
    hash: str = ""
    proto: bytes = b""
    """The serialized descriptor set of the proto sources, as the bindings are made of it."""
    bindings: Mapping[str, Binding] = field(default_factory=dict)
    """Where protobuf has each message and enum."""
    wrapped: frozenset[str] = frozenset()
    """The fields, `Thing.note`, that protobuf has in a wrapper."""

    def record(self, name: str) -> Record:
        found = self.definitions[name]
        if not isinstance(found, Record):
            raise KeyError(name)
        return found

    def item_of(self, record: str) -> str | None:
        """The record in the items of a list record."""
        items = self.record(record).field("items")
        item = items.type.item if items and isinstance(items.type, ListOf) else None
        return item.name if isinstance(item, Named) else None

    @property
    def answered_errors(self) -> tuple[ErrorCode, ...]:
        """Those that a caller may hear of: what is implied by a kind of operation that there is none of is not among them."""
        implied = {code for one in self.operations for code in one.errors}
        if self.socket_info:
            implied.add(IN_FLIGHT)
        return tuple(one for one in self.errors if one.implied_by is None or one.code in implied)

    @property
    def names(self) -> frozenset[str]:
        """Every type and field that generated Python has under the contract's own name."""
        records = [one for one in self.definitions.values() if isinstance(one, Record)]
        requests = [operation.request for operation in self.operations]
        fields = {one.name for record in (*records, *requests) for one in record.fields}
        return frozenset({*self.definitions, *(one.name for one in requests), *fields})

    @property
    def features(self) -> tuple[str, ...]:
        return tuple(sorted({operation.feature for operation in self.operations}))
