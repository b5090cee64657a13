"""What a contract says to readers beside what it allows. No value is refused for it, and no wire carries it: it is compared by the
gate alone, and two fields that differ in it are one field."""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.diagnostics import NOWHERE, Place


@dataclass(frozen=True, slots=True)
class Example:
    """`value` is plain data, as the source has it."""

    value: object
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class ExternalDocs:
    url: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """Of a field, of a type, or of an operation, whose `deprecated` and `sunset` are its own."""

    examples: tuple[Example, ...] = ()
    deprecated: bool = False
    sunset: str = ""
    """The day from which what is deprecated may go; empty where none is promised."""
    external_docs: ExternalDocs | None = None
    tags: tuple[str, ...] = ()
    """Of an operation that names its own; others have their feature's name."""

    @property
    def values(self) -> list[object]:
        return [one.value for one in self.examples]
