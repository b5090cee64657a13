"""Every kind of field crosses a message unchanged, by descriptors alone, and what no message can hold is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from tests.clients.emitted import messages, package_of, part, rich

THING = "stele.v1.Thing"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("rich")
    return package_of(rich(folder), folder)


def values(models: Any) -> dict[str, Any]:
    """As a caller writes them."""
    return {
        "id": -(2**63), "name": "é", "note": None, "last_at": datetime(1, 1, 1, tzinfo=UTC), "colour": models.Colour.DARK_BLUE,
        "level": models.Level.LOW, "levels": (models.Level.HIGH, 0), "colours": {"": "red"}, "shape": models.Circle(radius=-0.5),
        "shapes": [models.Dot(), models.Square(side=-1)], "by_name": {"a": models.Dot()},
        "part": models.Part(parts=[models.Part(title="", parts=[models.Part()])]), "usual": ["x"], "size": 0, "is_new": False,
        "weight": 5e-324, "data": b"", "pieces": [b"\0", b""], "made_at": datetime(9999, 12, 31, 23, 59, 59, 999_999, UTC),
        "made_on": date(1, 1, 1), "takes": timedelta(days=999_999, microseconds=1), "price": Decimal("1E+3"),
        "owner": UUID(int=0), "raw": "", "self": "",
    }  # fmt: skip


def test_every_kind_crosses_unchanged(package: ModuleType) -> None:
    models = part(package, "models")
    given = values(models)
    found = messages(package).decode(THING, messages(package).encode(THING, given))
    thing = models.Thing.model_validate(found)
    assert thing == models.Thing.model_validate(given | {"price": Decimal(1000), "levels": [5, 0]})
    assert (thing.raw_, thing.self_, thing.level) == ("", "", models.Level.LOW)


def test_what_none_means_is_the_field_s_own(package: ModuleType) -> None:
    found = messages(package).decode(THING, b"")
    assert (found["note"], found["last_at"], found["id"], found["shapes"], found["colours"]) == (None, None, 0, [], {})
    assert not {"size", "colour", "shape", "usual", "raw"} & set(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("made_at", datetime(2024, 1, 1)), ("takes", timedelta(-1)), ("colour", "green"), ("level", 7), ("id", 2**63), ("size", 2**31),
        ("shape", {"kind": "star"}), ("name", "\ud800"), ("levels", [3]), ("name", 5), ("id", "5"), ("data", "text"),
    ],
)  # fmt: skip
def test_what_no_message_can_hold_is_refused(package: ModuleType, name: str, value: object) -> None:
    with pytest.raises((ValueError, TypeError)):
        messages(package).encode(THING, {name: value})


@pytest.mark.parametrize("data", [b"\x08", b"\x12\x01\xff", b"\xff" * 12, b"\x0b" * 200])
def test_bytes_that_are_no_message_are_said(package: ModuleType, data: bytes) -> None:
    with pytest.raises(part(package, "runtime.codec").BadFrame, match=r"no stele\.v1\.Thing"):
        messages(package).decode(THING, data)


def test_what_is_repeated_on_the_wire_is_merged_or_the_last(package: ModuleType) -> None:
    """As protobuf has it: a scalar is the last one, messages are merged, an arm replaces the other."""
    models, codec = part(package, "models"), messages(package)
    first = codec.encode(THING, {"name": "a", "part": models.Part(title="t"), "shape": models.Dot()})
    second = codec.encode(
        THING, {"name": "b", "part": models.Part(parts=[models.Part()]), "shape": models.Circle(radius=1.0)}
    )
    found = codec.decode(THING, first + second)
    assert found["name"] == "b"
    assert found["part"] == {"title": "t", "parts": [{"parts": []}]}
    assert found["shape"] == {"kind": "circle", "radius": 1.0}
