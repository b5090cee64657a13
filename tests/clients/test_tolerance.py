"""An old client and a newer server: what is new is kept apart, never in the way, and never sent back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pydantic import ValidationError

from tests.clients.emitted import THING, messages, package_of, part, rich

NEWER = (
    ("enum: [red, dark-blue]", "enum: [red, dark-blue, green]"),
    ("enum: [0, 5], x-enum-names: [low, high]", "enum: [0, 5, 7], x-enum-names: [low, high, top]"),
    ("{$ref: '#/Dot'}]", "{$ref: '#/Dot'}, {$ref: '#/Star'}]"),
    ("Dot:\n", "Star:\n  type: object\n  required: [kind, points]\n  properties:\n    kind: {type: string, const: star}\n"
     "    points: {type: integer, format: int32}\nDot:\n"),
    ("    self: {type: string}\n", "    self: {type: string}\n    added: {type: string}\n"),
    ("    title: {type: string}\n    parts: {type: array, items: {$ref: '#/Part'}, default: []}\n",
     "    title: {type: string}\n    parts: {type: array, items: {$ref: '#/Part'}, default: []}\n    weight: {type: number}\n"),
)  # fmt: skip
SENT: dict[str, Any] = THING | {
    "colour": "green", "level": 7, "levels": [5, 7, 0], "colours": {"a": "green", "b": "red"},
    "shape": {"kind": "star", "points": 5},
    "shapes": [{"kind": "dot"}, {"kind": "star", "points": 6}, {"kind": "circle", "radius": 0.5}],
    "by_name": {"x": {"kind": "star", "points": 7}, "y": {"kind": "square", "side": 0}},
    "part": {"title": "t", "parts": [{"weight": 1.5}], "weight": 2.5}, "added": "new",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ages:
    old: ModuleType
    new: ModuleType


@pytest.fixture(scope="module")
def ages(tmp_path_factory: pytest.TempPathFactory) -> Ages:
    folder = tmp_path_factory.mktemp("ages")
    return Ages(_package(folder / "old"), _package(folder / "new", *NEWER))


def _package(folder: Path, *more: tuple[str, str]) -> ModuleType:
    return package_of(rich(folder, *more), folder)


def read(package: ModuleType, value: object) -> Any:
    return part(package, "models").Thing.model_validate(value)


def by_protobuf(ages: Ages, value: object) -> Any:
    """What the old client reads of a newer server's message."""
    sent = messages(ages.new).encode("stele.v1.Thing", dict(read(ages.new, value)))
    return read(ages.old, messages(ages.old).decode("stele.v1.Thing", sent))


def test_what_is_new_in_json_is_kept_apart(ages: Ages) -> None:
    models, thing = part(ages.old, "models"), read(ages.old, json.loads(json.dumps(SENT)))
    assert thing.model_extra == {"added": "new"}
    assert (thing.colour, thing.level, thing.levels) == ("green", 7, [models.Level.HIGH, 7, models.Level.LOW])
    assert [type(one) for one in thing.levels] == [models.Level, int, models.Level]
    assert [type(one) for one in thing.colours.values()] == [str, models.Colour]
    assert [type(one).__name__ for one in (thing.shape, *thing.shapes)] == ["Unknown", "Dot", "Unknown", "Circle"]
    assert thing.shape.raw == {"kind": "star", "points": 5}
    assert thing.by_name["y"] == models.Square(side=0)
    assert thing.part.parts[0].model_extra == {"weight": 1.5}


def test_what_is_new_in_protobuf_is_kept_apart(ages: Ages) -> None:
    """There a member is known by its number, and an arm not at all."""
    models, thing = part(ages.old, "models"), by_protobuf(ages, SENT)
    assert (thing.colour, thing.level, thing.levels) == ("3", 7, [models.Level.HIGH, 7, models.Level.LOW])
    assert thing.colours == {"a": "3", "b": models.Colour.RED}
    assert [type(one).__name__ for one in (thing.shape, *thing.shapes)] == ["Unknown", "Dot", "Unknown", "Circle"]
    assert type(thing.by_name["x"]) is ages.old.Unknown
    assert thing.part.title == "t"


