"""How a type of the contract is spelled in Python, for what comes in (Pydantic) and for what goes out (msgspec)."""

from __future__ import annotations

from codegen.emit.printer import Module, quoted
from codegen.ir.operations import Contract
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Enum,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    String,
    Text,
    Type,
)

TEXT_FORMS = {"date": ("datetime", "date"), "decimal": ("decimal", "Decimal"), "uuid": ("uuid", "UUID")}
STRICT_FORMS = {"date": "Day", "decimal": "DecimalText", "uuid": "UuidText"}
NO_NUL = r"^[^\x00]*$"


def output_type(module: Module, kind: Type) -> str:
    """The annotation of a field that goes out; it is not validated."""
    match kind:
        case Bool():
            return "bool"
        case Int():
            return "int"
        case Float():
            return "float"
        case String():
            return f"{module.use('typing', 'Literal')}[{quoted(kind.const)}]" if kind.const is not None else "str"
        case Text():
            return module.use(*TEXT_FORMS[kind.form])
        case DateTime():
            return module.use("datetime", "datetime")
        case Duration():
            return module.use("datetime", "timedelta")
        case Bytes():
            return "bytes"
        case ListOf():
            return f"list[{output_type(module, kind.item)}]"
        case MapOf():
            return f"dict[str, {output_type(module, kind.value)}]"
        case Named():
            return kind.name


def input_type(module: Module, contract: Contract, kind: Type) -> str:
    """The annotation of a field that comes in, constraints included."""
    match kind:
        case Bool():
            return "bool"
        case Int():
            return _constrained(module, "int", ge=kind.minimum, le=kind.maximum)
        case Float():
            return _constrained(module, "float", ge=kind.minimum, le=kind.maximum, allow_inf_nan=False)
        case String() if kind.const is not None:
            return f"{module.use('typing', 'Literal')}[{quoted(kind.const)}]"
        case String():
            low = kind.min_length or None
            return _constrained(
                module, "str", min_length=low, max_length=kind.max_length, pattern=kind.pattern or NO_NUL
            )
        case Text():
            return module.use("generated.scalars", STRICT_FORMS[kind.form])
        case DateTime():
            return module.use("generated.scalars", "Moment")
        case Duration():
            return module.use("generated.scalars", "Span")
        case Bytes():
            limit = None if kind.max_length is None else kind.max_length // 4 * 3
            return _constrained(module, module.use("generated.scalars", "Base64"), max_length=limit)
        case ListOf():
            inner = input_type(module, contract, kind.item)
            return _constrained(module, f"list[{inner}]", min_length=kind.min_items or None, max_length=kind.max_items)
        case MapOf():
            inner = input_type(module, contract, kind.value)
            return _constrained(module, f"dict[str, {inner}]", max_length=kind.max_entries)
        case Named():
            if isinstance(contract.definitions[kind.name], Enum):
                module.use("generated.enums", kind.name)
                return _constrained(module, kind.name, strict=False)
            return kind.name


def text_reader(contract: Contract, kind: Type) -> str:
    """The key of `generated.scalars.FROM_TEXT` that reads the type from a query or a path."""
    if isinstance(kind, Named):
        definition = contract.definitions[kind.name]
        numeric = isinstance(definition, Enum) and all(isinstance(value, int) for _, value in definition.members)
        return "int" if numeric else "text"
    return {Int: "int", Float: "float", Bool: "bool"}.get(type(kind), "text")


def _constrained(module: Module, name: str, **limits: object) -> str:
    given = [f"{key}={_literal(value)}" for key, value in limits.items() if value is not None]
    if not given:
        return name
    return f"{module.use('typing', 'Annotated')}[{name}, {module.use('pydantic', 'Field')}({', '.join(given)})]"


def _literal(value: object) -> str:
    return repr(value) if not isinstance(value, str) else quoted(value)
