"""`generated/operations.py`: every operation's policy, and the vocabulary it is written in, as frozen values."""

from __future__ import annotations

from codegen.emit.printer import File, Module, quoted
from codegen.ir.names import constant
from codegen.ir.operations import Contract, Operation, Roles
from codegen.ir.sensitive import sensitive_names
from codegen.ir.topics import events_of, filters, guarded_topics, has_presence, parameters, question

QUESTION_S = 5.0
"""The deadline of who may follow."""

TYPES = '''class Audit(StrEnum):
    REQUIRED = "required"
    BEST_EFFORT = "best-effort"
    NONE = "none"


class Idempotency(StrEnum):
    KEY = "key"
    NATURAL = "natural"
    NONE = "none"


class Priority(IntEnum):
    """What goes first, and is refused last, when there is more than the node can do."""

    HEALTH = 0
    SESSION = 1
    READ = 2
    WRITE = 3
    BULK = 4


class WhenDown(StrEnum):
    """What a bucket does while the limiter's store is away."""

    LOCAL = "local"
    CLOSED = "closed"
    OPEN = "open"


class BucketKey(StrEnum):
    USER = "user"
    IP = "ip"


Roles = tuple[frozenset[str], ...] | None
"""OR of ANDs; None is public, one empty set is any authenticated caller."""


@dataclass(frozen=True, slots=True)
class Bucket:
    name: str
    limit: int
    window_s: float
    key: BucketKey
    when_down: WhenDown


@dataclass(frozen=True, slots=True)
class Topic:
    """`parameters` are attributes of every event of the topic, `author.id`, in the order in which they stand in its name; those of `filter`
    are what its events may be filtered by."""

    name: str
    history: int
    keep_s: float
    must_deliver: bool
    parameters: tuple[str, ...] = ()
    filter: tuple[str, ...] = ()
    has_presence: bool = False
    """Followers may ask who else follows."""


@dataclass(frozen=True, slots=True)
class Operation:
    """`errors` are the codes it may answer with, implied ones included; `audit_fields` of the request are kept in its audit row; `sensitive`
    fields, `login.password`, are never logged."""

    name: str
    feature: str
    pkg_id: int | None
    is_query: bool
    is_stream: bool
    """It answers any number of items, and its method is an asynchronous generator."""
    roles: Roles
    bucket: Bucket | None
    audit: Audit
    idempotency: Idempotency
    timeout_s: float
    priority: Priority
    errors: tuple[str, ...]
    publishes: tuple[str, ...]
    audit_fields: tuple[str, ...]
    sensitive: frozenset[str]


@dataclass(frozen=True, slots=True)
class Event:
    name: str
    pkg_id: int
    topics: tuple[str, ...]
    roles: Roles'''


def emit(contract: Contract) -> list[File]:
    module = Module("operations.py", "Every operation with its policy, deny by default. Generated; do not edit.")
    for name in ("IntEnum", "StrEnum"):
        module.use("enum", name)
    module.use("dataclasses", "dataclass")
    module.line("", "", *TYPES.splitlines())
    _constants(module, contract)
    module.line("", "OPERATIONS: dict[str, Operation] = {")
    for operation in contract.operations:
        module.call(f"    {quoted(operation.name)}: Operation", _operation(contract, operation), ",")
    module.line("}", "", "EVENTS: dict[str, Event] = {")
    for event in contract.events:
        arguments = [
            f"name={quoted(event.name)}",
            f"pkg_id={event.pkg_id}",
            f"topics={_tuple(event.topics)}",
            f"roles={roles(event.roles)}",
        ]
        module.call(f"    {quoted(event.name)}: Event", arguments, ",")
    module.line("}")
    _questions(module, contract)
    return [module.file()]


def _questions(module: Module, contract: Contract) -> None:
    """A handler that is asked is called as for an operation that reads."""
    module.line("", "QUESTIONS: dict[str, Operation] = {")
    kinds = {"any", "security"}
    errors = tuple(sorted(one.code for one in contract.errors if one.implied_by in kinds))
    for topic in guarded_topics(contract):
        event = events_of(contract, topic.name)[0]
        arguments = [
            f"name={quoted(question(topic.name))}",
            f"feature={quoted(event.feature)}",
            "pkg_id=None",
            "is_query=True",
            "is_stream=False",
            f"roles={roles(event.roles)}",
            "bucket=None",
            "audit=Audit.NONE",
            "idempotency=Idempotency.NATURAL",
            f"timeout_s={QUESTION_S!r}",
            "priority=Priority.READ",
            f"errors={_tuple(errors)}",
            "publishes=()",
            "audit_fields=()",
            "sensitive=frozenset()",
        ]
        module.call(f"    {quoted(topic.name)}: Operation", arguments, ",")
    module.line("}", '"""By topic: whether a caller may follow it, where a handler says so."""')


