"""Headers of answers: the language has those that carry a required field of the result; which field a document means is its name's.

`X-Total-Count` is `totalCount` or `xTotalCount`, and `ETag` the number of the result's `version`. What no field has is left out with a
loss: the value would have to come from nowhere.
"""

from __future__ import annotations

from codegen.importer.draft import Data, Ref
from codegen.importer.losses import MEMBER, SHAPE
from codegen.importer.names import identifier
from codegen.importer.nodes import mapping, place_of, text
from codegen.importer.types import Types, codes
from codegen.parse.http_request import HEADER, OWN_HEADERS
from codegen.parse.http_responses import ETAG
from codegen.parse.yaml_tree import Mapping

FORMS = ("decimal", "uuid", "date")
VERSION = "version"
WRITE = "put it into the record, and name the field by x-field"


def read_headers(types: Types, response: Mapping, record: Ref | None, label: str) -> Data:
    """`{headers: …}` as it stands in http/, or nothing."""
    listed = mapping(response, "headers")
    found: Data = {}
    for name, node in listed or ():
        header = types.shapes.library.resolve(node)
        place = place_of(listed or response, name)
        field = _field(types, name, record)
        if not isinstance(header, Mapping) or not field:
            types.losses.add(MEMBER, place, f"the header {name!r} of an answer of {label} is left out", WRITE)
            continue
        if name.lower() == ETAG:
            said = f"the header {name!r} of an answer of {label} is the number of {field!r} in quotes"
            types.losses.add(SHAPE, place, said, "nothing, where clients send back what they got")
        described = text(header, "description").strip()
        kind = _schema(types, record, field)["type"]
        found[name] = {
            **({"description": described} if described else {}),
            "x-field": field,
            "schema": {"type": kind if isinstance(kind, str) else "string"},
        }
    return {"headers": found} if found else {}


def _field(types: Types, name: str, record: Ref | None) -> str:
    """What code calls the member that the header carries."""
    if record is None or name.lower() in OWN_HEADERS or not HEADER.fullmatch(name):
        return ""
    schema = types.schemas[record.name]
    known = codes(schema)
    wanted = (VERSION,) if name.lower() == ETAG else (identifier(name), identifier(name.lower().removeprefix("x-")))
    is_number = name.lower() == ETAG
    fits = [one for one in wanted if one in known and _fits(types, record, one, is_number=is_number)]
    return next((one for one in fits if known[one] in schema.get("required", ())), "")


def _fits(types: Types, record: Ref, field: str, *, is_number: bool) -> bool:
    """Of one line of ASCII whatever its value is, and there in every answer."""
    schema = _schema(types, record, field)
    if schema.get("writeOnly") or "enum" in schema:
        return False
    if schema.get("type") == "integer" or is_number:
        return schema.get("type") == "integer"
    return schema.get("type") == "boolean" or (schema.get("type") == "string" and schema.get("format") in FORMS)


def _schema(types: Types, record: Ref | None, field: str) -> Data:
    schema = types.schemas[record.name] if record is not None else {}
    found = schema.get("properties", {}).get(codes(schema).get(field, field))
    return found if isinstance(found, dict) else {}
