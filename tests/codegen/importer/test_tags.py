"""What tells the arms of a union apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codegen.importer.losses import Losses
from codegen.importer.nodes import mapping
from codegen.importer.shapes import Shape, Shapes
from codegen.importer.tags import Tag, tag_of, untold
from tests.codegen.importer.documents import library_of, openapi

CAT = {"$ref": "#/components/schemas/Cat"}
DOG = {"$ref": "#/components/schemas/Dog"}


def arm(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


@pytest.mark.parametrize(
    ("cat", "dog", "discriminator", "tag"),
    [
        (arm(kind={"const": "cat"}), arm(kind={"enum": ["dog"]}), None, Tag("kind", ("cat", "dog"))),
        (arm(kind={"type": "string"}), arm(), {"propertyName": "kind"}, Tag("kind", ("Cat", "Dog"))),
        (arm(), arm(), {"propertyName": "kind", "mapping": {"a": "#/components/schemas/Cat", "b": "Dog"}}, Tag("kind", ("a", "b"))),
        (arm(), arm(), "kind", Tag("kind", ("Cat", "Dog"))),
        (arm(kind={"const": "x"}), arm(kind={"const": "x"}), None, None),
        (arm(), arm(), None, None),
        (arm(), arm(), {"propertyName": "kind", "mapping": {"1/2": "Cat", "b": "Dog"}}, Tag("kind", ("1/2", "b"))),
        ({"type": "string"}, arm(), {"propertyName": "kind"}, None),
        ({"allOf": [{"$ref": "#/components/schemas/Base"}, arm()]}, {"allOf": [{"$ref": "#/components/schemas/Base"}, arm()]}, None, Tag("kind", ("c", "d"))),
    ],
)  # fmt: skip
def test_a_tag_is_one_constant_for_each_arm(
    tmp_path: Path, cat: Any, dog: Any, discriminator: Any, tag: Tag | None
) -> None:
    shape, shapes = union_of(tmp_path, cat, dog, discriminator)
    assert (tag_of(shape, shapes) if shape.kind == "union" else None) == tag


@pytest.mark.parametrize(
    ("cat", "dog", "discriminator", "why"),
    [
        (arm(kind={"const": "x"}), arm(kind={"const": "x"}), None, "no common constant tells them apart"),
        (arm(kind={"const": "x"}), arm(kind={"const": "x"}), "kind", "two of them have one 'kind'"),
        (arm(), arm(), {"propertyName": "kind", "mapping": {"x" * 70: "Cat"}}, f"no name can be made of {'x' * 70!r}, the 'kind' of Cat"),
        (arm(kind={"const": "x"}), CAT, None, "one of them stands there twice"),
    ],
)  # fmt: skip
def test_the_report_says_why_nothing_tells_them_apart(
    tmp_path: Path, cat: Any, dog: Any, discriminator: Any, why: str
) -> None:
    shape, shapes = union_of(tmp_path, cat, dog, discriminator)
    assert tag_of(shape, shapes) is None
    assert untold(shape, shapes) == why


def union_of(folder: Path, cat: Any, dog: Any, discriminator: Any) -> tuple[Shape, Shapes]:
    union = {"oneOf": [CAT, DOG], **({"discriminator": discriminator} if discriminator else {})}
    base = {
        **arm(kind={"type": "string"}),
        "discriminator": {"propertyName": "kind", "mapping": {"c": "Cat", "d": "Dog"}},
    }
    library, (source,) = library_of(folder, openapi(schemas={"Thing": union, "Cat": cat, "Dog": dog, "Base": base}))
    shapes = Shapes(library, Losses())
    node = mapping(source.root, "components", "schemas", "Thing")
    assert node is not None
    return shapes.of(node, "thing"), shapes
