"""The words of the schema language: keywords by type, forms of text, and names that are taken.

A keyword stands where it means something and has a value of its kind; what would not be read is refused.
"""

from __future__ import annotations

from codegen.diagnostics import meant
from codegen.ir.types import DateTime, Duration, Text
from codegen.parse.constraints import SHAPING
from codegen.parse.directions import READ, WRITE
from codegen.parse.numbers import Numbers
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, kind_of, text_of

ANNOTATIONS = {"description", "title", "example", "examples", "deprecated", "externalDocs", "readOnly", "writeOnly", "default",
               "x-sensitive",
               "x-sunset"}  # fmt: skip
SAID = {"description", "title", "example", "examples", "deprecated", "externalDocs", "x-sunset"}
"""What is said to readers of a property, also beside `$ref`."""
NUMERIC = {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"}
"""What bounds a number."""
KEYWORDS = {
    "object": {"type", "required", "properties", "additionalProperties", "maxProperties", "x-field-names"},
    "array": {"type", "items", "minItems", "maxItems", "uniqueItems"},
    "string": {
        "type",
        "format",
        "minLength",
        "maxLength",
        "pattern",
        "enum",
        "const",
        "contentEncoding",
        "contentMediaType",
        "multipleOf",
        "x-enum-names",
    },
    "integer": {"type", "format", "enum", "x-enum-names", *NUMERIC},
    "number": {"type", "format", *NUMERIC},
    "boolean": {"type"},
}
KINDS = {"title": "string", "description": "string", "format": "string", "pattern": "string", "contentEncoding": "string",
         "contentMediaType": "string", "required": "array", "examples": "array", "properties": "object", "deprecated": "boolean",
         "externalDocs": "object", "readOnly": "boolean", "writeOnly": "boolean"}  # fmt: skip
"""The kind of a keyword's value, of those that no other reader judges."""
OTHERS = {"nullable": "write `type: [T, 'null']`", "minProperties": "remove it, and check it in the handler"}
"""What to write for words of other dialects."""
FORMS: dict[str, Text | DateTime | Duration] = {
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
LENGTHS = {"uuid": (36, 36), "decimal": (1, 58), "date": (10, 10), "date-time": (20, 35), "duration": (3, 40)}
"""Characters that a text of the form may have."""
BINARY = "binary"
"""Bytes as they are: beside JSON, not in it."""
PLAIN_FORMATS = {"email", "hostname", "ipv4", "ipv6", "password", "time", "uri", "uri-reference"}
"""Forms that are a text in every target."""


class Keywords(Numbers):
    """Reads which keywords a schema has."""

    def _no_siblings(self, node: Node, what: str, *, may_say: bool) -> None:
        """Draft-07 ignores what stands beside `$ref`, 2020-12 does not; what is said to readers binds nobody."""
        if isinstance(node, Mapping) and "$ref" in node.entries:
            for key in node.entries.keys() - {"$ref"} - (SAID if may_say else set()):
                told = "write `allOf: [{$ref: …}]` with it beside that" if key in ANNOTATIONS else ""
                fix = told or "move it into the schema that $ref names"
                self._refuse("S022", node.keys[key], f"{what} has {key!r} beside $ref", fix)

    def _kind(self, node: Mapping, what: str) -> tuple[str | None, bool]:
        declared = node.get("type")
        if isinstance(declared, Sequence):
            kinds = [text_of(item) for item in declared.items]
            named = [one for one in kinds if one != "null"]
            if len(kinds) == 2 and len(named) == 1 and named[0] in KEYWORDS:
                return named[0], True
            self._refuse("S003", declared.place, f"{what} has type {kinds}", "write [T, 'null'] or one type")
            return None, False
        kind = text_of(declared)
        if kind in KEYWORDS:
            return kind, False
        place = declared.place if declared else node.place
        found = f"the type {kind!r}" if declared else "no type"
        self._refuse("S003", place, f"{what} has {found}", f"write one of {', '.join(sorted(KEYWORDS))}")
        return None, False

    def _known_words(self, node: Mapping, kind: str, what: str) -> bool:
        unknown = [key for key in node.entries if key not in KEYWORDS[kind] | ANNOTATIONS]
        for key in unknown:
            self._refuse(
                "S004",
                node.keys[key],
                f"{what} uses {key!r}, which is not in the common subset for {kind}",
                OTHERS.get(key)
                or meant(
                    key,
                    KEYWORDS[kind] | ANNOTATIONS,
                    f"remove it; a {kind} may have {', '.join(sorted(KEYWORDS[kind] - {'type'})) or 'no keyword'}",
                ),
            )
        return self._fits(node, kind, what) and not unknown

    def _choice_word(self, node: Mapping) -> str:
        return next((word for word in ("oneOf", "anyOf") if word in node.entries), "")

    def _known_choice(self, node: Mapping, word: str, what: str) -> bool:
        known = {"oneOf", "discriminator", "x-enum-names"} if word == "oneOf" else {"anyOf"}
        unknown = [key for key in node.entries if key not in known | ANNOTATIONS]
        for key in unknown:
            self._refuse("S004", node.keys[key], f"{what} uses {key!r} beside {word}", "move it into the arms")
        return not unknown

    def _typed(self, node: Mapping) -> bool:
        """Whether each value has its keyword's kind; another would be passed over."""
        wrong = [(key, value) for key, value in node if key in KINDS and kind_of(value) != KINDS[key]]
        for key, value in wrong:
            self._refuse("F003", value.place, f"{key} is {kind_of(value)}", f"write {KINDS[key]}")
        return self._names_once(node.get("required")) and not wrong

    def _names_once(self, required: Node | None) -> bool:
        names = [text_of(item) for item in required.items] if isinstance(required, Sequence) else []
        is_list = None not in names and len(set(names)) == len(names)
        if required is not None and not is_list:
            fix = "write each property's name once"
            self._refuse("F003", required.place, "required is no list of names, each once", fix)
        return is_list

    def _fits(self, node: Mapping, kind: str, what: str) -> bool:
        """Whether the keywords mean something beside each other."""
        if kind == "object":
            return (
                self._alone(node, "a schema for all values", {"required"}, what)
                if self._is_map(node)
                else self._closed(node, what)
            )
        if "enum" not in node.entries:
            if "x-enum-names" in node.entries:
                self._refuse("S004", node.keys["x-enum-names"], f"{what} has x-enum-names and no enum", "remove it")
            return "x-enum-names" not in node.entries
        form = text_of(node.get("format"))
        others = SHAPING - {"enum"} | NUMERIC | ({"format"} if form != "int32" or kind == "string" else set())
        return self._alone(node, "enum", others, what)

    def _closed(self, node: Mapping, what: str) -> bool:
        """A record has the properties that it names: requests are closed, and answers have no others."""
        others = node.get("additionalProperties")
        is_closed = others is None or (isinstance(others, Scalar) and others.value is False)
        if not is_closed:
            fix = "remove additionalProperties, or give the record a property that is a map"
            self._refuse(
                "S004", node.keys["additionalProperties"], f"{what} has further properties beside those it names", fix
            )
        return self._alone(node, "properties", {"maxProperties"}, what) and is_closed

    def _is_map(self, node: Mapping) -> bool:
        return "additionalProperties" in node.entries and "properties" not in node.entries

    def _access(self, node: Mapping, what: str) -> str:
        said = [word for word in (READ, WRITE) if self._flag(node, word, what)]
        if len(said) == 2:
            fix = "keep one of them; what goes neither way is no property"
            self._refuse("S032", node.keys[WRITE], f"{what} is readOnly and writeOnly", fix)
        return said[0] if said else ""

    def _is_null(self, node: Node) -> bool:
        return isinstance(node, Mapping) and node.entries.keys() == {"type"} and text_of(node.get("type")) == "null"
