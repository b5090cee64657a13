"""How the contract's names are spelled in TypeScript, where the language, its objects or the client have them already.

A name makes way with a trailing underscore, which no name of the contract ends in.
"""

from __future__ import annotations

from collections.abc import Iterable

from codegen.ir.names import camel, pascal
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Enum, Record

RESERVED = frozenset(
    [
        "arguments",
        "await",
        "break",
        "case",
        "catch",
        "class",
        "const",
        "continue",
        "debugger",
        "default",
        "delete",
        "do",
        "else",
        "enum",
        "eval",
        "export",
        "extends",
        "false",
        "finally",
        "for",
        "function",
        "if",
        "implements",
        "import",
        "in",
        "instanceof",
        "interface",
        "let",
        "new",
        "null",
        "package",
        "private",
        "protected",
        "public",
        "return",
        "static",
        "super",
        "switch",
        "this",
        "throw",
        "true",
        "try",
        "typeof",
        "undefined",
        "var",
        "void",
        "while",
        "with",
        "yield",
    ]
)
INHERITED = frozenset(
    [
        "__proto__",
        "constructor",
        "hasOwnProperty",
        "isPrototypeOf",
        "propertyIsEnumerable",
        "toLocaleString",
        "toString",
        "valueOf",
    ]
)
"""What every object has; a field that is absent must not be found there, and none may set what an object inherits from."""
SPECIAL = INHERITED | {"then", "prototype", "toJSON"}
MEMBERS = SPECIAL | {"close", "connect", "login", "logout", "setToken", "events", "presence", "on"}
"""What the client has itself."""
FUNCTIONS = RESERVED | {"connect"}
"""What no standalone function can be called."""


def npm_package(contract: Contract) -> str:
    return f"{contract.info.product.replace('_', '-')}-client"


def feature_name(feature: str) -> str:
    """A feature as a property of the client."""
    return _free(camel(feature), MEMBERS)


def method_name(method: str) -> str:
    return _free(camel(method), SPECIAL)


def properties(record: Record) -> dict[str, str]:
    """The property of each field: as JSON has it, and a name of code in camel case, which makes way for the others."""
    given = {one.name: one.json or camel(one.name) for one in sorted(record.fields, key=lambda one: not one.json)}
    return _apart(given, given.__getitem__, INHERITED)


def members(enum: Enum) -> dict[str, str]:
    """The key of each member in the enum's object."""
    return _apart([name for name, _ in enum.members], lambda name: pascal(name.replace("-", "_").lower()), frozenset())


def functions(contract: Contract) -> dict[str, str]:
    """The standalone function of each operation and of each pager, and the constant of each event, by our own keys."""
    keys = [one.name for one in contract.operations]
    keys += [pager_key(one) for one in contract.operations if one.pager]
    keys += [one.name for one in contract.events]
    return _apart(keys, camel, FUNCTIONS)


def pager_key(operation: Operation) -> str:
    return f"paginate_{operation.name}"


def inputs(contract: Contract) -> dict[str, str]:
    """What a type is called that callers write, where the same type as it is received differs."""
    taken = {*contract.definitions, *(one.request.name for one in contract.operations)}
    return {
        name: f"{name}Input" if f"{name}Input" not in taken else f"{name}_Input"
        for name in contract.inputs & contract.results
    }


def constant(name: str) -> str:
    return name.upper()


def _free(name: str, taken: frozenset[str]) -> str:
    return f"{name}_" if name in taken else name


def _apart(names: Iterable[str], spell: object, taken: frozenset[str]) -> dict[str, str]:
    assert callable(spell)
    used, found = set(taken), dict[str, str]()
    for name in names:
        spelled = str(spell(name))
        while spelled in used:
            spelled += "_"
        used.add(spelled)
        found[name] = spelled
    return found
