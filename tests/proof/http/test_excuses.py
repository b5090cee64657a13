"""Each row of the table holds where its reason does, and nowhere else."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis import Case, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure, ServerError
from schemathesis.openapi.checks import RejectedPositiveData

from proof.http.excuses import EXCUSES, excuse

DOCUMENT: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Asked", "version": "1"},
    "paths": {"/a": {"post": {"x-errors": ["cursor_invalid"], "responses": {"200": {"description": "Done."}}}}},
}
OWN, PRECONDITION, KEY, RANGE, PART, LONG = EXCUSES


BYTES = {"type": "string", "format": "binary"}
FORM = {
    "type": "object",
    "properties": {
        "cover": BYTES,
        "tracks": {"type": "array", "items": BYTES},
        "genres": {"type": "array", "items": {"type": "string"}},
        "year": {"type": "integer"},
    },
}
BOTH = {media: {"schema": FORM} for media in ("multipart/form-data", "application/json")}
DOCUMENT["paths"]["/a"]["put"] = {"requestBody": {"content": BOTH}, "responses": {"200": {"description": "Done."}}}


def case(**headers: str) -> Case[Any]:
    return schemathesis.openapi.from_dict(DOCUMENT)["/a"]["POST"].Case(headers=headers)


def answered(status: int, code: str = "", media_type: str = "application/problem+json") -> Response:
    request = requests.Request("POST", "http://127.0.0.1/a").prepare()
    content = json.dumps({"code": code}).encode()
    return Response(status, {"content-type": [media_type]}, content, request, 0.1, True)


def rejected(status: int) -> Failure:
    return RejectedPositiveData(operation="POST /a", message="", status_code=status, allowed_statuses=[])


@pytest.mark.parametrize(
    ("asked", "answer", "row"),
    [
        (case(), answered(400, "cursor_invalid"), OWN),
        (case(), answered(400, "malformed"), None),
        (case(), answered(400, "cursor_invalid", "application/json"), None),
        (case(**{"If-Match": '"3"'}), answered(412, "version_mismatch"), PRECONDITION),
        (case(), answered(412, "version_mismatch"), None),
        (case(**{"If-Match": '"3"'}), answered(422, "invalid_data"), None),
        (case(**{"Idempotency-Key": "k"}), answered(422, "idempotency_key_reused"), KEY),
        (case(**{"Idempotency-Key": "k"}), answered(422, "invalid_data"), None),
        (case(), answered(422, "idempotency_key_reused"), None),
        (case(Range="bytes=9-"), answered(416), RANGE),
        (case(), answered(416), None),
    ],
)
def test_a_refusal_of_what_is_valid_needs_a_cause(asked: Case[Any], answer: Response, row: object) -> None:
    assert excuse(rejected(answer.status_code), asked, answer) is row


@pytest.mark.parametrize(
    ("media", "member", "row"),
    [
        ("multipart/form-data", "cover", PART),
        ("multipart/form-data", "tracks", PART),
        ("multipart/form-data", "genres", PART),
        ("multipart/form-data", "year", None),
        ("application/json", "cover", None),
    ],
)
def test_only_bytes_and_texts_of_a_form_have_no_type(media: str, member: str, row: object) -> None:
    sent = schemathesis.openapi.from_dict(DOCUMENT)["/a"]["PUT"].Case(media_type=media, body={})
    for named in (
        f"{member}: Incorrect type",
        f"violates `type` at /properties/{member}/items (was string, became null)",
    ):
        message = f"Invalid data should have been rejected\nInvalid component: in body - {named}"
        finding = AcceptedNegativeData(operation="PUT /a", message=message, status_code=200, expected_statuses=[])
        assert excuse(finding, sent, answered(200)) is row


@pytest.mark.parametrize(("status", "row"), [(413, LONG), (200, None), (404, None)])
def test_too_large_is_a_refusal(status: int, row: object) -> None:
    message = "Invalid data should have been rejected\nInvalid component: in body - violates `maxLength`"
    finding = AcceptedNegativeData(operation="POST /a", message=message, status_code=status, expected_statuses=[])
    assert excuse(finding, case(), answered(status, "too_large")) is row


def test_another_finding_has_no_excuse() -> None:
    finding = ServerError(operation="POST /a", status_code=500)
    assert excuse(finding, case(**{"If-Match": '"3"'}), answered(412, "cursor_invalid")) is None


def test_each_row_has_a_reason() -> None:
    assert [one for one in EXCUSES if not one.reason.endswith(".") or len(one.reason) < 40] == []
