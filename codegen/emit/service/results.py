"""`generated/results.py`: what goes out, as msgspec structs: typed for the handler, encoded without validation."""

from __future__ import annotations

from codegen.emit.printer import File, Module, attribute_docstring, docstring, quoted
from codegen.emit.python_types import is_constant, is_tag, literal, output_type, tag_of
from codegen.emit.sentences import sentences
from codegen.ir.operations import Contract
from codegen.ir.types import Enum, Field, Record, Union


def emit(contract: Contract) -> list[File]:
    module = Module(
        "results.py", "What goes out: typed structs, encoded as they are. Generated; do not edit.", contract.names
    )
    definitions = [contract.definitions[name] for name in sorted(contract.results)]
    for definition in definitions:
        if isinstance(definition, Enum):
            module.export("generated.enums", definition.name)
        elif isinstance(definition, Record):
            _struct(module, contract, definition)
    for definition in definitions:
        if isinstance(definition, Union):
            module.line("", "", f"{definition.name} = {' | '.join(record for _, record in definition.arms)}")
            if said := sentences(definition):
                module.line(docstring(" ".join(said)))
    return [module.file()]


def _struct(module: Module, contract: Contract, record: Record) -> None:
    tags = [one for one in record.fields if is_tag(contract, record, one)]
    tag = "".join(f", tag_field={quoted(one.member)}, tag={quoted(tag_of(one))}" for one in tags[:1])
    pairs = ", ".join(
        f"{quoted(one.name)}: {quoted(one.json)}" for one in record.fields if one.json and one not in tags
    )
    renamed = f", rename={{{pairs}}}" if pairs else ""
    module.line(
        "", "", f"class {record.name}({module.use('msgspec', 'Struct')}, kw_only=True, gc=False{tag}{renamed}):"
    )
    module.line(*attribute_docstring(sentences(record)))
    attributes = [one for one in record.fields if one not in tags]
    for one in attributes:
        module.line(_field(module, contract, one), *attribute_docstring(sentences(one)))
    if not attributes:
        module.line("    pass")


def _field(module: Module, contract: Contract, one: Field) -> str:
    spelled = output_type(module, one.type)
    if is_constant(one) and one.required:
        return f"    {one.name}: {spelled} = {quoted(tag_of(one))}"
    if one.has_default and one.default is not None and not (one.is_collection and not one.default):
        return f"    {one.name}: {spelled}{' | None' if one.nullable else ''} = {_default(module, contract, one)}"
    if one.nullable:
        return f"    {one.name}: {spelled} | None" + ("" if one.required else " = None")
    if one.required:
        return f"    {one.name}: {spelled}"
    if one.is_collection:
        return (
            f"    {one.name}: {spelled} = {module.use('msgspec', 'field')}(default_factory={spelled.partition('[')[0]})"
        )
    return f"    {one.name}: {spelled} | {module.use('msgspec', 'UnsetType')} = {module.use('msgspec', 'UNSET')}"


def _default(module: Module, contract: Contract, one: Field) -> str:
    value = literal(module, contract, one.type, one.default)
    return f"{module.use('msgspec', 'field')}(default_factory=lambda: {value})" if one.is_collection else value
