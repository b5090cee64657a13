"""The expanded AsyncAPI has whole frames, closed where they come in."""

from __future__ import annotations

import json
from typing import Any

from tests.codegen.contracts import shipped, shipped_files


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shipped_files()["specs/asyncapi.json"])
    return found


def test_every_package_and_event_is_an_operation_with_its_number() -> None:
    numbers = {name: one["x-pkg-id"] for name, one in document()["operations"].items()}
    expected = {one.name: one.pkg_id for one in shipped().operations if one.pkg_id}
    assert numbers == expected | {one.name: one.pkg_id for one in shipped().events}


def test_a_request_is_closed_at_any_depth_of_its_envelope() -> None:
    payload = document()["components"]["messages"]["create_author_request"]["payload"]
    assert payload["properties"]["pkg_id"]["const"] == 3
    for closed in (payload, payload["properties"]["meta"], payload["properties"]["data"]):
        assert closed["additionalProperties"] is False


def test_a_reply_may_be_the_problem() -> None:
    messages = document()["operations"]["create_author"]["reply"]["messages"]
    assert [one["$ref"].rpartition("/")[2] for one in messages] == ["create_author_reply", "problem"]
