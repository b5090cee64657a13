"""How a type of the contract is spelled in the Python client: open in what comes, closed in what a caller writes."""

from __future__ import annotations

from pydantic import BaseModel

from codegen.emit.printer import Module, quoted
from codegen.emit.python_types import TEXT_FORMS, literal
from codegen.ir.operations import Contract
from codegen.ir.types import (
    Bool,
    Bytes,
    DateTime,
    Duration,
    Enum,
    Field,
    File,
    Float,
    Int,
    ListOf,
    MapOf,
    Named,
    String,
    Text,
    Type,
)

SHADOWED = frozenset(dir(BaseModel)) | {"raw", "self", "cls"}
"""Fields of these names are attributes with a trailing underscore."""


def attribute(name: str) -> str:
    return f"{name}_" if name in SHADOWED or name.startswith("model_") else name


def scalar(module: Module, kind: Type) -> str:
    match kind:
        case Bool():
            return module.builtin("bool")
        case Int():
            return module.builtin("int")
        case Float():
            return module.builtin("float")
        case String() if kind.const is not None:
            return f"{module.use('typing', 'Literal')}[{quoted(kind.const)}]"
        case String():
            return module.builtin("str")
        case Text():
            return module.use(*TEXT_FORMS[kind.form])
        case DateTime():
            return module.use("datetime", "datetime")
        case Duration():
            return module.use("datetime", "timedelta")
        case Bytes():
            return module.builtin("bytes")
    raise TypeError(kind)


def received(module: Module, contract: Contract, kind: Type, home: str = "") -> str:
    """A field of a model, in the module of models or where `home.` leads there. Unknown members of an enum are let
    through, as text or number."""
    match kind:
        case ListOf():
            return f"{module.builtin('list')}[{received(module, contract, kind.item, home)}]"
        case MapOf():
            value = received(module, contract, kind.value, home)
            return f"{module.builtin('dict')}[{module.builtin('str')}, {value}]"
        case Named():
            definition = contract.definitions[kind.name]
            if not isinstance(definition, Enum):
                return f"{home}{kind.name}"
            either = f"{home}{kind.name} | {module.builtin('str' if definition.is_text else 'int')}"
            if home:
                return either
            annotated, field = module.use("typing", "Annotated"), module.use("pydantic", "Field")
            return f'{annotated}[{either}, {field}(union_mode="left_to_right")]'
        case Bytes() if not home:
            return module.use(".runtime.model", "Base64")
    return scalar(module, kind)


def given(module: Module, contract: Contract, kind: Type) -> str:
    """A parameter of a method."""
    match kind:
        case File():
            return module.use(".runtime.content", "FileSource")
        case ListOf():
            return f"{module.use('collections.abc', 'Sequence')}[{given(module, contract, kind.item)}]"
        case MapOf():
            value = given(module, contract, kind.value)
            return f"{module.use('collections.abc', 'Mapping')}[{module.builtin('str')}, {value}]"
        case Named():
            definition, models = contract.definitions[kind.name], module.use(".", "models")
            if not isinstance(definition, Enum):
                return f"{models}.{kind.name}"
            members = ", ".join(quoted(one) if isinstance(one, str) else repr(one) for _, one in definition.members)
            return f"{models}.{kind.name} | {module.use('typing', 'Literal')}[{members}]"
    return scalar(module, kind)


def default(module: Module, contract: Contract, one: Field) -> str | None:
    """The default of a model's field; None where it has none."""
    if isinstance(one.type, String) and one.type.const is not None and one.required:
        return quoted(one.type.const)
    if one.has_default and one.default is not None:
        if one.is_collection:
            return f"{module.use('pydantic', 'Field')}(default_factory={_factory(module, contract, one)})"
        return _value(module, contract, one)
    return None if one.required else "None"


def _factory(module: Module, contract: Contract, one: Field) -> str:
    if one.default:
        return f"lambda: {received(module, contract, one.type)}({_value(module, contract, one)})"
    return module.builtin("list" if isinstance(one.type, ListOf) else "dict")


def _value(module: Module, contract: Contract, one: Field) -> str:
    return _literal(module, contract, one.type, one.default)


def _literal(module: Module, contract: Contract, kind: Type, value: object) -> str:
    """As `python_types.literal` has it, but for enums, which are this package's own."""
    if isinstance(kind, Named) and isinstance(contract.definitions[kind.name], Enum):
        return f"{kind.name}({value!r})"
    if isinstance(kind, ListOf) and isinstance(value, list):
        return f"[{', '.join(_literal(module, contract, kind.item, item) for item in value)}]"
    if isinstance(kind, MapOf) and isinstance(value, dict):
        pairs = (f"{quoted(key)}: {_literal(module, contract, kind.value, item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    return literal(module, contract, kind, value)
