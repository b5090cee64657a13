"""`python -m tests.reliability`: writes the table of docs/reliability.md from what the tests say that they prove.

A claim is the docstring of a test that is marked `survives`; its cases are the ids of the rules that it holds.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reliability.md"
BEGIN, END = "<!-- Written by python -m tests.reliability. -->", "<!-- End of what is written. -->"
GROUPS = {
    "A": "Authentication",
    "Z": "Authorisation",
    "W": "Transport and WebSocket abuse",
    "I": "Bad input",
    "C": "Crashes, durability, audit",
    "F": "Dependencies that fail or fall silent",
    "M": "Delivery over several nodes",
    "L": "Load and limits",
    "D": "Rules that hold everywhere",
}
CASE = re.compile(r"([A-Z])(\d+)")
PREFIX = re.compile(r"^(?:[A-Z]\d+|Fault \d+)[^:]*: ")
"""What a docstring may begin with: the case, which has a column of its own."""


@dataclass(frozen=True, order=True)
class Claim:
    """`cases` are sorted; the first says under which heading the claim stands."""

    cases: tuple[tuple[int, int], ...]
    text: str
    test: str
    is_long: bool

    @property
    def group(self) -> int:
        return self.cases[0][0]


def claims(root: Path = ROOT) -> list[Claim]:
    """Every claim of the tests; ValueError for a mark without a docstring, or with a case of no known group."""
    return sorted(
        claim
        for path in sorted((root / "tests").rglob("test_*.py"))
        if "survives" in path.read_text()
        for claim in _claims_of(path.relative_to(root), ast.parse(path.read_text()))
    )


def _claims_of(path: Path, tree: ast.Module) -> Iterator[Claim]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        marks = {name: call for call in node.decorator_list if (name := _mark(call))}
        cases = marks.get("survives")
        if isinstance(cases, ast.Call):
            text = ast.get_docstring(node)
            if text is None:
                raise ValueError(f"{path}: {node.name} is marked, but has no docstring that says what it proves")
            names = [str(ast.literal_eval(argument)) for argument in cases.args]
            yield Claim(_sorted(path, names), " ".join(text.split()), f"{path}::{node.name}", "long" in marks)


def _mark(decorator: ast.expr) -> str | None:
    function = decorator.func if isinstance(decorator, ast.Call) else decorator
    text = ast.unparse(function)
    return text.removeprefix("pytest.mark.") if text.startswith("pytest.mark.") else None


def _sorted(path: Path, names: list[str]) -> tuple[tuple[int, int], ...]:
    found = [match for match in map(CASE.fullmatch, names) if match and match[1] in GROUPS]
    if len(found) != len(names) or not found:
        raise ValueError(f"{path}: {names} are not cases; write one of the letters {''.join(GROUPS)} and a number")
    order = list(GROUPS)
    return tuple(sorted((order.index(match[1]), int(match[2])) for match in found))


def table(found: list[Claim]) -> str:
    lines = [BEGIN]
    for index, title in enumerate(GROUPS.values()):
        rows = [_row(claim) for claim in found if claim.group == index]
        if rows:
            lines += [
                "",
                f"### {title}",
                "",
                "| case | what happens, and what the service does | proven by |",
                "|---|---|---|",
                *rows,
            ]
    return "\n".join([*lines, "", END])


def _row(claim: Claim) -> str:
    letters = list(GROUPS)
    cases = ", ".join(f"{letters[group]}{number:02d}" for group, number in claim.cases)
    text = PREFIX.sub("", claim.text).replace("|", "\\|")
    text = text[0].upper() + text[1:]
    module, _, name = claim.test.partition("::")
    long = ", in `make test-long`" if claim.is_long else ""
    return f"| {cases} | {text} | [{name.removeprefix('test_').replace('_', ' ')}](../{module}){long} |"


def page(text: str, found: list[Claim]) -> str:
    """The page with its table written anew."""
    head, _, rest = text.partition(BEGIN)
    return head + table(found) + rest.partition(END)[2]


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(), claims()))
