"""What schemathesis needs and a document may lack, put into its copy in memory: how to log in, and formats of headers.

Its coverage phase (4.32) composes header values of letters and digits. Where a pattern asks for more it has no valid value,
and takes an invalid one for valid; of a format that it can draw from it has some.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator, Mapping

import schemathesis
from hypothesis.errors import HypothesisException
from hypothesis.strategies import SearchStrategy, from_regex

from proof.documents import Json
from proof.http.openapi import operations


def prepare(document: Json, bodies: Mapping[str, Json]) -> None:
    """`bodies` are examples by operation id; the document's own stay."""
    for number, schema in enumerate(_patterns_of_headers(document)):
        values = _drawn(schema["pattern"])
        if values is not None:
            schema["format"] = f"header-{number}"
            schemathesis.openapi.format(schema["format"], values)
    for operation in operations(document):
        content = operation.described.get("requestBody", {}).get("content", {})
        if operation.id in bodies and "application/json" in content:
            content["application/json"].setdefault("example", bodies[operation.id])


def _patterns_of_headers(document: Json) -> Iterator[Json]:
    """Schemas of header parameters that have a pattern and no format."""
    shared = document.get("components", {}).get("parameters", {}).values()
    items = document.get("paths", {}).values()
    own = (one for item in items for one in item.get("parameters", ()))
    described = (one for operation in operations(document) for one in operation.described.get("parameters", ()))
    for parameter in (*shared, *own, *described):
        schema = parameter.get("schema", {})
        if parameter.get("in") == "header" and "pattern" in schema and "format" not in schema:
            yield schema


def _drawn(pattern: str) -> SearchStrategy[str] | None:
    """What a header can carry; None for what Python cannot read."""
    try:
        compiled = re.compile(pattern)
        values = from_regex(compiled, fullmatch=True, alphabet=string.printable.strip() + " ")
        values.validate()
    except (re.error, HypothesisException):
        return None
    return values.filter(lambda text: text == text.strip())
