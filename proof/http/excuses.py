"""The one table of what schemathesis reports and is no fault, each row with its reason.

No check is switched off: a row takes back one kind of finding where the answer shows that its reason holds.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from schemathesis import Case, Response
from schemathesis.core.failures import AcceptedNegativeData, Failure
from schemathesis.openapi.checks import RejectedPositiveData

ABOUT_KEYS = {409, 422}
"""Another request with this Idempotency-Key is under way, or had another body (IETF draft, 2.7)."""


PART_OF_ANOTHER_TYPE = re.compile(r"in body - (?:(\w+): Incorrect type|violates `type` at /properties/(\w+))")
"""As schemathesis names what it has made of a valid body."""


@dataclass(frozen=True)
class Excuse:
    """`holds` is asked about a finding of the class `finding` only."""

    finding: type[Failure]
    holds: Callable[[Failure, Case[Any], Response], bool]
    reason: str


def _names_its_own_error(finding: Failure, case: Case[Any], response: Response) -> bool:
    return code_of(response) in case.operation.definition.raw.get("x-errors", ())


def _lost_its_precondition(finding: Failure, case: Case[Any], response: Response) -> bool:
    return response.status_code == 412 and _sends(case, "if-match")


def _repeats_a_key(finding: Failure, case: Case[Any], response: Response) -> bool:
    return (
        response.status_code in ABOUT_KEYS and _sends(case, "idempotency-key") and code_of(response) != "invalid_data"
    )


def _asks_beyond_the_end(finding: Failure, case: Case[Any], response: Response) -> bool:
    return response.status_code == 416 and _sends(case, "range")


def _sends_a_part_of_a_form(finding: Failure, case: Case[Any], response: Response) -> bool:
    found = PART_OF_ANOTHER_TYPE.search(finding.message)
    if found is None or case.media_type != "multipart/form-data":
        return False
    body = case.operation.definition.raw["requestBody"]["content"][case.media_type]["schema"]
    member = body.get("properties", {}).get(found[1] or found[2], {})
    return bool(member.get("items", member).get("type") == "string")


def _is_too_long(finding: Failure, case: Case[Any], response: Response) -> bool:
    return response.status_code == 413


EXCUSES = (
    Excuse(
        RejectedPositiveData,
        _names_its_own_error,
        "An error that the operation lists in x-errors depends on what is stored or on a signature, as that of a cursor; "
        "no schema can say which values it meets.",
    ),
    Excuse(
        RejectedPositiveData,
        _lost_its_precondition,
        "Whether If-Match names the stored version depends on what is stored (RFC 9110, 13.1.1).",
    ),
    Excuse(
        RejectedPositiveData,
        _repeats_a_key,
        "A key that an earlier case has used with another body is refused, though its form is right.",
    ),
    Excuse(
        RejectedPositiveData,
        _asks_beyond_the_end,
        "Whether a range lies within the file depends on the file (RFC 9110, 14.2).",
    ),
    Excuse(
        AcceptedNegativeData,
        _sends_a_part_of_a_form,
        "A part of a form is bytes or text whatever was meant by it (RFC 7578): where these are due, nothing has another type.",
    ),
    Excuse(
        AcceptedNegativeData,
        _is_too_long,
        "A body that is longer than it may be is refused as too large (RFC 9110, 15.5.14), which is not among schemathesis' refusals.",
    ),
)


def excuse(finding: Failure, case: Case[Any], response: Response) -> Excuse | None:
    """The first row that holds."""
    return next(
        (one for one in EXCUSES if isinstance(finding, one.finding) and one.holds(finding, case, response)), None
    )


def _sends(case: Case[Any], header: str) -> bool:
    return any(name.lower() == header for name in case.headers or ())


def code_of(response: Response) -> object:
    """Of a problem (RFC 9457); None of anything else."""
    if not any("problem+json" in value for value in response.headers.get("content-type", ())):
        return None
    try:
        body = response.json()
    except ValueError:
        return None
    return body.get("code") if isinstance(body, dict) else None
