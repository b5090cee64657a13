"""Each alias of a recording is somebody of today, by what is said or by its roles."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from proof.documents import DocumentError
from proof.traffic.lines import Caller
from proof.traffic.people import cast
from tests.running_service import RunningService

NOWHERE = "http://127.0.0.1:1"
CALLERS: Mapping[str, Caller] = {"caller-1": Caller("caller-1", ["some-role"])}


def test_who_is_named_is_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", "the token")
    people, _ = cast(NOWHERE, CALLERS, [], ["caller-1=A_TOKEN"])
    assert people["caller-1"].token() == "the token"
    people, passwords = cast(NOWHERE, CALLERS, ["caller-1=mary:pass:word"], [])
    assert people["caller-1"].name == "mary"
    assert passwords["mary"] == "pass:word"
    assert passwords["editor"] == "editor"


@pytest.mark.parametrize(
    ("chosen", "said"),
    [
        (["caller-2=editor"], "caller-2: is nobody in the recording"),
        (["caller-1"], "expected ALIAS=USER"),
        (["caller-1=anonymous"], "expected ALIAS=USER"),
        ([], "say who that is: --as caller-1=USER:PASSWORD"),
    ],
)
def test_who_cannot_be_anybody_is_said(chosen: list[str], said: str) -> None:
    with pytest.raises(DocumentError, match=said):
        cast(NOWHERE, CALLERS, chosen, [])


async def test_users_of_development_are_known_by_their_roles(service: RunningService) -> None:
    roles = ["create-artist", "get-artists", "update-artist"]
    people, _ = cast(service.url, {"caller-1": Caller("caller-1", roles), "caller-2": Caller("caller-2", [])}, [], [])
    assert {alias: one.name for alias, one in people.items()} == {"caller-1": "editor", "caller-2": "nobody"}
    with pytest.raises(DocumentError, match="some-role"):
        cast(service.url, CALLERS, [], [])
