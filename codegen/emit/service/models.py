"""`generated/models.py`: what comes in, as strict and closed Pydantic models, one per operation and one per nested record.

Printed by us and not by datamodel-code-generator: the contract's dates, bytes, null and absence need types of their own
in every field (see docs/decisions.md), and the compiler knows every field.
"""

from __future__ import annotations

from codegen.emit.printer import File, Module, attribute_docstring, docstring, quoted
from codegen.emit.python_types import input_type, literal
from codegen.emit.sentences import sentences
from codegen.ir.operations import Contract
from codegen.ir.types import Enum, Field, ListOf, MapOf, Record, Union


def emit(contract: Contract) -> list[File]:
    module = Module(
        "models.py",
        "What comes in: strict, closed models. Absent is None where the contract has no default. Generated; do not edit.",
        contract.names,
    )
    base, config = module.use("pydantic", "BaseModel"), module.use("pydantic", "ConfigDict")
    module.line("", "", f"class Request({base}):")
    module.line(f'    model_config = {config}(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)')
    nested = [contract.definitions[name] for name in sorted(contract.inputs)]
    for definition in nested:
        if isinstance(definition, Record):
            _model(module, contract, definition)
    for operation in contract.operations:
        _model(module, contract, operation.request)
    for definition in nested:
        if isinstance(definition, Union):
            _union(module, definition)
    return [module.file(), _enums(contract)]


def _model(module: Module, contract: Contract, record: Record) -> None:
    module.line("", "", f"class {record.name}(Request):")
    said = sentences(record)
    if said:
        module.line(f"    {docstring(' '.join(said))}")
    if record.fields:
        module.line("")
        for one in sorted(record.fields, key=_has_default):
            module.line(_field(module, contract, one), *attribute_docstring(sentences(one)))
    elif not said:
        module.line("    pass")


def _has_default(one: Field) -> bool:
    return not one.required or one.has_default


def _field(module: Module, contract: Contract, one: Field) -> str:
    strict = input_type(module, contract, one.type)
    if one.required and not one.has_default:
        return _line(module, one, f"{strict}{' | None' if one.nullable else ''}")
    if one.has_default and one.default is not None:
        return _line(module, one, strict, _default(module, contract, one))
    absent = one.nullable or (one.has_default and one.default is None)
    if absent:
        return _line(module, one, f"{strict} | None", "None")
    optional = f"{module.use('typing', 'Annotated')}[{strict} | None, {module.use('generated.scalars', 'NotNull')}()]"
    return _line(module, one, optional, "None")


def _line(module: Module, one: Field, spelled: str, default: str | None = None) -> str:
    return f"    {one.name}: {_aliased(module, one, spelled)}" + ("" if default is None else f" = {default}")


def _aliased(module: Module, one: Field, spelled: str) -> str:
    """A member of JSON that code calls otherwise: the alias is what is read, and what findings name, at every door."""
    if not one.json:
        return spelled
    return (
        f"{module.use('typing', 'Annotated')}[{spelled}, {module.use('pydantic', 'Field')}(alias={quoted(one.json)})]"
    )


def _default(module: Module, contract: Contract, one: Field) -> str:
    if isinstance(one.type, ListOf | MapOf) and not one.default:
        factory = module.builtin("list" if isinstance(one.type, ListOf) else "dict")
        return f"{module.use('pydantic', 'Field')}(default_factory={factory})"
    return literal(module, contract, one.type, one.default)


def _union(module: Module, union: Union) -> None:
    arms = " | ".join(record for _, record in union.arms)
    annotated, field = module.use("typing", "Annotated"), module.use("pydantic", "Field")
    in_place = module.use("generated.constraints", "InPlace")
    module.line("", "", f'{union.name} = {annotated}[{arms}, {field}(discriminator="{union.tag}"), {in_place}()]')
    if said := sentences(union):
        module.line(docstring(" ".join(said)))


def _enums(contract: Contract) -> File:
    module = Module(
        "enums.py", "The enums of the contract, the same on every door. Generated; do not edit.", contract.names
    )
    enums = [one for one in contract.definitions.values() if isinstance(one, Enum)]
    for enum in enums:
        module.line("", "", f"class {enum.name}({module.use('enum', 'StrEnum' if enum.is_text else 'IntEnum')}):")
        module.line(*attribute_docstring(sentences(enum)))
        module.line(*(f"    {name.replace('-', '_').upper()} = {value!r}" for name, value in enum.members))
    return module.file()
