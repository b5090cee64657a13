"""`sdk_python/…/models.py` and `errors.py`: the contract's records, enums, unions and codes, as a client has them."""

from __future__ import annotations

from codegen.emit.client_names import KINDS, error_class
from codegen.emit.printer import File, Module, attribute_docstring, docstring, quoted
from codegen.emit.python_client.types import attribute, default, received
from codegen.emit.sentences import bounded_sentences, sentences
from codegen.ir.operations import Contract
from codegen.ir.types import Enum, Field, Record, Union

RUNTIME = ".runtime.model"


def emit_models(contract: Contract, folder: str) -> File:
    module = Module(
        f"{folder}/models.py",
        "What the contract's operations take and answer. Generated; do not edit.",
        contract.names,
    )
    definitions = [contract.definitions[name] for name in sorted(contract.results | contract.inputs)]
    for enum in definitions:
        if isinstance(enum, Enum):
            _enum(module, enum)
    for record in definitions:
        if isinstance(record, Record):
            _record(module, contract, record)
    for union in definitions:
        if isinstance(union, Union):
            _union(module, union)
    return module.file()


def _enum(module: Module, enum: Enum) -> None:
    module.line("", "", f"class {enum.name}({module.use('enum', 'StrEnum' if enum.is_text else 'IntEnum')}):")
    module.line(*attribute_docstring(sentences(enum)))
    module.line(*(f"    {name.replace('-', '_').upper()} = {value!r}" for name, value in enum.members))


def _record(module: Module, contract: Contract, record: Record) -> None:
    module.line("", "", f"class {record.name}({module.use(RUNTIME, 'Model')}):")
    said = attribute_docstring(sentences(record))
    module.line(*said)
    for one in record.fields:
        module.line(*_field(module, contract, one))
    if not (record.fields or said):
        module.line("    pass")


def _field(module: Module, contract: Contract, one: Field) -> list[str]:
    spelled = received(module, contract, one.type)
    value = default(module, contract, one)
    if one.nullable or value == "None":
        spelled = f"{spelled} | None"
    name = attribute(one.name)
    told = []
    if one.json:
        told += [f"{word}={quoted(one.json)}" for word in ("validation_alias", "serialization_alias")]
    elif name != one.name:
        told.append(f"alias={quoted(one.name)}")
    if one.sensitive:
        told.append("repr=False")
    if told:
        value = _told(module, value, told)
    line = f"    {name}: {spelled}" + ("" if value is None else f" = {value}")
    return [line, *attribute_docstring(bounded_sentences(one))]


def _told(module: Module, value: str | None, told: list[str]) -> str:
    """A default with what pydantic is told of the field beside it; `alias` would be the parameter that type checkers know."""
    field, rest = module.use("pydantic", "Field"), ", ".join(told)
    if value is None:
        return f"{field}({rest})"
    if value.startswith(f"{field}(default_factory="):
        return f"{value[:-1]}, {rest})"
    return f"{field}(default={value}, {rest})"


def _union(module: Module, union: Union) -> None:
    annotated, tag = module.use("typing", "Annotated"), module.use("pydantic", "Tag")
    discriminator, by_tag = module.use("pydantic", "Discriminator"), module.use(RUNTIME, "by_tag")
    arms = [f"{annotated}[{record}, {tag}({quoted(value)})]" for value, record in union.arms]
    arms.append(f"{annotated}[{module.use(RUNTIME, 'Unknown')}, {tag}({module.use(RUNTIME, 'UNKNOWN')})]")
    known = ", ".join(quoted(value) for value, _ in union.arms)
    named = f", {quoted(union.tag)}" if union.json else ""
    module.line(
        "",
        f"{union.name} = {annotated}[",
        f"    {' | '.join(arms)},",
        f"    {discriminator}({by_tag}({quoted(union.tag_member)}, [{known}]{named})),",
        "]",
    )
    if said := sentences(union):
        module.line(docstring(" ".join(said)))


def emit_errors(contract: Contract, folder: str) -> File:
    module = Module(f"{folder}/errors.py", "What the service refuses with: one class per code. Generated; do not edit.")
    for name in (
        "ApiError",
        "AuthenticationLost",
        "ClientClosed",
        "ClientError",
        "ConnectionLost",
        "DeadlineExceeded",
        "EventsDropped",
        "FieldFault",
        "InvalidResponse",
        "OutcomeUnknown",
        *KINDS.values(),
    ):
        module.export(".runtime.errors", name)
    for error in contract.answered_errors:
        name, kind = error_class(error.code, error.rsp), KINDS[error.rsp]
        if name == kind:
            continue
        module.line(
            "",
            "",
            f"class {name}({kind}):",
            f"    {docstring(error.title)}",
            "",
            f"    code = {quoted(error.code)}",
            f"    retryable = {error.retryable}",
        )
    module.line("", "", "CODES: dict[str, type[ApiError]] = {")
    module.line(
        *(f"    {quoted(one.code)}: {error_class(one.code, one.rsp)}," for one in contract.answered_errors), "}"
    )
    return module.file()
