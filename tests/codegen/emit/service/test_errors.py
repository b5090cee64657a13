"""The catalogue becomes exceptions with the codes of every door."""

from __future__ import annotations

import runpy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codegen.emit.service import errors
from codegen.ir.operations import Contract, ErrorCode
from generated.errors import ERRORS, ArtistNameTaken, CloseCode, RateLimited, RspCode
from generated.results import FieldError
from tests.codegen.contracts import shipped

TEA = ErrorCode("tea_pot2", 418, "ERROR", True, 'It\'s a "pot" \\ of\ntea.', None)


def emitted(folder: Path, contract: Contract) -> dict[str, Any]:
    """The module as it would be, run from a file of its own."""
    (file,) = errors.emit(contract)
    path = folder / "emitted_errors.py"
    path.write_bytes(file.data)
    return runpy.run_path(str(path), run_name="emitted_errors")


def test_a_new_code_is_an_exception_with_all_that_is_said_of_it(tmp_path: Path) -> None:
    names = emitted(tmp_path, replace(shipped(), errors=(TEA,)))
    assert list(names["ERRORS"]) == ["tea_pot2"]
    kind = names["TeaPot2"]
    assert names["ERRORS"]["tea_pot2"] is kind
    assert issubclass(kind, names["ApiError"])
    assert (kind.code, kind.status, kind.rsp, kind.retryable) == ("tea_pot2", 418, names["RspCode"].ERROR, True)
    assert kind.title == TEA.title


def test_an_error_carries_its_fields_and_when_to_come_again(tmp_path: Path) -> None:
    error = emitted(tmp_path, shipped())["RateLimited"](errors=[FieldError(pointer="/a", message="b")], retry_after_s=3)
    assert (str(error), error.detail, error.retry_after_s) == (error.title, None, 3)
    assert error.errors == (FieldError(pointer="/a", message="b"),)


def test_the_codes_are_those_of_the_contract(tmp_path: Path) -> None:
    names = emitted(
        tmp_path, replace(shipped(), rsp_codes=(("OK", 0), ("ERROR", 7)), close_codes=(("slow", 4001),), errors=(TEA,))
    )
    assert {one.name: int(one) for one in names["RspCode"]} == {"OK": 0, "ERROR": 7}
    assert {one.name: int(one) for one in names["CloseCode"]} == {"SLOW": 4001}


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
    with pytest.raises(ArtistNameTaken, match="An artist with this name exists"):
        raise ArtistNameTaken
    assert str(RateLimited("later", retry_after_s=3)) == "later"


def test_the_codes_of_frames_and_of_closing_are_the_contract_s() -> None:
    assert {one.name: int(one) for one in RspCode} == dict(shipped().rsp_codes)
    assert {one.name.lower(): int(one) for one in CloseCode} == dict(shipped().close_codes)
