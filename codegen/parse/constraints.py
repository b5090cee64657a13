"""The constraints of a schema: counts, bounds and patterns, read strictly."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from codegen.diagnostics import Findings, Place
from codegen.ir.patterns import Untranslatable, rust
from codegen.ir.types import INT64, File, Shape
from codegen.parse.documents import shared_name
from codegen.parse.yaml_tree import MAX_DEPTH, Mapping, Node, Scalar, Sequence, text_of

Read = TypeVar("Read")

SHAPING = {"minLength", "maxLength", "pattern", "enum", "const"}
"""What bounds a text."""
MAX_FILE_BYTES = 2**40
"""A declared maximum is one that somebody means."""


class Constraints:
    """Reads keywords of one schema; what is not of the keyword's type is a finding."""

    def __init__(self, findings: Findings) -> None:
        self._findings = findings
        self._inside: set[Place] = set()
        """The schemas that are being read, since the last one that becomes a type of its own."""

    def _ending(self, node: Mapping, what: str, read: Callable[[], Read]) -> Read | None:
        """What is read inside of a schema; one that is no type of its own and holds itself would have no end."""
        if node.place in self._inside:
            self._refuse("R003", node.place, f"{what} holds itself", "let a record stand between")
            return None
        if len(self._inside) >= MAX_DEPTH:
            self._refuse("Y008", node.place, f"{what} is nested deeper than {MAX_DEPTH}", "let a record stand between")
            return None
        self._inside.add(node.place)
        found = read()
        self._inside.remove(node.place)
        return found

    def _refuse(self, rule: str, place: Place, message: str, fix: str = "") -> None:
        self._findings.add(rule, place, message, fix=fix)

    def _pattern(self, node: Mapping, what: str) -> str | None:
        pattern = text_of(node.get("pattern"))
        if pattern is None:
            return None
        try:
            rust(pattern)
        except Untranslatable as error:
            fix = "write it in the part of ECMA-262 that every target reads alike"
            self._refuse("S008", node.keys["pattern"], f"the pattern of {what}: {error}", fix)
            return None
        return pattern

    def _alone(self, node: Mapping, key: str, others: set[str], what: str) -> bool:
        """A form of its own has its own values; a bound beside it would not be judged."""
        found = [other for other in node.entries if other in others]
        for other in found:
            self._refuse("S004", node.keys[other], f"{what} has {other!r} beside {key}", f"remove {other!r} or {key!r}")
        return not found

    def _const(self, node: Mapping, what: str) -> str | None:
        only = only_member(node)
        value = node.get("const") if only is None else only
        if value is None:
            return None
        text = value.value if isinstance(value, Scalar) else None
        self._alone(
            node,
            "const" if only is None else "enum",
            SHAPING - ({"const"} if only is None else {"enum"}) | {"format"},
            what,
        )
        if not isinstance(text, str) or not text or "\0" in text:
            self._refuse("S025", value.place, f"the constant of {what} is no text", "write a text in quotes")
            return None
        return text

    def _count(self, node: Mapping, key: str, what: str, default: int | None = None) -> int | None:
        value = node.get(key)
        if value is None:
            return default
        if isinstance(value, Scalar) and isinstance(value.value, int) and not isinstance(value.value, bool):
            return value.value
        self._refuse("S021", value.place, f"{key} of {what} is not a whole number", "write one, without quotes")
        return default

    def _shape(self, node: Mapping, own: tuple[int, int], what: str) -> Shape | None:
        """What stands beside a format of which a text has `own` lengths."""
        low, high = self._lengths(node, "minLength", "maxLength", what)
        if low > own[1] or (high is not None and high < own[0]):
            fix = f"a text of the format has {own[0]} to {own[1]} characters"
            self._refuse("S006", node.place, f"{what} has lengths that no text of its format has", fix)
        found = Shape(low, high, self._pattern(node, what))
        return None if found == Shape() else found

    def _file(self, node: Mapping, what: str) -> File | None:
        """Bytes as they are, of which `maxLength` counts octets (OpenAPI 3.1, "Considerations for File Uploads")."""
        media = text_of(node.get("contentMediaType"))
        others = SHAPING - {"maxLength"} | {"multipleOf", "default"} | (set() if media is None else {"format"})
        if text_of(node.get("format")) == "binary":
            others -= {"format"}
        if not self._alone(node, "bytes", others, what):
            return None
        most = self._count(node, "maxLength", what)
        if most is None or not 0 < most <= MAX_FILE_BYTES:
            place = node.place if most is None else node.entries["maxLength"].place
            fix = f"write `maxLength: 10485760`, which counts bytes; {MAX_FILE_BYTES} at most"
            self._refuse("S041", place, f"{what} is bytes without a maximum", fix)
            return None
        return File(most, (media,) if media else ())

    def _flag(self, node: Mapping, key: str, what: str) -> bool:
        value = node.get(key)
        if value is None or (isinstance(value, Scalar) and isinstance(value.value, bool)):
            return isinstance(value, Scalar) and value.value is True
        self._refuse("S021", value.place, f"{key} of {what} is neither true nor false", "write true, or nothing")
        return False

    def _lengths(self, node: Mapping, low_key: str, high_key: str, what: str) -> tuple[int, int | None]:
        low, high = self._count(node, low_key, what), self._count(node, high_key, what)
        for key, count in ((low_key, low), (high_key, high)):
            if count is not None and not 0 <= count <= INT64[1]:
                fix = f"write a count from 0 to {INT64[1]}"
                self._refuse("S021", node.entries[key].place, f"{key} of {what} is {count}", fix)
                return 0, None
        return (low or 0, high) if self._ordered(node, low, high, what) else (0, None)

    def _ordered(self, node: Mapping, low: float | None, high: float | None, what: str) -> bool:
        is_wrong = low is not None and high is not None and low > high
        if is_wrong:
            self._refuse("S006", node.place, f"{what} has the bounds {low} … {high}", "let something lie between them")
        return not is_wrong


def only_member(node: Mapping) -> Node | None:
    """The text of an enum of one that has no name: a constant, as people wrote it before `const`."""
    members = node.get("enum")
    is_plain = shared_name(node) is None and not node.entries.keys() & {"const", "x-enum-names"}
    if not isinstance(members, Sequence) or len(members.items) != 1 or not is_plain:
        return None
    return members.items[0] if text_of(node.get("type")) == "string" else None
