"""Schemas of one value: texts, numbers and flags, with the keywords that the language carries (`carried.py`)."""

from __future__ import annotations

import math
from decimal import Decimal

from codegen.importer import carried
from codegen.importer.draft import Data
from codegen.importer.losses import DOCUMENT, KEYWORD, SHAPE, Losses
from codegen.importer.nodes import place_of, text, value
from codegen.importer.shapes import SCALARS
from codegen.ir.types import INT32, INT64
from codegen.parse.yaml_tree import Mapping, kind_of, plain

READ = frozenset({"type", "format", "enum", "items", "properties", "additionalProperties", "required", "default", "allOf", "anyOf",
                  "oneOf", "nullable", "exclusiveMinimum", "exclusiveMaximum", "const", "contentMediaType", "$defs", "definitions", "$anchor", "x-enum-names", "x-enum-varnames", "x-enumNames"})  # fmt: skip
"""What some step reads by itself."""
BINARY = "write contentEncoding: base64 where JSON is meant, or keep the operation on another service"
SIDES = (("minimum", "exclusiveMinimum", 1), ("maximum", "exclusiveMaximum", -1))


def left_out(losses: Losses, node: Mapping, kind: str, what: str) -> None:
    """Says each keyword that the language does not carry for this kind."""
    for key, below in node:
        if key in carried.KEYWORDS[kind] | carried.ANNOTATIONS | READ:
            continue
        if key.startswith("x-"):
            losses.count(
                DOCUMENT, place_of(node, key), f"the extension {key!r} is not read", "say what it means in a handler"
            )
        elif key in carried.UNSAID or (key == "uniqueItems" and kind in SCALARS):
            losses.count(
                DOCUMENT, place_of(node, key), f"{key!r} of schemas is left out", "nothing; it refuses no value"
            )
        else:
            losses.add(
                KEYWORD,
                place_of(node, key),
                f"{key!r} of {what} is left out: {_said(plain(below))}",
                "check it in the handler",
            )


def _said(data: object) -> str:
    shown = repr(data)
    return shown if len(shown) <= 60 else f"{shown[:57]}…"


def scalar_schema(losses: Losses, node: Mapping, kind: str, what: str) -> Data:
    """The schema of a text, a number or a flag, without what its use says of it."""
    left_out(losses, node, kind, what)
    match kind:
        case "integer":
            return _integer(losses, node, what)
        case "number":
            return _number(losses, node, what)
        case "string":
            return _string(losses, node, what)
    _no_format(losses, node, what)
    if "const" in node.entries:
        _dropped(losses, node, "const", what)
    return {"type": kind}


def _dropped(losses: Losses, node: Mapping, key: str, what: str) -> None:
    losses.add(
        KEYWORD,
        place_of(node, key),
        f"{key!r} of {what} is left out: {_said(plain(node.entries[key]))}",
        "check it in the handler",
    )


def _no_format(losses: Losses, node: Mapping, what: str, known: str = "") -> None:
    if text(node, "format") not in ("", known):
        _dropped(losses, node, "format", what)


def _integer(losses: Losses, node: Mapping, what: str) -> Data:
    said = text(node, "format")
    width, lowest, highest = carried.WIDTHS.get(said, (_width(node), None, None))
    if said not in carried.WIDTHS:
        _no_format(losses, node, what)
        if not said:
            losses.count(
                SHAPE,
                node.place,
                "integers without a width have 64 bits, or 32 where their bounds fit",
                "write format: int32 or int64",
            )
    elif said not in ("int32", "int64"):
        losses.add(
            SHAPE, place_of(node, "format"), f"{what} is {width} with the bounds of {said}", "nothing, if that is meant"
        )
    limits = INT32 if width == "int32" else INT64
    found: Data = {"type": "integer", "format": width, **_step(losses, node, "integer", what)}
    for (bound, exclusive, step), outer, limit in zip(SIDES, (lowest, highest), limits, strict=True):
        number = _whole(losses, node, bound, what)
        beyond = _whole(losses, node, exclusive, what)
        const = _whole(losses, node, "const", what)
        candidates = [
            one for one in (number, None if beyond is None else beyond + step, outer, const) if one is not None
        ]
        if not candidates:
            continue
        tight = max(candidates) if step > 0 else min(candidates)
        found[bound] = max(limits[0], min(limits[1], tight))
        if found[bound] != tight or tight == limit:
            if found[bound] != tight:
                losses.add(
                    SHAPE,
                    place_of(node, bound),
                    f"{bound} of {what} is cut to that of {width}",
                    "write a bound inside of the width",
                )
            del found[bound]
    if found.get("minimum", limits[0]) > found.get("maximum", limits[1]):
        losses.add(
            KEYWORD,
            node.place,
            f"the bounds of {what} leave no value, and are left out",
            "write the lower below the upper",
        )
        found = {"type": "integer", "format": width}
    return found


def _width(node: Mapping) -> str:
    bounds = [value(node, key) for key in ("minimum", "maximum")]
    fits = all(isinstance(one, int) and INT32[0] <= one <= INT32[1] for one in bounds)
    return "int32" if fits else "int64"


def _whole(losses: Losses, node: Mapping, key: str, what: str) -> int | None:
    said = value(node, key)
    if key not in node.entries:
        return None
    if isinstance(said, int | float) and not isinstance(said, bool) and float(said).is_integer():
        return int(said)
    _dropped(losses, node, key, what)
    return None


