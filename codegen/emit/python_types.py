"""How a type of the contract is spelled in Python, for what comes in (Pydantic) and for what goes out (msgspec)."""

from __future__ import annotations

from datetime import UTC, datetime

from codegen.emit.printer import Module, quoted
from codegen.ir.operations import Contract
from codegen.ir.patterns import may_hold_nul, rust
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
    Record,
    String,
    Text,
    Type,
    Union,
)
from codegen.runtime.service.formats import JUDGED
from codegen.runtime.service.scalars import read_duration

TEXT_FORMS = {"date": ("datetime", "date"), "decimal": ("decimal", "Decimal"), "uuid": ("uuid", "UUID")}
STRICT_FORMS = {"date": "Day", "decimal": "DecimalText", "uuid": "UuidText"}
NO_NUL = r"^[^\x00]*$"


def output_type(module: Module, kind: Type) -> str:
    """The annotation of a field that goes out; it is not validated."""
    match kind:
        case Bool():
            return module.builtin("bool")
        case Int():
            return module.builtin("int")
        case Float():
            return module.builtin("float")
        case String():
            return (
                f"{module.use('typing', 'Literal')}[{quoted(kind.const)}]"
                if kind.const is not None
                else module.builtin("str")
            )
        case Text():
            return module.use(*TEXT_FORMS[kind.form])
        case DateTime():
            return module.use("datetime", "datetime")
        case Duration():
            return module.use("datetime", "timedelta")
        case Bytes():
            return module.builtin("bytes")
        case File():
            return module.use("generated.content", "Upload")
        case ListOf():
            return f"{module.builtin('list')}[{output_type(module, kind.item)}]"
        case MapOf():
            return f"{module.builtin('dict')}[{module.builtin('str')}, {output_type(module, kind.value)}]"
        case Named():
            return kind.name


def input_type(module: Module, contract: Contract, kind: Type) -> str:
    """The annotation of a field that comes in, constraints included."""
    match kind:
        case Bool():
            return module.builtin("bool")
        case Int():
            limits = {"ge": kind.minimum, "le": kind.maximum, "multiple_of": kind.multiple_of}
            return _constrained(module, module.builtin("int"), **limits)
        case Float():
            return _float_type(module, kind)
        case String() if kind.const is not None:
            return f"{module.use('typing', 'Literal')}[{quoted(kind.const)}]"
        case String():
            spelled = _text_type(module, kind)
            return _judged(module, spelled, _form(module, kind.form)) if kind.form in JUDGED else spelled
        case Text():
            spelled = _shaped(module, module.use("generated.scalars", STRICT_FORMS[kind.form]), kind)
            return (
                spelled if kind.multiple_of is None else _judged(module, spelled, _multiple(module, kind.multiple_of))
            )
        case DateTime() | Duration():
            name = "Moment" if isinstance(kind, DateTime) else "Span"
            return _shaped(module, module.use("generated.scalars", name), kind)
        case Bytes():
            limit = None if kind.max_length is None else kind.max_length // 4 * 3
            return _constrained(module, module.use("generated.scalars", "Base64"), max_length=limit)
        case File():
            return _file_type(module, kind)
        case ListOf():
            inner = input_type(module, contract, kind.item)
            spelled = _constrained(
                module,
                f"{module.builtin('list')}[{inner}]",
                min_length=kind.min_items or None,
                max_length=kind.max_items,
            )
            return (
                _judged(module, spelled, f"{_constraint(module, 'AllDifferent')}()") if kind.unique_items else spelled
            )
        case MapOf():
            inner = input_type(module, contract, kind.value)
            return _constrained(
                module, f"{module.builtin('dict')}[{module.builtin('str')}, {inner}]", max_length=kind.max_entries
            )
        case Named():
            definition = contract.definitions[kind.name]
            if isinstance(definition, Enum):
                module.use("generated.enums", kind.name)
                return _enum_type(module, definition)
            return kind.name


def _file_type(module: Module, kind: File) -> str:
    spelled = module.use("generated.content", "Upload")
    named = ", ".join(map(quoted, kind.media_types))
    return _judged(module, spelled, f"{module.use('generated.content', 'OfType')}({named})") if named else spelled


def _enum_type(module: Module, enum: Enum) -> str:
    """A member by its value; of a number's enum by a number only, for Pydantic takes `true` and "1" for 1."""
    if enum.is_text:
        return _constrained(module, enum.name, strict=False)
    annotated, field = module.use("typing", "Annotated"), module.use("pydantic", "Field")
    before, read = module.use("pydantic", "BeforeValidator"), module.use("generated.scalars", "read_whole")
    return f"{annotated}[{enum.name}, {field}(strict=False), {before}({read})]"


