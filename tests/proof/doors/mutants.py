"""Mutants of what is generated for the example: each converter, each bound, each binding and each hook of the policy, wrong in one way.

They are made by the syntax tree, so that a field that is added has its mutants too. Left out is what no caller of a running service can
see: `read_…` and `fill_…`, which the client and tests use; `fault_of_…`, which looks for mistakes of handlers; `restore`, which reads what a service
stored itself; times and priorities, which count under load alone; `etag` and `location`, which HTTP alone has.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib.util import cache_from_source
from pathlib import Path

FEATURE = "artist"
CALLED = (
    f"create_{FEATURE}", f"get_{FEATURE}", f"get_{FEATURE}s", f"get_paginated_{FEATURE}s", f"update_{FEATURE}", f"delete_{FEATURE}"
)  # fmt: skip
WIRE, MODELS = "generated/wire.py", "generated/models.py"
ROUTES, PACKAGES, OPERATIONS = "generated/http_routes.py", "generated/ws_packages.py", "generated/operations.py"
BOUNDS = {"ge": 1, "le": -1, "min_length": 1, "max_length": -1}
"""What makes each a little narrower."""
WRITERS = ("write_", "_encode_", "_binary_frame_")
LIMIT = 20
"""Calls in a minute that a tree allows whose limits are tried, so that a slow machine gets beyond them within their window."""
WITHOUT_ROLES = '__import__("dataclasses").replace({}, roles=None)'
POLICY = {
    "roles": "None",
    "bucket": "None",
    "audit": "Audit.NONE",
    "publishes": "()",
    "idempotency": "Idempotency.NONE",
}
EQUIVALENT = {
    "may_follow_artists_by_artist_id: roles=None": "the socket looks at the roles of the topic's events before it asks the handler"
}
"""Mutants that nobody can tell, with the reason."""
NOTHING = {
    "roles": ("None",),
    "bucket": ("None",),
    "audit": ("Audit.NONE",),
    "publishes": ("()",),
    "idempotency": ("Idempotency.NONE", "Idempotency.NATURAL"),
}
"""Where there is nothing to take away."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file with one place changed. `name` says where and how."""

    name: str
    file: str
    text: str
    is_of_limits: bool = False

    @property
    def operations(self) -> list[str]:
        """Those that it may show in, with the one that makes what they need; none where it may be any. What is there or not
        does not matter to a limit."""
        if self.is_of_limits:
            return [self.name.partition(":")[0]]
        spelled = {name.replace("_", ""): name for name in CALLED}
        words = self.name.lower().replace("_", "")
        found = {name for short, name in spelled.items() if short in words}
        return sorted({*found, f"create_{FEATURE}"}) if found else []

    def plant(self, tree: Path) -> None:
        """What was compiled of the file before is forgotten: it may be as old and as long as this."""
        path = tree / self.file
        path.write_text(self.text)
        Path(cache_from_source(str(path))).unlink(missing_ok=True)


def mutants(tree: Path) -> list[Mutant]:
    """All of a tree that can be told, in the order of its files."""
    found = [*_of_wire(tree), *_of_models(tree), *_of_routes(tree), *_of_packages(tree), *_of_policy(tree)]
    return [one for one in found if one.name not in EQUIVALENT]


def unharmed(tree: Path) -> list[Mutant]:
    """No mutants: each trial must find nothing in these, and each limit must be met."""
    text = (tree / OPERATIONS).read_text()
    limits = [Mutant(f"{name}: as it is", OPERATIONS, _with_low_limits(text), is_of_limits=True) for name in CALLED]
    return [Mutant("as it is", OPERATIONS, text), *limits]


def _with_low_limits(text: str) -> str:
    return re.sub(r'(Bucket\("(?:reads|writes)", )\d+', rf"\g<1>{LIMIT}", text)


class _Source:
    def __init__(self, tree: Path, file: str) -> None:
        self.file = file
        self.text = (tree / file).read_text()
        self.tree = ast.parse(self.text)
        self._starts = [0]
        for line in self.text.encode().splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line))

    def said(self, node: ast.expr | ast.stmt) -> str:
        return ast.get_source_segment(self.text, node) or ""

    def instead(self, name: str, node: ast.expr | ast.stmt | ast.keyword, new: str) -> Mutant:
        """The text with one node replaced."""
        data = self.text.encode()
        start = self._starts[node.lineno - 1] + node.col_offset
        end = self._starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        changed = (data[:start] + new.encode() + data[end:]).decode()
        ast.parse(changed)
        return Mutant(name, self.file, changed)

    def functions(self) -> Iterator[ast.FunctionDef]:
        return (node for node in self.tree.body if isinstance(node, ast.FunctionDef))


