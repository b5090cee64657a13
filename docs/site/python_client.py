"""The page of the Python client, made of its docstrings: each feature's methods, the errors, and what is written by hand."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

RUNTIME = (
    "client_async.py",
    "callbacks.py",
    "paging_async.py",
    "events_async.py",
    "download_async.py",
    "options.py",
    "token.py",
    "content.py",
)
"""Modules of `runtime/` whose classes a user meets."""


def python_client(root: Path) -> str:
    """Of the asynchronous client; the blocking one has the same methods without `await`."""
    (package,) = (path.parent for path in (root / "generated" / "sdk_python").glob("*/_async_api.py"))
    lines = [
        "# Python client",
        "",
        f"Generated from the docstrings of `{package.name}`. `docs/clients.md` says what all methods have in common.",
        "`AsyncClient` and `Client` have the same features and methods; `Client` blocks where `AsyncClient` awaits.",
        "",
        "## Operations",
    ]
    for node in _classes(package / "_async_api.py"):
        if node.name.endswith("Api"):
            feature = re.sub(r"(?<!^)(?=[A-Z])", "_", node.name.removeprefix("Async").removesuffix("Api")).lower()
            lines += ["", f"### client.{feature}", *_methods(node)]
    lines += [
        "",
        "## Errors",
        "",
        "| class | code | meaning |",
        "|---|---|---|",
        *_python_errors(package / "errors.py"),
    ]
    lines += ["", "## Client, events, pages, files"]
    for name in RUNTIME:
        path = package / "runtime" / name
        for node in _classes(path) if path.is_file() else ():
            if (text := ast.get_docstring(node)) and not node.name.startswith("_"):
                lines += ["", f"### {node.name}", "", text, *_methods(node)]
    return "\n".join(lines) + "\n"


def _classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


def _methods(node: ast.ClassDef) -> Iterator[str]:
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_"):
            text = ast.get_docstring(one)
            head = "async def" if isinstance(one, ast.AsyncFunctionDef) else "def"
            answer = f" -> {ast.unparse(one.returns)}" if one.returns else ""
            arguments = ast.unparse(one.args).removeprefix("self, ").removeprefix("self")
            yield from ("", "```python", f"{head} {one.name}({arguments}){answer}", "```")
            if text:
                yield from ("", *_sections(text))


def _sections(docstring: str) -> Iterator[str]:
    """Google's sections as lists."""
    for line in docstring.splitlines():
        if line in ("Args:", "Raises:", "Returns:", "Yields:", "Example:", "Examples:"):
            yield f"*{line.rstrip(':')}*"
            yield ""
        elif line.startswith("    "):
            yield f"- {line.strip()}" if re.match(r"    \w+(:|$)", line) else f"  {line.strip()}"
        else:
            yield line


def _python_errors(path: Path) -> Iterator[str]:
    """Each class with the code that it stands for; its docstring is the code's title."""
    for node in _classes(path):
        for one in node.body:
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "code":
                yield f"| `{node.name}` | `{ast.literal_eval(one.value)}` | {ast.get_docstring(node)} |"
