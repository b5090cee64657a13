"""Names that are apart in the sources and one in a target: in PascalCase, snake_case, or beside what generated code declares."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from codegen.diagnostics import Findings, Place
from codegen.ir.names import constant, is_identifier, pascal, snake
from codegen.ir.operations import Contract
from codegen.ir.types import Enum, Union

EXCEPTIONS = {"ApiError", "RspCode", "CloseCode", "FieldError", "Sequence", "IntEnum", "ClassVar", "Exception"}
"""What `generated/errors.py` declares or needs."""
Named = tuple[str, Place]


def check_clashes(contract: Contract, findings: Findings) -> None:
    """J012 and V010: names that one of the targets could not tell apart."""
    operations: list[Named] = [(one.name, one.place) for one in contract.operations]
    events: list[Named] = [(one.name, one.place) for one in contract.events]
    types: list[Named] = [(name, one.place) for name, one in contract.definitions.items()]
    requests: list[Named] = [(f"{pascal(name)}Request", place) for name, place in operations]
    _apart([*operations, *events], lambda name: constant(name), findings)
    _apart(operations, pascal, findings)
    _apart([*types, *requests], snake, findings)
    _apart([(feature, contract.operations[0].place) for feature in contract.features], pascal, findings)
    for definition in contract.definitions.values():
        if isinstance(definition, Enum):
            _apart([(name, definition.place) for name, _ in definition.members], constant, findings)
        elif isinstance(definition, Union):
            _apart([(tag, definition.place) for tag, _ in definition.arms], definition.arm_name, findings)
    for error in contract.errors:
        if pascal(error.code) in EXCEPTIONS:
            message = f"the exception of {error.code} would be {pascal(error.code)}, which is taken"
            findings.add("V010", error.place, message, fix="rename the code")
    for operation in contract.operations:
        if not is_identifier(operation.feature):
            message = f"the feature {operation.feature!r} is named by its file, and that is no identifier"
            findings.add("J012", operation.place, message, fix="rename the file in snake_case")


def _apart(names: Iterable[Named], spell: Callable[[str], str], findings: Findings) -> None:
    first: dict[str, Named] = {}
    for name, place in names:
        known, known_place = first.setdefault(spell(name), (name, place))
        if known != name or (known_place != place and known == name):
            other = (known_place, f"{known!r} is so, too")
            findings.add(
                "J012", place, f"{name!r} is {spell(name)!r} in a target", other=other, fix="rename one of them"
            )