def test_what_is_new_is_never_sent_back(ages: Ages) -> None:
    thing = read(ages.old, SENT | {"shape": None, "shapes": [], "by_name": {}})
    assert "weight" in json.dumps(SENT["part"])
    assert part(ages.old, "runtime.json_codec").plain(thing.part) == {"title": "t", "parts": [{"parts": []}]}
    known = thing.model_copy(update={"colour": "red", "level": 0, "levels": [], "colours": {}})
    data = messages(ages.old).encode("stele.v1.Thing", part(ages.old, "runtime.model").fields_of(known))
    newer = messages(ages.new).decode("stele.v1.Thing", data)
    assert "added" not in newer
    assert newer["part"] == {"title": "t", "parts": [{"parts": []}]}


def test_an_arm_that_is_not_known_cannot_be_sent(ages: Ages) -> None:
    thing = read(ages.old, SENT)
    with pytest.raises(ValueError, match="does not know cannot be sent"):
        part(ages.old, "runtime.json_codec").encode_json({"shape": thing.shape})
    with pytest.raises(ValueError, match="this version of the contract"):
        messages(ages.old).encode("stele.v1.SendThingRequest", {"shape": thing.shape})


def test_what_may_be_absent_is_its_default(ages: Ages) -> None:
    models = part(ages.old, "models")
    for thing in (read(ages.old, THING), by_protobuf(ages, THING)):
        assert (thing.size, thing.usual, thing.levels, thing.by_name) == (3, ["a", "b"], [], {})
        assert (thing.note, thing.colour, thing.data, thing.shape) == (None, None, None, None)
        assert isinstance(thing, models.Thing)


def test_zero_is_not_absence(ages: Ages) -> None:
    zeros = THING | {
        "name": "", "id": 0, "size": 0, "is_new": False, "weight": 0.0, "data": "", "note": "", "takes": "PT0S", "level": 0,
        "made_at": "1970-01-01T00:00:00Z", "price": "0", "part": {}, "pieces": [""], "colours": {"": "red"},
    }  # fmt: skip
    by_json, by_message = read(ages.old, zeros), by_protobuf(ages, zeros)
    assert by_json == by_message
    assert (by_message.size, by_message.is_new, by_message.data, by_message.note) == (0, False, b"", "")
    assert by_message.pieces == [b""]
    assert by_message.part == part(ages.old, "models").Part()


def test_what_must_be_there_is_missed(ages: Ages) -> None:
    for name in THING:
        with pytest.raises(ValidationError, match=name):
            read(ages.old, {key: value for key, value in THING.items() if key != name})


def test_a_message_cut_short_is_no_message_or_a_smaller_one(ages: Ages) -> None:
    bad_frame = part(ages.old, "runtime.codec").BadFrame
    data = messages(ages.new).encode("stele.v1.Thing", dict(read(ages.new, SENT)))
    ends = set()
    for length in range(len(data)):
        try:
            read(ages.old, messages(ages.old).decode("stele.v1.Thing", data[:length]))
            ends.add("read")
        except bad_frame:
            ends.add("refused")
        except ValidationError:
            ends.add("missed")
    assert ends >= {"read", "refused"}


@pytest.mark.parametrize("seconds", [2**62, -(2**62), 253_402_300_800])
def test_a_moment_out_of_the_calendar_is_no_moment(ages: Ages, seconds: int) -> None:
    writer, bad_frame = messages(ages.old), part(ages.old, "runtime.codec").BadFrame
    message = writer.new("stele.v1.Thing")
    message.made_at.seconds = seconds
    with pytest.raises(bad_frame, match="made_at"):
        writer.decode("stele.v1.Thing", message.SerializeToString())


def test_two_versions_live_in_one_process(ages: Ages) -> None:
    """Their messages have the same names; the pools are apart."""
    fields = [messages(one).new("stele.v1.Thing").DESCRIPTOR.fields_by_name for one in (ages.old, ages.new)]
    assert ["added" in one for one in fields] == [False, True]
