"""Compiles what an import wrote, and takes out what the compiler still refuses, operation by operation, until it compiles.

Works on a copy; `fix` writes proto and the lock there.
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.diagnostics import Finding, Findings, Place
from codegen.fix import fix as fixes
from codegen.importer.draft import Draft, Given, Operation, Package
from codegen.importer.losses import ANSWER, KEYWORD, REFUSED, Losses
from codegen.importer.nodes import child
from codegen.importer.platform import Platform
from codegen.importer.write import texts
from codegen.ir.names import snake
from codegen.lock import NEW
from codegen.parse.yaml_tree import Mapping, Node, Sequence, parse_yaml
from codegen.pipeline import load

MAX_ROUNDS = 12
EXAMPLE, LINK = "S030", "O016"
PROTO = "X"
"""The letter of the rules about agreement with proto."""


@dataclass(frozen=True, slots=True)
class Compiled:
    """`files` compile, unless `left` says what nobody could be blamed for."""

    files: dict[str, str]
    left: str = ""


def compiled(draft: Draft, platform: Platform, losses: Losses) -> Compiled:
    """At most MAX_ROUNDS times; each but the last takes out at least one operation."""
    for _ in range(MAX_ROUNDS):
        files = texts(draft, platform)
        with tempfile.TemporaryDirectory(prefix="codegen-import-") as folder:
            specs = Path(folder) / "specs"
            _lay_out(specs, files)
            found = _blocking(load(specs).findings)
            if not found:
                fixed = fixes.fix(specs)
                files |= {name.removeprefix("specs/"): text for name, text in fixed.texts.items()}
                found = _blocking(fixed.left.findings) or list(fixed.left.findings)
        if not found:
            return Compiled(dict(sorted(files.items())))
        if without_notes(draft, files, found, losses):
            continue
        if not _taken_out(draft, files, found, losses):
            break
    rendered = Findings()
    for one in found:
        rendered.add(one.rule, one.place, one.message, fix=one.fix)
    return Compiled(files, rendered.render({f"specs/{name}": text for name, text in files.items()}))


def without_notes(draft: Draft, files: dict[str, str], found: list[Finding], losses: Losses) -> bool:
    """Takes out examples that their schemas refuse and links that lead nowhere; whether there were any. The contract is right
    without them.
    """
    told = [one for one in found if one.rule in (EXAMPLE, LINK)]
    named = {one.place.file for one in told}
    trees = {file: parse_yaml(file, files[file.removeprefix("specs/")].encode(), Findings()) for file in named}
    wrong: dict[int, Given] = {}
    for one in told:
        given = _given(draft, trees[one.place.file], one.place)
        if given is not None and id(given) not in wrong:
            wrong[id(given)] = given
            _say(one, given, losses)
    for root in (draft.schemas, [one.node for one in draft.operations]):
        _prune(root, wrong)
    return bool(wrong)


def _say(one: Finding, given: Given, losses: Losses) -> None:
    if one.rule == LINK:
        losses.add(ANSWER, given.place, f"{one.message}; it is left out", one.fix or "correct it")
        return
    what = one.message.partition(" is ")[0]
    losses.add(KEYWORD, given.place, f"{what} is left out, which its schema refuses", "correct it")


def _given(draft: Draft, tree: Node | None, place: Place) -> Given | None:
    """The example of the draft that is written at a place."""
    steps = steps_to(tree, place) if tree is not None else []
    data: Any = draft.schemas
    if not place.file.startswith("specs/schemas/"):
        name = child(tree, *steps[:2], "operationId")
        data = next((one.node for one in draft.operations if one.name == getattr(name, "value", "")), None)
        steps = steps[2:]
    for step in steps:
        if isinstance(data, Given) or data is None:
            break
        data = data[int(step)] if isinstance(data, list) else data.get(step)
    return data if isinstance(data, Given) else None


def steps_to(root: Node, place: Place) -> list[str]:
    """The keys and numbers that lead to the value at a place; the outermost one, where several begin there."""
    waiting: list[tuple[Node, list[str]]] = [(root, [])]
    found: list[list[str]] = []
    while waiting:
        node, steps = waiting.pop()
        if steps and node.place == place:
            found.append(steps)
        if isinstance(node, Mapping):
            waiting += [(one, [*steps, key]) for key, one in node]
        elif isinstance(node, Sequence):
            waiting += [(one, [*steps, str(number)]) for number, one in enumerate(node.items)]
    return min(found, key=len, default=[])


def _prune(data: Any, wrong: dict[int, Given]) -> None:
    """What holds nothing else goes along."""
    listed = list(data.items()) if isinstance(data, dict) else list(enumerate(data))
    for key, one in reversed(listed):
        had = isinstance(one, dict | list) and bool(one)
        if had:
            _prune(one, wrong)
        if id(one) in wrong or (had and not one):
            del data[key]


def _lay_out(specs: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = specs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _blocking(findings: Findings) -> list[Finding]:
    """What neither `fix` nor the lock settles. That proto lacks what a faulty schema has follows from the fault."""
    found = [one for one in findings if not one.edits and one.rule != NEW]
    return [one for one in found if not one.rule.startswith(PROTO)] or found


def _taken_out(draft: Draft, files: dict[str, str], found: list[Finding], losses: Losses) -> bool:
    """Whether any operation was to blame; each is named with the first finding that is about it."""
    blamed: dict[str, Finding] = {}
    types: dict[str, Finding] = {}
    trees = {
        name: parse_yaml(f"specs/{name}", text.encode(), Findings())
        for name, text in files.items()
        if name.endswith(".yaml")
    }
    for one in found:
        for place in (one.place, *([one.other] if one.other else [])):
            file = place.file.removeprefix("specs/")
            if file.startswith("proto/"):
                name = _message_at(files.get(file, ""), place.line)
                blamed |= {snake(name.removesuffix("Request")): one} if name.endswith("Request") else {}
                types.setdefault(name, one)
                continue
            name = _entry_at(trees.get(file), place, depth=2 if file.startswith(("http/", "packages/")) else 1)
            (types if file.startswith("schemas/") else blamed).setdefault(name, one)
    operations = [
        one for one in draft.operations if (why := _why(draft, one, blamed, types)) and _left_out(losses, one, why)
    ]
    packages = [
        one for one in draft.packages if (why := _why(draft, one, blamed, types)) and _left_out(losses, one, why)
    ]
    draft.operations = [one for one in draft.operations if one not in operations]
    draft.packages = [one for one in draft.packages if one not in packages]
    return bool(operations or packages)


def _left_out(losses: Losses, one: Operation | Package, why: Finding) -> bool:
    said = f"the compiler refuses what became of it [{why.rule}]: {why.message}"
    losses.lose(one.label, one.place, said, why.fix or "write it by hand", REFUSED)
    return True


def _why(
    draft: Draft, one: Operation | Package, blamed: dict[str, Finding], types: dict[str, Finding]
) -> Finding | None:
    if one.name in blamed:
        return blamed[one.name]
    roots = [one.node] if isinstance(one, Operation) else [one.payload, one.reply]
    return next((types[name] for name in sorted(draft.reached(*roots)) if name in types), None)


def _message_at(text: str, line: int) -> str:
    """The message or the enum of a proto file in which a line is; for an rpc, the message that it takes."""
    own = text.split("\n")[line - 1 : line]
    if own and (rpc := re.match(r"\s*rpc (\w+)\(", own[0])):
        return f"{rpc[1]}Request"
    before = "\n".join(text.split("\n")[:line])
    found = re.findall(r"^(?:message|enum) (\w+)", before, re.MULTILINE)
    return found[-1] if found else ""


def _entry_at(tree: object, place: Place, *, depth: int) -> str:
    """The name of the schema, or of the operation, in which a line is."""
    if not isinstance(tree, Mapping):
        return ""
    keys = [(at.line, name) for name, at in tree.keys.items() if at.line <= place.line]
    if not keys:
        return ""
    name = max(keys)[1]
    below = tree.get(name)
    if depth == 1 or not isinstance(below, Mapping):
        return name
    inner = _entry_at(below, place, depth=1)
    operation = below.get(inner)
    said = operation.get("operationId") if isinstance(operation, Mapping) else None
    return str(getattr(said, "value", "")) or inner
