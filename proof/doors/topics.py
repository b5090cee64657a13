"""Which topics there are to follow: those without parameters, and the names that calls make of those with some."""

from __future__ import annotations

from urllib.parse import quote

from codegen.ir.operations import Contract, Operation
from codegen.ir.topics import MAX_NAME, PARAMETER, attribute, events_of, is_guarded, parameter_type, parameters
from codegen.ir.types import Enum, Int, Named, String, Text, Type
from proof.callers import Caller
from proof.documents import Json

NIL = "00000000-0000-0000-0000-000000000000"


def plain(contract: Contract) -> dict[str, None]:
    """In their order: topics that need no value for a parameter, and of which no handler is asked."""
    return dict.fromkeys(name for name in _named(contract) if not parameters(name) and name not in _guarded(contract))


def named_by(contract: Contract, operation: Operation, fields: Json) -> dict[str, str]:
    """The names that a call's events go out under as far as its request says them, each with its topic: `artists/7` where
    `artist_id` is 7, `artist-names/Ada` where `name` is that."""
    topics = [topic for one in contract.events if one.name in operation.publishes for topic in one.topics]
    out: dict[str, str] = {}
    for topic in topics:
        texts = [_text(operation, path, fields) for path in parameters(topic)]
        if texts and all(texts) and len(name := _name(topic, texts)) <= MAX_NAME:
            out[name] = topic
    return out


def of_somebody(contract: Contract) -> dict[str, str]:
    """A name of each topic that has parameters, with the topic, as far as a value is known that its parameters take."""
    out: dict[str, str] = {}
    for topic in filter(parameters, _named(contract)):
        texts = [_any(contract, parameter_type(contract, topic, path)) for path in parameters(topic)]
        if all(texts):
            out[_name(topic, texts)] = topic
    return out


def open_to(contract: Contract, caller: Caller, topic: str) -> bool | None:
    """Whether the contract lets the caller follow it; None where only a handler can say. Who is nobody at all opens no socket."""
    roles = events_of(contract, topic)[0].roles
    may = caller.fetch is not None and (roles is None or any(group <= caller.roles for group in roles))
    return None if may and topic in _guarded(contract) else may


def _named(contract: Contract) -> dict[str, None]:
    return dict.fromkeys(topic for one in contract.events for topic in one.topics)


def _guarded(contract: Contract) -> set[str]:
    return {one.name for one in contract.topics if is_guarded(one)}


def _name(topic: str, texts: list[str]) -> str:
    """As it is spelled on the wire (docs/wire.md)."""
    values = iter(texts)
    return PARAMETER.sub(lambda _: quote(next(values), safe=""), topic)


def _text(operation: Operation, path: str, fields: Json) -> str:
    """What the request has for a parameter: the field that is called so, or as its last step is; nothing without."""
    for name in (attribute(path), path.rpartition(".")[2]):
        declared = operation.request.field(name)
        value = fields.get(declared.member) if declared else None
        if isinstance(value, int | str) and not isinstance(value, bool):
            return str(value)
    return ""


def _any(contract: Contract, kind: Type) -> str:
    match kind:
        case Int():
            return str(max(kind.minimum, min(1, kind.maximum)))
        case Text(form="uuid"):
            return NIL
        case String(pattern=None):
            return "a" * max(1, kind.min_length)
        case Named():
            found = contract.definitions[kind.name]
            return str(found.members[0][1]) if isinstance(found, Enum) else ""
    return ""
