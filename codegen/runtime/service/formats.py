"""Forms of text that have no type of their own, each by its RFC. A model imports this only if its schema has such a format.

The judge is the library that reads JSON Schema, so that the verdict is the one that the served schema has.
"""

from __future__ import annotations

from typing import Any

import jsonschema_rs
from pydantic import GetCoreSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

JUDGED = {
    "email": "an address of e-mail (RFC 5321 section 4.1.2)",
    "hostname": "a name of a host (RFC 1123 section 2.1)",
    "ipv4": "an IPv4 address with four decimal numbers (RFC 2673 section 3.2)",
    "ipv6": "an IPv6 address without a zone (RFC 4291 section 2.2)",
    "time": "a time with an offset (RFC 3339, full-time)",
    "uri": "a URI with its scheme (RFC 3986)",
    "uri-reference": "a URI or a relative reference (RFC 3986)",
}


class Form:
    """A text of one of the forms."""

    def __init__(self, name: str) -> None:
        self._form = JUDGED[name]
        self._judge = jsonschema_rs.validator_for({"type": "string", "format": name}, validate_formats=True)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.judge, handler(source))

    def judge(self, text: str) -> str:
        if not self._judge.is_valid(text):
            raise PydanticCustomError("format", "Input should be {form}", {"form": self._form})
        return text
