"""Enums: texts as they are, numbers with the names that the document gives them, or with names of their own."""

from __future__ import annotations

from codegen.importer.draft import Data
from codegen.importer.losses import KEYWORD, SHAPE, Losses
from codegen.importer.names import Taken, words
from codegen.importer.nodes import items, place_of
from codegen.importer.shapes import Shape
from codegen.ir.names import is_identifier
from codegen.ir.types import INT32
from codegen.parse.enums import UNSET
from codegen.parse.yaml_tree import plain, text_of

NAMES = ("x-enum-names", "x-enum-varnames", "x-enumNames")


def read_enum(losses: Losses, shape: Shape, name: str) -> Data:
    values = [plain(one) for one in items(shape.node, "enum")]
    if shape.kind == "string enum":
        return {"type": "string", "enum": list(dict.fromkeys(map(str, values)))}
    numbers = list(dict.fromkeys(one for one in values if isinstance(one, int) and not isinstance(one, bool)))
    if len(numbers) != len(values) or not all(INT32[0] <= one <= INT32[1] for one in numbers):
        losses.add(
            KEYWORD,
            place_of(shape.node, "enum"),
            f"the members of {name} beyond int32 are left out",
            "write them as texts",
        )
        numbers = [one for one in numbers if INT32[0] <= one <= INT32[1]] or [0]
    return {"type": "integer", "format": "int32", "enum": numbers, "x-enum-names": _names(losses, shape, numbers, name)}


def _names(losses: Losses, shape: Shape, numbers: list[int], name: str) -> list[str]:
    given = next((items(shape.node, key) for key in NAMES if items(shape.node, key)), [])
    said = [words(text_of(one) or "") for one in given]
    if len(said) != len(numbers) or not all(is_identifier(one) and one != UNSET for one in said):
        losses.add(
            SHAPE,
            place_of(shape.node, "enum"),
            f"the numbers of {name} have no names in the document, and are called after themselves",
            "write x-enum-names",
        )
        said = [f"value_{one}" if one >= 0 else f"minus_{-one}" for one in numbers]
    taken = Taken()
    return [taken.give(one) for one in said]
