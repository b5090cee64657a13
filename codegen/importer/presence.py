"""Whether a value may be absent or null: the language has two states for a field, documents have three."""

from __future__ import annotations

from codegen.importer.draft import Data, Ref
from codegen.importer.losses import KEYWORD, PRESENCE, Losses
from codegen.importer.notes import notes
from codegen.importer.scalars import is_default
from codegen.importer.shapes import Shape
from codegen.parse.yaml_tree import Scalar, plain

COLLECTIONS = ("array", "map")
EMPTY: dict[str, object] = {"array": [], "map": {}}
EQUAL = "tell clients that they are equal here"


def settled(
    losses: Losses, shape: Shape, inner: object, named: Data | None, what: str, *, required: bool
) -> tuple[object, bool]:
    """The schema of a field with its null and its default, and whether the field is required. `named` is the definition of the type
    that the field is of, where that has a name.
    """
    place = shape.outside.place if shape.outside is not None else shape.node.place
    default = shape.said("default")
    if shape.kind in COLLECTIONS and isinstance(inner, dict):
        return _collection(losses, shape, inner, what, required=required)
    has_default = False
    if required and default is not None:
        losses.add(
            PRESENCE, default.place, f"{what} is required, and its default is left out", "nothing; it never counted"
        )
    elif default is not None and not (isinstance(default, Scalar) and default.value is None):
        has_default = is_default(named or inner, plain(default)) and not shape.nullable
        if not has_default:
            losses.add(
                KEYWORD,
                default.place,
                f"the default of {what} is left out: {plain(default)!r}",
                "put it into the handler",
            )
    if shape.nullable and not required:
        losses.add(PRESENCE, place, f"absent and null are one for {what}", EQUAL)
    extra: Data = {"default": plain(default)} if has_default and default is not None else {}
    if shape.nullable and not required:
        extra = {"default": None}
    return _with(inner, _annotations(losses, shape, inner, what) | extra, is_nullable=shape.nullable), required


def _annotations(losses: Losses, shape: Shape, inner: object, what: str) -> Data:
    """What is said of this use; a named type says the rest itself, but for the way that it goes."""
    around = [one for one in (shape.outside, None if isinstance(inner, Ref) else shape.node) if one is not None]
    found = notes(losses, *around)
    place = (shape.outside or shape.node).place
    ways = [key for key in ("readOnly", "writeOnly") if _is_so(shape, key)]
    if len(ways) == 2:
        losses.add(
            KEYWORD, place, f"{what} is readOnly and writeOnly, and goes both ways here", "keep one of the words"
        )
    return found | ({ways[0]: True} if len(ways) == 1 else {})


def _is_so(shape: Shape, word: str) -> bool:
    node = shape.said(word)
    return isinstance(node, Scalar) and node.value is True


def _with(inner: object, extra: Data, *, is_nullable: bool) -> object:
    if isinstance(inner, Ref):
        if is_nullable:
            return {"oneOf": [inner, {"type": "null"}], **extra}
        return {"allOf": [inner], **extra} if extra else inner
    assert isinstance(inner, dict)
    kind = [inner["type"], "null"] if is_nullable else inner["type"]
    before = {key: one for key, one in extra.items() if key in ("description", "deprecated")}
    after = {key: one for key, one in extra.items() if key not in before}
    return {**before, **inner, "type": kind, **after}


def _collection(losses: Losses, shape: Shape, inner: Data, what: str, *, required: bool) -> tuple[object, bool]:
    place, default = shape.node.place, shape.said("default")
    if shape.nullable:
        losses.add(PRESENCE, place, f"{what} is empty where it was null", "send an empty one")
    if default is not None and plain(default) not in (None, [], {}):
        losses.add(
            KEYWORD, default.place, f"the default of {what} is left out: {plain(default)!r}", "put it into the handler"
        )
    if required and not shape.nullable:
        return inner | _annotations(losses, shape, inner, what), True
    if not (default is not None and plain(default) in ([], {})):
        losses.add(PRESENCE, place, f"absent and empty are one for {what}", EQUAL)
    kept = {key: one for key, one in inner.items() if key != "minItems"}
    if "minItems" in inner:
        losses.add(
            KEYWORD,
            place,
            f"'minItems' of {what} is left out, since an empty one stands for none",
            "require it, or check it in the handler",
        )
    return kept | _annotations(losses, shape, inner, what) | {"default": EMPTY[shape.kind]}, False
