"""The pages of the Python client, made of its docstrings: what each public module of the package has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docs.site.python_source import Public, called, classes, described, fields, methods, named_bases, public

ANSWERED = {
    "paging_async.py": ("AsyncPager",),
    "paging_sync.py": ("Pager",),
    "events_async.py": ("AsyncEventStream", "AsyncAttendanceStream"),
    "events_sync.py": ("EventStream", "AttendanceStream"),
    "callbacks.py": ("Subscription",),
}
"""What methods answer and nobody imports."""
ALSO = "Its other members are those of"


def python_client(root: Path) -> str:
    """All that may be imported, but for the contract's models."""
    package = _package(root)
    found = public(package / "__init__.py")
    apis = [one for name, one in found.items() if name.endswith("Api")]
    clients = ("AsyncClient", "Client")
    lines = [
        "# Python client",
        "",
        f"Generated from the docstrings of `{package.name}`. `docs/clients.md` says what all methods have in common, [Python models](python_models.md) what "
        "they answer. `AsyncClient` and `Client` have the same features and methods; `Client` blocks where `AsyncClient` awaits.",
        "",
        "## Operations",
        *(line for one in apis if one.name.startswith("Async") for line in _feature(one)),
        "",
        "## Clients",
        *(line for name in clients for line in _client(found[name], package)),
        "",
        "## What they take and answer",
    ]
    for one in (one for one in found.values() if one not in apis and one.name not in clients):
        lines += [*described(one), *_also(one, found)]
    for home, names in ((package / "runtime" / file, names) for file, names in ANSWERED.items()):
        lines += [line for name in names for line in described(public(home)[name], home)]
    lines += ["", "## Topics", "", "`client.events(…)` follows what a function of `topics` answers."]
    lines += [line for one in public(package / "topics.py").values() for line in described(one)]
    lines += ["", "## In tests", "", f"Of `{package.name}.testing`; `docs/clients.md` shows a test."]
    fakes = [package / "runtime" / name for name in ("fake_async.py", "fake_sync.py")]
    for one in public(package / "testing.py").values():
        lines += [*described(one, *fakes), *_also(one, clients)]
    lines += [
        "",
        "### operations",
        "",
        "What `prepare` takes: each operation by its name in capitals, `operations.GET_…`.",
    ]
    return "\n".join([*lines, *_errors(public(package / "errors.py"))]) + "\n"


def _also(one: Public, names: Iterable[str]) -> list[str]:
    """In whose place the rest of a class is."""
    bases = named_bases(one.node)
    return [line for name in names if name in bases for line in ("", f"{ALSO} `{name}`.")]


def python_models(root: Path) -> str:
    """What operations take and answer, and what events say."""
    package = _package(root)
    lines = [
        "# Python models",
        "",
        f"Generated from `{package.name}.models`: what the contract's operations take and answer, and what its events say.",
    ]
    for one in public(package / "models.py").values():
        text = ast.get_docstring(one.node) if isinstance(one.node, ast.ClassDef) else None
        lines += ["", f"## {one.name}", *(("", text) if text else ()), *fields(one)]
    return "\n".join(lines) + "\n"


def _package(root: Path) -> Path:
    (package,) = (path.parent for path in (root / "generated" / "sdk_python").glob("*/_async_api.py"))
    return package


def _feature(one: Public) -> Iterator[str]:
    """By the name under which a client has it."""
    name = one.name.removeprefix("Async")
    feature = re.sub(r"(?<!^)(?=[A-Z])", "_", name.removesuffix("Api")).lower()
    yield from ("", f"### client.{feature}", "", f"Its type is `{one.name}`, and `{name}` in the blocking client.")
    if isinstance(one.node, ast.ClassDef):
        yield from methods(one.node)


def _client(one: Public, package: Path) -> Iterator[str]:
    """With what every client has beside its operations."""
    yield from described(one)
    kind = "async" if one.name == "AsyncClient" else "sync"
    bases = {node.name: node for node in classes(package / "runtime" / f"client_{kind}.py")}
    base = next(node for name, node in bases.items() if name.endswith("BaseClient"))
    (begins,) = (node for node in base.body if isinstance(node, ast.FunctionDef) and node.name == "__init__")
    yield from ("", "```python", called(one.name, begins.args), "```", "", ast.get_docstring(base) or "")
    yield from methods(base)
    if kind == "async":
        for node in classes(package / "runtime" / "callbacks.py"):
            yield from methods(node) if node.name == "AsyncCallbacks" else ()


def _errors(found: dict[str, Public]) -> Iterator[str]:
    """A table of the contract's codes, each with what its class says; before it the classes that have none."""
    nodes = {name: one.node for name, one in found.items() if isinstance(one.node, ast.ClassDef)}
    codes = {name: code for name, node in nodes.items() if (code := _code(node))}
    yield from ("", "## Errors", "", "All are in `errors`.")
    for name, one in found.items():
        if name not in codes:
            yield from described(one)
    yield from ("", "### By code", "", "| class | code | meaning |", "|---|---|---|")
    for name, code in codes.items():
        yield f"| `{name}` | `{code}` | {ast.get_docstring(nodes[name])} |"


def _code(node: ast.ClassDef) -> str:
    values = (one.value for one in node.body if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "code")
    return next((str(ast.literal_eval(one)) for one in values), "")
