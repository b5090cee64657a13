"""`generated/topics.py`: what the names of topics say, as typed records."""

from __future__ import annotations

from codegen.emit.printer import File, Module, docstring, quoted
from codegen.ir.operations import Contract, Topic
from codegen.ir.topics import attribute, class_name, events_of, is_guarded, parameter_type, parameters
from codegen.ir.types import Int, Named, String, Text, Type


def emit(contract: Contract) -> list[File]:
    module = Module("topics.py", "What the names of topics say. Generated; do not edit.", contract.names)
    told = named_topics(contract)
    for topic in told:
        _record(module, contract, topic)
    module.line("", "", f"TOPIC_RECORDS: dict[str, type[{module.use('msgspec', 'Struct')}]] = {{")
    module.line(*(f"    {quoted(topic.name)}: {class_name(topic.name)}," for topic in told), "}")
    return [module.file()]


def named_topics(contract: Contract) -> list[Topic]:
    """Those of which code has a record: with parameters, or opened by a handler."""
    return [
        one for one in contract.topics if (parameters(one.name) or is_guarded(one)) and events_of(contract, one.name)
    ]


def _record(module: Module, contract: Contract, topic: Topic) -> None:
    module.line("", "", f"class {class_name(topic.name)}({module.use('msgspec', 'Struct')}, frozen=True):")
    module.line(f"    {docstring(f'Of `{topic.name}`.')}", "")
    for path in parameters(topic.name):
        module.line(f"    {attribute(path)}: {_spelled(module, parameter_type(contract, topic.name, path))}")


def _spelled(module: Module, kind: Type) -> str:
    """The type, with the bounds that no value of an event exceeds."""
    match kind:
        case Int():
            return _bounded(module, module.builtin("int"), f"ge={kind.minimum}, le={kind.maximum}")
        case Text():
            return module.use("uuid", "UUID")
        case Named():
            return module.use("generated.enums", kind.name)
    return _bounded(module, module.builtin("str"), f"max_length={kind.max_length}" if isinstance(kind, String) else "")


def _bounded(module: Module, name: str, bounds: str) -> str:
    return f"{module.use('typing', 'Annotated')}[{name}, {module.use('msgspec', 'Meta')}({bounds})]"