def _number(losses: Losses, node: Mapping, what: str) -> Data:
    _no_format(losses, node, what, "double")
    found: Data = {"type": "number", **({"format": "double"} if text(node, "format") == "double" else {})}
    for key in (key for bound, exclusive, _ in SIDES for key in (bound, exclusive)):
        said = value(node, key)
        if key in carried.KEYWORDS["number"] and _is_number(said):
            found[key] = said
        elif key in node.entries:
            _dropped(losses, node, key, what)
    found |= _step(losses, node, "number", what)
    low = max(found.get("minimum", -math.inf), found.get("exclusiveMinimum", -math.inf))
    high = min(found.get("maximum", math.inf), found.get("exclusiveMaximum", math.inf))
    if low > high or (low == high and {"exclusiveMinimum", "exclusiveMaximum"} & found.keys()):
        losses.add(
            KEYWORD,
            node.place,
            f"the bounds of {what} leave no value, and are left out",
            "write the lower below the upper",
        )
        found = {"type": "number"}
    for key in ("const", "enum"):
        if key in node.entries:
            _dropped(losses, node, key, what)
    return found


def _is_number(said: object) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool) and math.isfinite(said)


def _step(losses: Losses, node: Mapping, kind: str, what: str) -> Data:
    """`multipleOf`, where it is a step that the kind has."""
    said = value(node, "multipleOf")
    if isinstance(said, float) and said.is_integer():
        said = int(said)
    is_step = _is_number(said) and isinstance(said, int if kind == "integer" else int | float) and 0 < said <= INT64[1]
    if is_step and "multipleOf" in carried.KEYWORDS[kind]:
        return {"multipleOf": said}
    if "multipleOf" in node.entries and "multipleOf" in carried.KEYWORDS[kind]:
        _dropped(losses, node, "multipleOf", what)
    return {}


def _string(losses: Losses, node: Mapping, what: str) -> Data:
    said = text(node, "format")
    media = text(node, "contentMediaType")
    if (
        text(node, "contentEncoding") in ("base64", "base64url")
        or said == "binary"
        or (media and media != "application/json")
    ):
        return _bytes(losses, node, what)
    found: Data = {"type": "string"}
    if "contentEncoding" in node.entries:
        _dropped(losses, node, "contentEncoding", what)
    form = carried.SYNONYMS.get(said.lower(), said)
    if form in carried.FORMATS:
        found["format"] = form
    elif form:
        _dropped(losses, node, "format", what)
    if "const" in node.entries:
        constant = value(node, "const")
        if isinstance(constant, str) and constant and "\0" not in constant:
            return {"type": "string", "const": constant}
        _dropped(losses, node, "const", what)
    return found | _lengths(losses, node, form, what)


def _lengths(losses: Losses, node: Mapping, form: str, what: str) -> Data:
    found: Data = {}
    has_form = form in carried.FORMS
    for key in ("minLength", "maxLength", "pattern"):
        if key not in node.entries:
            continue
        said = plain(node.entries[key])
        is_kept = carried.is_pattern(str(said)) if key == "pattern" else isinstance(said, int) and 0 <= said <= INT64[1]
        if (has_form and key not in carried.BESIDE_FORMAT) or not is_kept or kind_of(node.entries[key]) == "boolean":
            _dropped(losses, node, key, what)
        elif not (key == "minLength" and said == 0):
            found[key] = said
    if not carried.are_lengths(form, found.get("minLength", 0), found.get("maxLength", INT64[1])):
        losses.add(
            KEYWORD,
            node.place,
            f"the lengths of {what} leave no text, and are left out",
            "write the lower below the upper",
        )
        found = {key: one for key, one in found.items() if key == "pattern"}
    return found


def _bytes(losses: Losses, node: Mapping, what: str) -> Data:
    """Bytes are base64 in JSON; a length in characters of the base64 is no length in bytes."""
    if text(node, "contentEncoding") != "base64":
        losses.add(SHAPE, node.place, f"{what} is bytes, and base64 in JSON", BINARY)
    for key in ("minLength", "maxLength", "pattern", "const"):
        if key in node.entries:
            _dropped(losses, node, key, what)
    return {"type": "string", "contentEncoding": "base64"}


def is_default(schema: object, value: object) -> bool:
    """Whether a default is a value that a schema takes: of one value, or of an enum. Records have none."""
    kind = schema.get("type") if isinstance(schema, dict) else None
    if isinstance(schema, dict) and "enum" in schema:
        return not isinstance(value, bool) and value in schema["enum"]
    match kind:
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            low, high = INT32 if isinstance(schema, dict) and schema.get("format") == "int32" else INT64
            return (
                isinstance(value, int)
                and not isinstance(value, bool)
                and low <= value <= high
                and _between(schema, value)
            )
        case "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and _between(schema, value)
        case "string":
            return isinstance(value, str) and _is_text(schema, value)
    return False


def _between(schema: object, number: float) -> bool:
    bounds = schema if isinstance(schema, dict) else {}
    step = bounds.get("multipleOf")
    is_inside = bounds.get("minimum", number) <= number <= bounds.get("maximum", number)
    is_beyond = bounds.get("exclusiveMinimum", -math.inf) < number < bounds.get("exclusiveMaximum", math.inf)
    return bool(is_inside and is_beyond and (step is None or Decimal(repr(number)) % Decimal(repr(step)) == 0))


def _is_text(schema: object, value: str) -> bool:
    """Patterns, constants, bytes and moments are judged by the compiler alone, so that no default of theirs is kept that it would
    refuse.
    """
    said = schema if isinstance(schema, dict) else {}
    form = said.get("format", "")
    has_own = (form and not carried.is_of_form(form, value)) or bool(
        {"contentEncoding", "pattern", "const"} & said.keys()
    )
    return (
        not has_own
        and "\0" not in value
        and bool(said.get("minLength", 0) <= len(value) <= said.get("maxLength", len(value)))
    )