def latency_objectives(contract: Contract) -> tuple[float, ...]:
    """The different times of x-slo."""
    found = [one.objective for one in contract.operations if one.objective and one.objective.latency is not None]
    return tuple(sorted({one.within_s for one in found}))


def _constants(module: Module, contract: Contract) -> None:
    module.line(
        "",
        "",
        f"CONTRACT_VERSION = {quoted(contract.info.version)}",
        f"CONTRACT_HASH = {quoted(contract.hash)}",
    )
    numbered = [(one.name, one.pkg_id) for one in contract.operations if one.pkg_id is not None]
    numbered += [(event.name, event.pkg_id) for event in contract.events]
    module.line(
        f"LATENCY_OBJECTIVES: tuple[float, ...] = {latency_objectives(contract)!r}",
        '"""In seconds; each is a bound of the histogram of requests, so that what keeps it can be counted."""',
    )
    module.line("", "", "class PkgId(IntEnum):")
    members = [f"    {constant(name)} = {number}" for name, number in sorted(numbered, key=lambda pair: pair[1])]
    module.line(*(members or ["    pass"]))
    module.line("", "")
    module.call("ROLES: frozenset[str] = frozenset", [_literal_set([role.name for role in contract.roles])])
    module.line("", "BUCKETS: dict[str, Bucket] = {")
    for bucket in contract.buckets:
        arguments = [
            quoted(bucket.name),
            str(bucket.limit),
            repr(bucket.window_s),
            f"BucketKey.{constant(bucket.key)}",
            f"WhenDown.{constant(bucket.when_down)}",
        ]
        module.call(f"    {quoted(bucket.name)}: Bucket", arguments, ",")
    module.line("}", "", "TOPICS: dict[str, Topic] = {")
    for topic in contract.topics:
        if parameters(topic.name) and not events_of(contract, topic.name):
            continue  # Of which kind its parameters are nobody knows; `make remove` leaves such a topic to the next event.
        arguments = [
            quoted(topic.name),
            str(topic.history),
            repr(topic.keep_s),
            str(topic.delivery == "must-deliver"),
            *([_tuple(parameters(topic.name))] if parameters(topic.name) else []),
            *([f"filter={_tuple(tuple(fields))}"] if (fields := filters(contract, topic)) else []),
            *(["has_presence=True"] if has_presence(contract, topic.name) else []),
        ]
        module.call(f"    {quoted(topic.name)}: Topic", arguments, ",")
    module.line("}", "", f"SOCKETS_PER_USER = {contract.sockets_per_user}")
    module.line('"""Open at once, over all nodes."""')


def _operation(contract: Contract, operation: Operation) -> list[str]:
    bucket = "None" if operation.bucket is None else f"BUCKETS[{quoted(operation.bucket)}]"
    sensitive = sorted(sensitive_names(contract, operation.request.fields))
    return [
        f"name={quoted(operation.name)}",
        f"feature={quoted(operation.feature)}",
        f"pkg_id={operation.pkg_id}",
        f"is_query={operation.is_query}",
        f"is_stream={operation.result.is_stream}",
        f"roles={roles(operation.roles)}",
        f"bucket={bucket}",
        f"audit=Audit.{constant(operation.audit)}",
        f"idempotency=Idempotency.{constant(operation.idempotency)}",
        f"timeout_s={operation.timeout_s!r}",
        f"priority=Priority.{constant(operation.priority)}",
        f"errors={_tuple(operation.errors)}",
        f"publishes={_tuple(operation.publishes)}",
        f"audit_fields={_tuple(operation.audit_fields)}",
        f"sensitive=frozenset({_literal_set(sensitive)})" if sensitive else "sensitive=frozenset()",
    ]


def roles(value: Roles) -> str:
    """Roles in their normal form, as Python."""
    if value is None:
        return "None"
    groups = [f"frozenset({_literal_set(sorted(group))})" if group else "frozenset()" for group in value]
    return f"({', '.join(groups)}{',' if len(groups) == 1 else ''})"


def _literal_set(names: list[str]) -> str:
    return "{" + ", ".join(quoted(name) for name in names) + "}"


def _tuple(names: tuple[str, ...]) -> str:
    return f"({', '.join(quoted(name) for name in names)}{',' if len(names) == 1 else ''})"
