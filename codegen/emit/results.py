"""`generated/results.py`: what goes out, as msgspec structs: typed for the handler, encoded without validation."""

from __future__ import annotations

from codegen.emit.printer import File, Module, docstring
from codegen.emit.python_types import output_type
from codegen.ir.operations import Contract
from codegen.ir.types import Enum, Field, Record, String, Union


def emit(contract: Contract) -> list[File]:
    module = Module("results.py", "What goes out: typed structs, encoded as they are. Generated; do not edit.")
    definitions = [contract.definitions[name] for name in sorted(contract.results)]
    for definition in definitions:
        if isinstance(definition, Enum):
            module.export("generated.enums", definition.name)
        elif isinstance(definition, Record):
            _struct(module, definition)
    for definition in definitions:
        if isinstance(definition, Union):
            module.line("", "", f"{definition.name} = {' | '.join(record for _, record in definition.arms)}")
    return [module.file()]


def _struct(module: Module, record: Record) -> None:
    module.line("", "", f"class {record.name}({module.use('msgspec', 'Struct')}, kw_only=True, gc=False):")
    if record.description:
        module.line(f"    {docstring(record.description)}", "")
    module.line(*(_field(module, one) for one in record.fields))


def _field(module: Module, one: Field) -> str:
    spelled = output_type(module, one.type)
    if isinstance(one.type, String) and one.type.const is not None:
        return f"    {one.name}: {spelled} = {one.type.const!r}"
    if one.nullable:
        return f"    {one.name}: {spelled} | None" + ("" if one.required else " = None")
    if one.required:
        return f"    {one.name}: {spelled}"
    if one.is_collection:
        return (
            f"    {one.name}: {spelled} = {module.use('msgspec', 'field')}(default_factory={spelled.partition('[')[0]})"
        )
    return f"    {one.name}: {spelled} | {module.use('msgspec', 'UnsetType')} = {module.use('msgspec', 'UNSET')}"
