"""`generated/topics.py`: what the names of topics say, as typed records."""

from __future__ import annotations

from codegen.emit.printer import File, Module, docstring, quoted
from codegen.ir.operations import Contract, Topic
from codegen.ir.topics import (
    attribute,
    class_name,
    events_of,
    filter_name,
    filters,
    is_guarded,
    parameter_type,
    parameters,
)
from codegen.ir.types import Bool, Int, Named, String, Text, Type


def emit(contract: Contract) -> list[File]:
    module = Module("topics.py", "What the names of topics say. Generated; do not edit.", contract.names)
    told = named_topics(contract)
    for topic in told:
        kinds = {path: parameter_type(contract, topic.name, path) for path in parameters(topic.name)}
        _record(module, class_name(topic.name), f"Of `{topic.name}`.", kinds)
    filtered = {topic.name: kinds for topic in contract.topics if (kinds := filters(contract, topic))}
    for name, kinds in filtered.items():
        _record(module, filter_name(name), f"What events of `{name}` may be filtered by.", kinds)
    _table(module, "TOPIC_RECORDS", {topic.name: class_name(topic.name) for topic in told})
    _table(module, "TOPIC_FILTERS", {name: filter_name(name) for name in filtered})
    return [module.file()]


def named_topics(contract: Contract) -> list[Topic]:
    """Those of which code has a record: with parameters, or opened by a handler."""
    return [
        one for one in contract.topics if (parameters(one.name) or is_guarded(one)) and events_of(contract, one.name)
    ]


def _table(module: Module, name: str, classes: dict[str, str]) -> None:
    module.line("", "", f"{name}: dict[str, type[{module.use('msgspec', 'Struct')}]] = {{")
    module.line(*(f"    {quoted(topic)}: {record}," for topic, record in classes.items()), "}")


def _record(module: Module, name: str, said: str, kinds: dict[str, Type]) -> None:
    module.line("", "", f"class {name}({module.use('msgspec', 'Struct')}, frozen=True):")
    module.line(f"    {docstring(said)}", "")
    for path, kind in kinds.items():
        module.line(f"    {attribute(path)}: {_spelled(module, kind)}")


def _spelled(module: Module, kind: Type) -> str:
    """The type, with the bounds that no value of an event exceeds."""
    match kind:
        case Bool():
            return module.builtin("bool")
        case Int():
            return _bounded(module, module.builtin("int"), f"ge={kind.minimum}, le={kind.maximum}")
        case Text():
            return module.use("uuid", "UUID")
        case Named():
            return module.use("generated.enums", kind.name)
    return _bounded(module, module.builtin("str"), f"max_length={kind.max_length}" if isinstance(kind, String) else "")


def _bounded(module: Module, name: str, bounds: str) -> str:
    return f"{module.use('typing', 'Annotated')}[{name}, {module.use('msgspec', 'Meta')}({bounds})]"
