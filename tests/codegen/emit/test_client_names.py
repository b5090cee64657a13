"""Names of a contract make way for those that a language or the runtime has; nothing is ever overwritten."""

from __future__ import annotations

import pytest

from codegen.emit import client_names
from codegen.runtime.sdk_python import errors
from codegen.runtime.sdk_python.client_async import AsyncBaseClient


@pytest.mark.parametrize(
    ("code", "rsp", "name"),
    [
        ("artist_name_taken", "CONFLICT", "ArtistNameTaken"),
        ("rate_limited", "RATE_LIMITED", "RateLimited"),
        ("not_found", "CONFLICT", "NotFoundError"),
        ("outcome_unknown", "UNAVAILABLE", "OutcomeUnknownError"),
        ("api_error", "ERROR", "ApiErrorError"),
    ],
)
def test_a_code_is_a_class_of_its_own_or_its_kind(code: str, rsp: str, name: str) -> None:
    assert client_names.error_class(code, rsp) == name


def test_the_runtime_has_no_error_that_a_code_could_hide() -> None:
    ours = {name for name, one in vars(errors).items() if isinstance(one, type) and one.__module__ == errors.__name__}
    assert ours == client_names.RUNTIME_ERRORS | set(client_names.KINDS.values())
    assert {name: one.__name__ for name, one in errors.KINDS.items()} == client_names.KINDS


def test_a_feature_hides_no_member_of_the_client() -> None:
    members = {name for name in vars(AsyncBaseClient) if not name.startswith("_")}
    assert members <= client_names.MEMBERS
    assert client_names.attribute("events") == "events_"
    assert client_names.attribute("artists") == "artists"
