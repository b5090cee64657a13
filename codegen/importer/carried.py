"""What of JSON Schema the language carries today, keyword by keyword: the one table that an import asks.

A keyword that the language learns is added to its line here, and arrives from then on; what is in no line is left out with a loss.
"""

from __future__ import annotations

import re

from pydantic_core import PydanticCustomError

from codegen.check.defaults import READERS
from codegen.ir.names import MAX_LENGTH, SNAKE
from codegen.ir.patterns import Untranslatable, rust
from codegen.ir.types import INT64
from codegen.parse import keywords
from codegen.parse.enums import UNSET, member_name
from codegen.runtime.service.formats import Form

_LITERAL = re.compile(r"[\\^$.*+?()\[\]{}|/]")
KEYWORDS: dict[str, frozenset[str]] = {
    "string": frozenset({"minLength", "maxLength", "pattern", "const", "contentEncoding"}),
    "integer": frozenset({"minimum", "maximum", "multipleOf"}),
    "number": frozenset({"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}),
    "boolean": frozenset(),
    "array": frozenset({"minItems", "maxItems", "uniqueItems"}),
    "map": frozenset({"maxProperties"}),
    "record": frozenset(),
}
"""Beside the type, and what makes it: format, enum, items, properties, additionalProperties, required."""
ANNOTATIONS = frozenset({"description", "deprecated", "examples", "externalDocs", "readOnly", "writeOnly"})
BESIDE_FORMAT = frozenset({"minLength", "maxLength", "pattern"})
"""Keywords of a text that may stand beside a form that has its own values (date, uuid, decimal, duration, date-time)."""
FORMS = frozenset(keywords.FORMS)
FORMATS = FORMS | keywords.PLAIN_FORMATS
SYNONYMS = {"guid": "uuid", "datetime": "date-time", "url": "uri", "iri": "uri"}
WIDTHS = {
    "int8": ("int32", -(2**7), 2**7 - 1),
    "int16": ("int32", -(2**15), 2**15 - 1),
    "uint8": ("int32", 0, 2**8 - 1),
    "uint16": ("int32", 0, 2**16 - 1),
    "uint32": ("int64", 0, 2**32 - 1),
    "uint64": ("int64", 0, 2**63 - 1),
    "int32": ("int32", None, None),
    "int64": ("int64", None, None),
}
UNSAID = frozenset({"title", "example", "$comment", "xml", "$schema", "$id", "discriminator"})
"""They refuse no value. `discriminator` is read where a union is; `title` names nothing here."""


def is_member(text: str) -> bool:
    """Whether a text may be a member of an enum: it has a name, and not that of what is absent in proto."""
    spelled = member_name(text).replace("-", "_").lower()
    return bool(SNAKE.match(spelled)) and len(spelled) <= MAX_LENGTH and spelled != UNSET and "\0" not in text


def are_members(texts: list[str]) -> bool:
    """Whether the texts may be the members of one enum: their names stay apart in every spelling."""
    names = {member_name(one).replace("-", "_").upper() for one in texts}
    return len(names) == len(texts) and all(map(is_member, texts))


def are_lengths(form: str, low: int, high: int) -> bool:
    """Whether any text of a form has a length between the two."""
    least, most = keywords.LENGTHS.get(form, (0, INT64[1]))
    return low <= high and low <= most and least <= high


def is_of_form(form: str, text: str) -> bool:
    """Whether a text is surely one of the form; of moments and durations nothing is sure before all is compiled."""
    try:
        if form in READERS:
            READERS[form](text)
        else:
            Form(form).judge(text)
    except (PydanticCustomError, ValueError, KeyError):
        return False
    return form in READERS or form in keywords.PLAIN_FORMATS


def is_pattern(text: str) -> bool:
    """Whether every target reads the pattern alike."""
    try:
        rust(text)
    except Untranslatable:
        return False
    return True


def alternatives(members: list[str]) -> str:
    """A pattern that has exactly these texts."""
    return f"^(?:{'|'.join(_LITERAL.sub(_escaped, one) for one in members)})$"


def _escaped(found: re.Match[str]) -> str:
    return "\\" + found[0]
