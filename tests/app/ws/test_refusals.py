"""The reason of a denial is the credential's, else what the door itself says; never what a caller sent."""

from __future__ import annotations

import pytest

from app.auth.credential_refused import CredentialRefused, Reason
from app.ws.refusals import Attempt, reason_of
from generated.errors import ApiError, Forbidden, RateLimited


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (CredentialRefused(Reason.SIGNATURE), "signature"),
        (CredentialRefused(Reason.TICKET), "ticket"),
        (Forbidden("This origin may not open a socket."), "This origin may not open a socket."),
        (RateLimited(retry_after_s=7), "rate_limited"),
    ],
)
def test_the_reason_of_an_error(error: ApiError, reason: str) -> None:
    assert reason_of(error) == reason


def test_every_attempt_says_that_it_is_of_a_socket() -> None:
    assert all(attempt.startswith("ws.") for attempt in Attempt)
