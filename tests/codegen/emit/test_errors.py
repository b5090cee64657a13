"""The catalogue becomes exceptions with the codes of every door."""

from __future__ import annotations

import pytest

from generated.errors import ERRORS, AuthorNameTaken, CloseCode, RateLimited, RspCode
from tests.codegen.contracts import shipped


def test_every_code_is_an_exception_with_its_status_and_frame_code() -> None:
    for error in shipped().errors:
        kind = ERRORS[error.code]
        assert (kind.code, kind.status, kind.rsp.name, kind.retryable) == (
            error.code,
            error.status,
            error.rsp,
            error.retryable,
        )


def test_an_error_says_its_title_unless_it_has_a_detail() -> None:
    with pytest.raises(AuthorNameTaken, match="An author with this name exists"):
        raise AuthorNameTaken
    assert str(RateLimited("later", retry_after_s=3)) == "later"


def test_the_codes_of_frames_and_of_closing_are_the_contract_s() -> None:
    assert {one.name: int(one) for one in RspCode} == dict(shipped().rsp_codes)
    assert {one.name.lower(): int(one) for one in CloseCode} == dict(shipped().close_codes)
