"""The words of the language are those of the two schema dialects, and what is taken is taken by something."""

from __future__ import annotations

import jsonschema_rs
from pydantic import BaseModel

from codegen.parse.keywords import ANNOTATIONS, FORMS, KEYWORDS, PLAIN_FORMATS, SHADOWING


def test_a_keyword_is_one_that_json_schema_judges_or_an_x_word() -> None:
    """A wrong value of it makes the schema itself wrong, in both drafts."""
    words = {word for known in KEYWORDS.values() for word in known} - {
        "const",
        "x-enum-names",
        "format",
        "contentEncoding",
    }
    for draft in (jsonschema_rs.Draft7Validator, jsonschema_rs.Draft202012Validator):
        judged = {word for word in words if not _accepts(draft, {word: {"type": 5}})}
        assert judged == words


def _accepts(
    draft: type[jsonschema_rs.Draft7Validator] | type[jsonschema_rs.Draft202012Validator], schema: object
) -> bool:
    try:
        draft(schema)  # type: ignore[arg-type]  # wrong on purpose
    except ValueError:
        return False
    return True


def test_a_shadowed_name_is_an_attribute_of_every_model() -> None:
    assert {name for name in SHADOWING if not hasattr(BaseModel, name)} == set()


def test_no_word_has_two_meanings() -> None:
    assert not FORMS.keys() & PLAIN_FORMATS
    assert not ANNOTATIONS & {word for known in KEYWORDS.values() for word in known}
