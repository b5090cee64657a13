"""One exception type, a closed list of reasons, nothing of the token in it."""

from __future__ import annotations

from app.auth.credential_refused import CredentialRefused, Reason
from generated.errors import Unauthenticated


def test_every_reason_makes_an_unauthenticated_error_that_carries_its_code_and_shows_none() -> None:
    for reason in Reason:
        error = CredentialRefused(reason)
        assert isinstance(error, Unauthenticated)
        assert error.status == 401
        assert error.reason is reason
        assert error.detail is None


def test_reason_codes_are_short_and_fit_a_label() -> None:
    assert all(reason.value.replace("_", "").isalpha() and len(reason) <= 16 for reason in Reason)