def _text_type(module: Module, kind: String) -> str:
    """PostgreSQL holds no NUL, so a pattern that would let it in stands beside the one that does not."""
    length = {"min_length": kind.min_length or None, "max_length": kind.max_length}
    if kind.pattern is None:
        return _constrained(module, module.builtin("str"), **length, pattern=NO_NUL)
    clean = _constrained(module, module.builtin("str"), pattern=NO_NUL if may_hold_nul(kind.pattern) else None)
    return _constrained(module, clean, **length, pattern=rust(kind.pattern))


def _float_type(module: Module, kind: Float) -> str:
    """Pydantic judges multiples of floats nearly; ours are exact."""
    spelled = _constrained(
        module,
        module.builtin("float"),
        ge=kind.minimum,
        gt=kind.exclusive_minimum,
        le=kind.maximum,
        lt=kind.exclusive_maximum,
        allow_inf_nan=False,
    )
    return spelled if kind.multiple_of is None else _judged(module, spelled, _multiple(module, repr(kind.multiple_of)))


def _shaped(module: Module, spelled: str, kind: Text | DateTime | Duration) -> str:
    """protobuf carries a Text as JSON does; of the others it carries the value, whose text is then the one that is answered."""
    if kind.shape is None:
        return spelled
    pattern = None if kind.shape.pattern is None else rust(kind.shape.pattern)
    limits = {"min_length": kind.shape.min_length or None, "max_length": kind.shape.max_length, "pattern": pattern}
    given = [f"{key}={_literal(value)}" for key, value in limits.items() if value is not None]
    given += [] if isinstance(kind, Text) else ["is_value=True"]
    return _judged(module, spelled, f"{_constraint(module, 'Shaped')}({', '.join(given)})")


def _form(module: Module, name: str) -> str:
    return f"{module.use('generated.formats', 'Form')}({quoted(name)})"


def _multiple(module: Module, step: str) -> str:
    return f"{_constraint(module, 'MultipleOf')}({quoted(step)})"


def _constraint(module: Module, name: str) -> str:
    return module.use("generated.constraints", name)


def _judged(module: Module, spelled: str, validator: str) -> str:
    return f"{module.use('typing', 'Annotated')}[{spelled}, {validator}]"


def is_constant(one: Field) -> bool:
    """A constant is the struct's default, or its tag."""
    return isinstance(one.type, String) and one.type.const is not None


def tag_of(one: Field) -> str:
    return one.type.const or "" if isinstance(one.type, String) else ""


def is_tag(contract: Contract, record: Record, one: Field) -> bool:
    """Whether the field tells a union's arms apart; a struct carries it as its tag, not as an attribute."""
    return any(
        isinstance(union, Union) and union.tag == one.name and (tag_of(one), record.name) in union.arms
        for union in contract.definitions.values()
    )


def literal(module: Module, contract: Contract, kind: Type, value: object) -> str:
    """The expression of a default, which fits its type."""
    match kind:
        case Named():
            definition = contract.definitions[kind.name]
            if isinstance(definition, Enum):
                return f"{module.use('generated.enums', kind.name)}({value!r})"
        case ListOf():
            items = value if isinstance(value, list) else []
            return f"[{', '.join(literal(module, contract, kind.item, item) for item in items)}]"
        case MapOf():
            pairs = value.items() if isinstance(value, dict) else ()
            return (
                f"{{{', '.join(f'{quoted(key)}: {literal(module, contract, kind.value, one)}' for key, one in pairs)}}}"
            )
        case Text():
            name = module.use(*TEXT_FORMS[kind.form])
            return f"{name}.fromisoformat({value!r})" if kind.form == "date" else f"{name}({str(value)!r})"
        case DateTime():
            moment = datetime.fromisoformat(str(value)).astimezone(UTC)
            return f"{module.use('datetime', 'datetime')}.fromisoformat({quoted(moment.isoformat())})"
        case Duration():
            return f"{module.use('datetime', 'timedelta')}(seconds={read_duration(value).total_seconds()!r})"
        case Bytes():
            return f"{module.use('base64', 'b64decode')}({value!r})"
        case Float():
            return repr(float(value)) if isinstance(value, int | float) else repr(value)
    return quoted(value) if isinstance(value, str) else repr(value)


def text_reader(contract: Contract, kind: Type) -> str:
    """The key of `generated.scalars.FROM_TEXT` that reads the type from a query, a path or a part of a form."""
    if isinstance(kind, MapOf):
        return "json"
    if isinstance(kind, Named):
        definition = contract.definitions[kind.name]
        if not isinstance(definition, Enum):
            return "json"
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
