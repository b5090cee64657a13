"""One shape for everything that goes wrong: RFC 9457 problems, the same on every door.

A problem carries the catalogue's words and the caller's own input by pointer; never an exception's text, SQL or a path.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from google.protobuf.message import DecodeError
from pydantic import ValidationError

from generated.errors import ApiError, InvalidData, Malformed
from generated.results import FieldError, Problem

MAX_FIELD_ERRORS = 100
"""Of one problem; the rest is left out, so that the answer stays small."""
RETRY_S = {429: 1, 503: 1, 504: 1}
"""When to come again where the error does not say it itself: no such refusal is without."""
UNREADABLE = {"json_invalid", "json_type"}


def problem(error: ApiError, trace_id: str) -> Problem:
    """`type` is a reference that ends in the code; `retry_after` is in seconds."""
    retry_after_s = RETRY_S.get(error.status) if error.retry_after_s is None else error.retry_after_s
    return Problem(
        type=f"/problems/{error.code}",
        title=error.title,
        status=error.status,
        code=error.code,
        trace_id=trace_id,
        detail=msgspec.UNSET if error.detail is None else error.detail,
        errors=list(error.errors),
        retry_after=msgspec.UNSET if retry_after_s is None else retry_after_s,
    )


def decode(read: Callable[[], Any]) -> Any:
    """What `read` answers, or Malformed for what cannot be read and InvalidData for what does not fit. What else `read`
    raises goes on as it is: an ApiError, or a fault of ours."""
    try:
        return read()
    except ValidationError as error:
        raise refusal_of(error.errors(include_url=False, include_context=False, include_input=False)) from None
    except DecodeError:
        raise Malformed("The message is not valid protobuf.") from None
    except (ValueError, OverflowError, RecursionError):
        raise InvalidData("A value is out of range.") from None


def refusal_of(found: Sequence[Any]) -> ApiError:
    """Pydantic's list of what is wrong, as JSON pointers (RFC 6901); the input itself is not repeated. 100 are listed
    at most."""
    if any(one["type"] in UNREADABLE for one in found):
        return Malformed("The body is not valid JSON.")
    listed = [FieldError(pointer=_pointer(one["loc"]), message=one["msg"]) for one in found[:MAX_FIELD_ERRORS]]
    return InvalidData(errors=listed)


def _pointer(location: tuple[int | str, ...]) -> str:
    """Names that a caller made up are cut, so that a problem stays small."""
    return "".join("/" + str(step)[:100].replace("~", "~0").replace("/", "~1") for step in location)[:1024]
