"""The pages of both clients have every name that a program may import, with its members: by what the packages themselves export."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from docs.site.python_client import ALSO, python_client, python_models
from docs.site.typescript_client import typescript_client, typescript_functions, typescript_react, typescript_types
from docs.site.typescript_source import Unreadable, exports
from generated.operations import OPERATIONS
from tests.node import MODULES, ROOT, install, judge

SOURCES = ROOT / "generated" / "sdk_typescript" / "src"
EXPORTS = Path(__file__).parent / "exports.ts"
HEADING = re.compile(r"^#{2,4} (.+)$", re.MULTILINE)
ROW = re.compile(r"^\| `(\w+)` \|(?: `(\w+)` \|)?.*$", re.MULTILINE)
TYPE = re.compile(r"^Its type is `(\w+)`(?:, and `(\w+)` in the blocking client)?\.$", re.MULTILINE)


def sections(*pages: str) -> dict[str, str]:
    """What stands below each heading, by its words; a row of a table is found by its first cells, and a feature below its type as well."""
    found: dict[str, str] = {}
    for page in pages:
        _, *parts = HEADING.split(page)
        for name, text in zip(parts[::2], parts[1::2], strict=True):
            found[name] = text
            found |= {one: text for row in ROW.finditer(text) for one in row.groups() if one}
            found |= {one: text for row in TYPE.finditer(text) for one in row.groups() if one}
    return found


def lacking(section: str, names: list[str]) -> list[str]:
    return [one for one in names if not re.search(rf"\b{re.escape(one)}\b", section)]


@pytest.fixture(scope="module")
def exported() -> Any:
    """Names of each entry with their members and comments, told by the compiler of TypeScript."""
    entries = json.loads((SOURCES.parent / "package.json").read_text())["exports"]
    names = [Path(one["default"]).stem for one in entries.values() if isinstance(one, dict)]
    assert names == ["index", "functions", "react"]
    flags = ("--disable-warning=ExperimentalWarning",)
    verdict = judge(install(), *flags, EXPORTS, MODULES / "typescript", SOURCES, *names)
    assert verdict.accepted, verdict.text
    return json.loads(verdict.text)


@pytest.mark.parametrize(
    ("entry", "pages"),
    [
        ("index", (typescript_client, typescript_types)),
        ("functions", (typescript_functions,)),
        ("react", (typescript_react,)),
    ],
)
def test_each_name_of_an_entry_has_its_place_with_all_its_members(exported: Any, entry: str, pages: Any) -> None:
    """What is new in the package is in the reference by itself, or this fails."""
    found = sections(*(page(ROOT) for page in pages))
    named = {name.removeprefix("types."): one for name, one in exported[entry].items()}
    assert named
    assert named.keys() - found.keys() == set()
    assert {name: left for name, one in named.items() if (left := lacking(found[name], one["members"]))} == {}


def test_each_name_that_is_no_type_of_the_contract_says_what_it_is(exported: Any) -> None:
    """Types and events have what the contract says of them."""
    types = exports(SOURCES / "types.ts").keys()
    silent = {
        name
        for names in exported.values()
        for name, one in names.items()
        if not one["comment"] and name.removeprefix("types.") not in types and one["members"]
    }
    assert silent == set()


def test_what_this_reader_of_typescript_does_not_know_is_refused(tmp_path: Path) -> None:
    """So that no name is left out in silence."""
    module = tmp_path / "module.ts"
    module.write_text("export const [one, two] = [1, 2];\n")
    with pytest.raises(Unreadable, match=r"module.ts: const \[one, two\]"):
        exports(module)


def test_a_name_is_read_as_it_is_declared_and_imported(tmp_path: Path) -> None:
    """Overloads without what implements them, members without what is private, a name under which another one is handed on."""
    (tmp_path / "inner.ts").write_text(
        "/** Waits. */\nexport class Gate<T> extends Base {\n  readonly #open = true;\n  /** Which. */\n  readonly name: string;\n\n"
        "  constructor(name: string) {\n    this.name = name;\n  }\n\n  pass(what: T): void;\n  pass(what: T, twice: true): void;\n"
        "  pass(what: T, twice = false): void {\n    go(what);\n  }\n\n  #go(): void {}\n}\n"
    )
    (tmp_path / "outer.ts").write_text(
        'export { Gate as Door } from "./inner.ts";\nexport * as inside from "./inner.ts";\n'
        "export const pass = (given: $types.Given = {}): $.Done => go(given);\n"
    )
    found = exports(tmp_path / "outer.ts")
    assert list(found) == ["Door", "inside.Gate", "pass"]
    assert found["pass"].text == "function pass(given?: Given): Done;"
    assert found["Door"].text.startswith(
        "class Door<T> extends Base {\n  /** Which. */\n  readonly name: string;\n  pass("
    )
    assert [one.text for one in found["Door"].members] == [
        "readonly name: string",
        "pass(what: T): void",
        "pass(what: T, twice: true): void",
    ]
    assert "constructor" not in found["Door"].text


def package() -> ModuleType:
    (name,) = (one.name for one in pkgutil.iter_modules([str(ROOT / "generated" / "sdk_python")]))
    return importlib.import_module(f"generated.sdk_python.{name}")


def test_each_public_name_of_the_python_package_has_its_place_with_all_its_members() -> None:
    """Of the package, and of each of its public modules; methods that only a base has are in the place of the class that is imported."""
    found = sections(python_client(ROOT), python_models(ROOT))
    root = package()
    modules = [
        root,
        *(importlib.import_module(f"{root.__name__}.{one}") for one in ("errors", "models", "topics", "testing")),
    ]
    named = {name: one for module in modules for name, one in vars(module).items() if is_public(module, name, one)}
    assert {"AsyncClient", "Client", "FakeClient", "ApiError"} <= named.keys()
    assert named.keys() - found.keys() == set()
    assert {
        name: left for name, one in named.items() if (left := lacking(whole(found, name), members(root, one)))
    } == {}
    assert {f"client.{name}" for name in features(root)} <= found.keys()
    assert features(root) >= {one.feature for one in OPERATIONS.values()}


def whole(found: dict[str, str], name: str) -> str:
    """With the place of the class whose methods a class has, too."""
    more = re.search(rf"{ALSO} `(\w+)`\.", found[name])
    return found[name] + (found[more[1]] if more else "")


def is_public(module: ModuleType, name: str, one: object) -> bool:
    """A class or function that the module defines, or hands on by `import a as a` (PEP 484)."""
    is_named = (inspect.isclass(one) or inspect.isfunction(one)) and not name.startswith("_")
    is_own = getattr(one, "__module__", "") == module.__name__
    return is_named and (is_own or f" as {name}\n" in inspect.getsource(module))


def members(root: ModuleType, one: Any) -> list[str]:
    kinds = [kind for kind in getattr(one, "__mro__", ()) if kind.__module__.startswith(root.__name__)]
    names = {name for kind in kinds for name in (*vars(kind), *vars(kind).get("__annotations__", ()))}
    inherited_by_all = {"model_config", "code", "kind", "retryable"}
    return [name for name in names - inherited_by_all - features(root) if not name.startswith("_")]


def features(root: ModuleType) -> set[str]:
    return {name for name, one in inspect.getmembers(root.Client) if isinstance(one, property)}
