"""The words of the schema language: keywords by type, forms of text, and names that are taken."""

from __future__ import annotations

from codegen.ir.types import DateTime, Duration, Text, Type

ANNOTATIONS = {"description", "title", "examples", "deprecated", "default", "x-sensitive", "x-sunset"}
KEYWORDS = {
    "object": {"type", "required", "properties", "additionalProperties", "maxProperties"},
    "array": {"type", "items", "minItems", "maxItems"},
    "string": {"type", "format", "minLength", "maxLength", "pattern", "enum", "const", "contentEncoding"},
    "integer": {"type", "format", "minimum", "maximum", "enum", "x-enum-names"},
    "number": {"type", "format", "minimum", "maximum"},
    "boolean": {"type"},
}
FORMS: dict[str, Type] = {
    "uuid": Text("uuid"),
    "decimal": Text("decimal"),
    "date": Text("date"),
    "date-time": DateTime(),
    "duration": Duration(),
}
SHADOWING = {"construct", "copy", "dict", "from_orm", "json", "parse_file", "parse_obj", "parse_raw", "schema",
             "schema_json", "update_forward_refs", "validate"}  # fmt: skip
"""Attributes of `pydantic.BaseModel`; a field of that name would change their type."""
RESERVED = {"ContextT", "Handlers", "Request", "Response", "RequestMeta", "RspCode"}
"""Types that the generated code or the envelope declares itself."""
PLAIN_FORMATS = {"uri", "uri-reference", "email", "hostname", "password"}
