"""An event is a value."""

from __future__ import annotations

import dataclasses

import pytest

from codegen.runtime.sdk_python.event import Event


def test_an_event_is_equal_to_its_like_and_is_not_changed() -> None:
    event = Event("data", "topic", 1, "e")
    assert event == Event("data", "topic", 1, "e")
    assert event != Event("data", "topic", 2, "e")
    with pytest.raises(dataclasses.FrozenInstanceError):
        event.offset = 2  # type: ignore[misc]  # that it is refused is the point
