"""What a module of the Python client makes public, read from its source, and how its docstrings are shown."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WIDTH = 100
"""Of a signature; what is longer has a line for each parameter."""
Definition = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Public:
    """A class or a function by the name under which it is imported; `home` is the module that defines it."""

    name: str
    node: Definition
    home: Path


def public(module: Path) -> dict[str, Public]:
    """In the order of the source: what it defines, and what it hands on by `from .a import b as b`."""
    found: dict[str, Public] = {}
    for node in ast.parse(module.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.level:
            handed_on = {one.asname: one.name for one in node.names if one.asname is not None}
            source = module.parent.joinpath(*(node.module or "").split(".")).with_suffix(".py")
            theirs = public(source) if node.module and handed_on else {}
            found |= {new: Public(new, theirs[name].node, theirs[name].home) for new, name in handed_on.items() if name in theirs}  # fmt: skip
        elif isinstance(node, Definition) and not node.name.startswith("_"):
            found[node.name] = Public(node.name, node, module)
    return found


def described(one: Public, *bases: Path) -> Iterator[str]:
    """Its heading, what it says of itself, its fields and methods; and the methods of its classes in `bases`, which are not shown by themselves."""
    yield from ("", f"### {one.name}")
    if not isinstance(one.node, ast.ClassDef):
        yield from _method(one.node)
        return
    if text := ast.get_docstring(one.node):
        yield from ("", text)
    yield from fields(one)
    yield from methods(one.node)
    for base in bases:
        yield from (line for node in classes(base) if node.name in named_bases(one.node) for line in _inherited(node))


def named_bases(node: ast.AST) -> set[str]:
    """Without what they are of."""
    return {ast.unparse(base).partition("[")[0] for base in getattr(node, "bases", [])}


def _inherited(node: ast.ClassDef) -> Iterator[str]:
    if text := ast.get_docstring(node):
        yield from ("", text)
    yield from methods(node)


def classes(path: Path) -> list[ast.ClassDef]:
    return [node for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)]


def fields(one: Public) -> Iterator[str]:
    """Values of a class as they are written, each with the text below it."""
    lines = one.home.read_text().splitlines()
    body = getattr(one.node, "body", [])
    shown = []
    for node, after in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, ast.AnnAssign | ast.Assign) and not _target(node).startswith(("_", "model_config")):
            last = after if isinstance(after, ast.Expr) else node
            shown += lines[node.lineno - 1 : last.end_lineno]
    if shown:
        bases = ", ".join(map(ast.unparse, getattr(one.node, "bases", [])))
        yield from ("", "```python", f"class {one.name}({bases}):" if bases else f"class {one.name}:", *shown, "```")


def _target(node: ast.AnnAssign | ast.Assign) -> str:
    return ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.targets[0])


def methods(node: ast.ClassDef) -> Iterator[str]:
    """Those that have a name of their own."""
    for one in node.body:
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_"):
            yield from _method(one)


def _method(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[str]:
    head = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
    answer = f" -> {ast.unparse(node.returns)}" if node.returns else ""
    if any(ast.unparse(one) in ("property", "cached_property") for one in node.decorator_list):
        yield from ("", "```python", f"{node.name}{answer.replace(' ->', ':', 1)}", "```")
    else:
        yield from ("", "```python", called(f"{head} {node.name}", node.args, answer), "```")
    if text := ast.get_docstring(node):
        yield from ("", *sections(text))


def called(name: str, arguments: ast.arguments, answer: str = "") -> str:
    """A signature without `self`, on one line if it fits, or with a line for each parameter."""
    required = len(arguments.args) - len(arguments.defaults)
    taken = [
        _parameter(one, arguments.defaults[index - required] if index >= required else None)
        for index, one in enumerate(arguments.args)
        if one.arg != "self"
    ]
    if arguments.vararg or arguments.kwonlyargs:
        taken.append(f"*{_parameter(arguments.vararg, None)}" if arguments.vararg else "*")
    taken += map(_parameter, arguments.kwonlyargs, arguments.kw_defaults)
    line = f"{name}({', '.join(taken)}){answer}"
    return line if len(line) <= WIDTH else "\n".join([f"{name}(", *(f"    {one}," for one in taken), f"){answer}"])


def _parameter(one: ast.arg, default: ast.expr | None) -> str:
    kind = f": {ast.unparse(one.annotation)}" if one.annotation else ""
    return f"{one.arg}{kind}" + (f" = {ast.unparse(default)}" if default else "")


def sections(docstring: str) -> Iterator[str]:
    """Google's sections as lists."""
    for line in docstring.splitlines():
        if line in ("Args:", "Raises:", "Returns:", "Yields:", "Example:", "Examples:"):
            yield f"*{line.rstrip(':')}*"
            yield ""
        elif line.startswith("    "):
            yield f"- {line.strip()}" if re.match(r"    \w+(:|$)", line) else f"  {line.strip()}"
        else:
            yield line
