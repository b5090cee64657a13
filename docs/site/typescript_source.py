"""What a module of the TypeScript client exports, read from its source: each name with its comment and its declaration.

The source is ours, printed or formatted alike: a statement begins at the left edge, and its later lines are indented or begin with a
bracket. What is declared otherwise is refused (`Unreadable`), so that nothing is left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

LATER = r"(?:\n(?=[ \t})\]]|\n+[ \t]).*)*"
COMMENT = r"/\*\*((?s:(?:(?!\*/).)*))\*/"
STATEMENT = re.compile(rf"^(?:{COMMENT}\n)?export (.*{LATER})", re.MULTILINE)
HANDED_ON = re.compile(r'(?:type )?(?:\{(?P<names>[^}]*)\}|\*(?: as (?P<space>\w+))?) from "(?P<module>[^"]+)";')
DECLARED = re.compile(r"(?:async |abstract )?(class|const|function|interface|type) (\w+)")
ARROW = re.compile(r"const (\w+) = (\(.*?\): .+?) =>\s.*", re.DOTALL)
GIVEN = re.compile(r"(\w+): (\{[^{}]*\}|[\w.$]+) = \{\}")
"""A parameter that may be left out."""
LATER_INSIDE = r"(?:\n(?=    |  [})\]]|\n+    ).*)*"
MEMBER = re.compile(rf"^  (?:{COMMENT}\n  )?([^\s}}].*{LATER_INSIDE})", re.MULTILINE)
HIDDEN = re.compile(r"(?:readonly |async |get |set )*(?:#|constructor\b)|override readonly name\b")
BODY = re.compile(r" \{\n.*", re.DOTALL)
QUALIFIER = re.compile(r"\$\w*\.")
"""As what a generated module imports others."""


class Unreadable(Exception):
    """A module exports something in a form that this reader does not know."""


@dataclass(frozen=True)
class Member:
    comment: str
    text: str

    @property
    def name(self) -> str:
        found = re.match(r"(?:readonly )?([\w$]+|\[[^\]]+\]|\"[^\"]+\")", self.text)
        assert found, self.text
        return found[1]


@dataclass(frozen=True)
class Export:
    """A name as it is imported, and as it is `declared`. `home` is the module that declares it; `text` has neither bodies nor what is private."""

    name: str
    declared: str
    comment: str
    kind: str
    text: str
    home: Path

    @property
    def members(self) -> list[Member]:
        """Of an interface or a class."""
        inside = self.text.partition("{\n")[2].rpartition("\n}")[0]
        return [Member(comment, text.removesuffix(";")) for comment, text in MEMBER.findall(inside)]


def exports(module: Path) -> dict[str, Export]:
    """In the order of the source; the names of `export * as space` are `space.name`. Raises Unreadable."""
    found: dict[str, Export] = {}
    for comment, statement in STATEMENT.findall(module.read_text()):
        for one in _handed_on(statement, comment, module) or [_declared(statement, comment, module)]:
            found[one.name] = _joined(found.get(one.name), one)
    return found


def _handed_on(statement: str, comment: str, module: Path) -> list[Export]:
    given = HANDED_ON.fullmatch(statement)
    if given is None:
        return []
    theirs = exports(module.parent / given["module"])
    if given["names"] is None:
        space = f"{given['space']}." if given["space"] else ""
        return [replace(one, name=space + name) for name, one in theirs.items()]
    taken = (one.strip().partition(" as ") for one in given["names"].split(",") if one.strip())
    return [_renamed(theirs[name], new or name, comment) for name, _, new in taken]


def _renamed(one: Export, name: str, comment: str) -> Export:
    text = re.sub(rf"\b{one.name}\b", name, one.text, count=1)
    return replace(one, name=name, text=text, comment=one.comment or comment)


def _declared(statement: str, comment: str, module: Path) -> Export:
    head = DECLARED.match(statement)
    if head is None:
        raise Unreadable(f"{module.name}: {statement.splitlines()[0]}")
    kind, name = head.groups()
    shown = {"class": _class, "const": _constant, "function": _function}.get(kind, str)(statement)
    return Export(name, name, comment, kind, QUALIFIER.sub("", shown), module)


def _joined(before: Export | None, one: Export) -> Export:
    """A value and the type of its name; or overloads, without what implements them."""
    if before is None or before.home != one.home:
        return one
    is_implementation = one.kind == "function" and not one.text.endswith(";")
    text = before.text if is_implementation else f"{before.text}\n{one.text}"
    return replace(before, text=text)


def _constant(statement: str) -> str:
    if arrow := ARROW.fullmatch(statement):
        return f"function {arrow[1]}" + GIVEN.sub(r"\1?: \2", arrow[2]) + ";"
    return statement if statement.endswith("as const;") else f"{statement.partition(' = ')[0]};"


def _function(statement: str) -> str:
    return BODY.sub("", statement).removeprefix("async ")


def _class(statement: str) -> str:
    head, _, inside = statement.partition(" {\n")
    found = [one for one in MEMBER.findall(inside) if not HIDDEN.match(one[1])]
    overloaded = {text.partition("(")[0] for _, text in found if text.endswith(";")}
    shown = [one for one in found if not BODY.search(one[1]) or one[1].partition("(")[0] not in overloaded]
    lines = [line for comment, text in shown for line in _member(comment, text)]
    return "\n".join([f"{head} {{", *lines, "}"]) if lines else f"{head} {{}}"


def _member(comment: str, text: str) -> Iterator[str]:
    if comment:
        yield f"  /**{comment}*/"
    declared = BODY.sub(";", text).removeprefix("declare ").removeprefix("async ").removeprefix("*")
    yield f"  {re.sub(r' = [^;]+;$', ';', declared)}"