def _of_wire(tree: Path) -> Iterator[Mutant]:
    """Each statement that carries a field into or out of protobuf is left out, or carries the field before it."""
    source = _Source(tree, WIRE)
    for function in source.functions():
        is_written = function.name.startswith(WRITERS) and (FEATURE in function.name or "page_meta" in function.name)
        is_read = function.name.startswith("values_of_") and FEATURE in function.name
        before: ast.expr | None = None
        for node in _statements(function) if is_written or is_read else ():
            if not _carries(node):
                continue
            name = f"{function.name}: line {node.lineno - function.lineno}: "
            yield source.instead(f"{name}not {source.said(node)}", node, "pass")
            if isinstance(node, ast.Assign):
                if before is not None:
                    wrong = source.said(before)
                    yield source.instead(f"{name}{source.said(node.targets[0])} = {wrong}", node.value, wrong)
                before = node.value


def _statements(within: ast.stmt) -> Iterator[ast.stmt]:
    """Those inside of it, as they stand."""
    for node in ast.iter_child_nodes(within):
        if isinstance(node, ast.stmt):
            yield node
            yield from _statements(node)


def _carries(node: ast.stmt) -> bool:
    """A member is set, or something is called that sets some: `message.roles.extend(…)`, `write_artist(message.artist, …)`."""
    if isinstance(node, ast.Assign):
        return isinstance(node.targets[0], ast.Attribute | ast.Subscript)
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)


def _of_models(tree: Path) -> Iterator[Mutant]:
    """Each bound is narrower by one, and wider by one; each pattern is gone; a closed model is open."""
    source = _Source(tree, MODELS)
    for model in (node for node in source.tree.body if isinstance(node, ast.ClassDef)):
        for node in ast.walk(model):
            if isinstance(node, ast.keyword) and node.arg == "extra":
                yield source.instead(f"{model.name}: open", node.value, '"ignore"')
            elif FEATURE in model.name.lower() and isinstance(node, ast.keyword) and node.arg == "pattern":
                yield source.instead(f"{model.name}: line {node.value.lineno}: no pattern", node.value, "None")
            elif FEATURE in model.name.lower() and isinstance(node, ast.keyword) and node.arg in BOUNDS:
                bound = int(ast.literal_eval(node.value))
                for step in (BOUNDS[node.arg], -BOUNDS[node.arg]):
                    if bound + step >= 0:
                        name = f"{model.name}: line {node.value.lineno}: {node.arg}={bound + step}"
                        yield source.instead(name, node.value, str(bound + step))


def _bindings(source: _Source) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(source.tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("HttpBinding", "Package")
        ):
            yield source.said(node), node


def _of_routes(tree: Path) -> Iterator[Mutant]:
    """Each parameter is left out, each success has another status, and HTTP alone asks for no role."""
    source = _Source(tree, ROUTES)
    for text, binding in _bindings(source):
        if FEATURE not in text:
            continue
        for keyword in binding.keywords:
            value = keyword.value
            if (keyword.arg or "").endswith("_parameters") and isinstance(value, ast.Tuple):
                for one in value.elts:
                    kept = ", ".join(source.said(other) for other in value.elts if other is not one)
                    name = f"{_operation(binding)}: {keyword.arg} without {source.said(one)[:60]}"
                    yield source.instead(name, value, f"({kept},)" if kept else "()")
            elif keyword.arg == "operation":
                new = WITHOUT_ROLES.format(source.said(value))
                yield source.instead(f"{_operation(binding)}: no roles over HTTP", value, new)
            elif keyword.arg == "statuses":
                yield source.instead(f"{_operation(binding)}: statuses=(202,)", value, "(202,)")


def _of_packages(tree: Path) -> Iterator[Mutant]:
    """Each PkgID has the operation of its neighbour, and the socket alone asks for no role."""
    source = _Source(tree, PACKAGES)
    found = [node for text, node in _bindings(source) if FEATURE in text]
    for one, other in zip(found, [*found[1:], found[0]], strict=True):
        for index, part in enumerate(("operation", "codec", "method")):
            name = f"{source.said(one.args[0])}: the {part} of {source.said(other.args[0])}"
            yield source.instead(name, one.args[index], source.said(other.args[index]))
        new = WITHOUT_ROLES.format(source.said(one.args[0]))
        yield source.instead(f"{source.said(one.args[0])}: no roles at the socket", one.args[0], new)


def _of_policy(tree: Path) -> Iterator[Mutant]:
    """Each hook of an operation's policy is taken away; each of its own codes is forgotten; an event's topic asks for no role."""
    source = _Source(tree, OPERATIONS)
    for node in ast.walk(source.tree):
        if not (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("Operation", "Event")
        ):
            continue
        said = {keyword.arg: keyword.value for keyword in node.keywords}
        name = ast.literal_eval(said["name"]) if "name" in said else ast.literal_eval(node.args[0])
        if FEATURE not in name:
            continue
        for hook, nothing in POLICY.items():
            if hook in said and source.said(said[hook]) not in NOTHING[hook]:
                found = source.instead(f"{name}: {hook}={nothing}", said[hook], nothing)
                is_of_limits = hook == "bucket"
                yield replace(found, text=_with_low_limits(found.text), is_of_limits=True) if is_of_limits else found


def _operation(binding: ast.Call) -> str:
    found = next(one.value for one in binding.keywords if one.arg == "operation")
    return str(ast.literal_eval(found.slice)) if isinstance(found, ast.Subscript) else ""
