"""What a client raises: one class per kind of outcome, and below them one per code of the contract.

Promises: every error says the request's id, can be pickled, and holds no credential.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

SHOWN = ("code", "status", "message", "errors", "pointer", "retry_after_s", "trace_id", "request_id")
"""What `repr` shows of an error."""


class ClientError(Exception):
    """Everything that this package raises. `request_id` is the call's own, sent as `req_id` and `Idempotency-Key`."""

    def __init__(self, message: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.request_id = request_id

    def __repr__(self) -> str:
        """The class with what it says; what has no value is left out."""
        told = {name: getattr(self, name, None) for name in SHOWN}
        return f"{type(self).__name__}({', '.join(f'{name}={one!r}' for name, one in told.items() if one)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__.copy())


def _restore(kind: type[ClientError], arguments: tuple[Any, ...], state: dict[str, Any]) -> ClientError:
    error = kind.__new__(kind)
    error.args = arguments
    error.__dict__.update(state)
    return error


class ConnectionLost(ClientError):
    """The server could not be reached, or the connection ended; the call had no effect, or was only a read."""


class DeadlineExceeded(ClientError):
    """The call's own time is over; a command may still take effect."""


class OutcomeUnknown(ClientError):
    """The call was sent and its answer is missing; it is not known whether it took effect. `__cause__` says why."""


class AuthenticationLost(ClientError):
    """There is no valid token any more and none can be had: log in again."""


class InvalidResponse(ClientError):
    """An answer that the contract does not know. `pointer` is where, as RFC 6901 has it."""

    def __init__(self, message: str, request_id: str | None = None, pointer: str = "") -> None:
        super().__init__(message, request_id)
        self.pointer = pointer


class EventsDropped(ClientError):
    """Events came faster than they were taken; `count` of them are lost and the stream has ended."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} events were dropped")
        self.count = count


class ClientClosed(ClientError):
    """The client was closed before or during the call."""


@dataclass(frozen=True, slots=True)
class FieldFault:
    """`pointer` is the field's JSON pointer into the request."""

    pointer: str
    message: str


class ApiError(ClientError):
    """The server's refusal (RFC 9457): `code` of the contract, `status`, `title`, `detail`, `trace_id`, and `errors`, a FieldFault for each
    mistake. `retry_after_s` says when to come again, None where nobody said."""

    code: str = ""
    kind: str = "ERROR"
    retryable: bool = False

    def __init__(self, problem: Mapping[str, Any], request_id: str | None = None, retry_after_s: float | None = None):
        title, detail = _text(problem, "title"), _text(problem, "detail")
        super().__init__(detail or title or self.code or "refused", request_id)
        self.code = _text(problem, "code") or type(self).code
        self.status = _number(problem, "status")
        self.title = title
        self.detail = detail or None
        self.trace_id = _text(problem, "trace_id")
        self.errors = tuple(_faults(problem.get("errors")))
        told = problem.get("retry_after")
        self.retry_after_s = float(told) if isinstance(told, int | float) else retry_after_s

    def __str__(self) -> str:
        faults = "".join(f"; {fault.pointer} {fault.message}" for fault in self.errors)
        return f"{self.code or self.kind}: {self.message}{faults}"


class ServerError(ApiError):
    """`ERROR`: something failed at the server."""

    kind = "ERROR"


class InvalidData(ApiError):
    """`INVALID_DATA`: the request is wrong; `errors` says where."""

    kind = "INVALID_DATA"


class PermissionDenied(ApiError):
    """`PERMISSION_DENIED`: the caller is known, and may not."""

    kind = "PERMISSION_DENIED"


class Unauthenticated(ApiError):
    """`UNAUTHENTICATED`: no token, or one that is not accepted."""

    kind = "UNAUTHENTICATED"


class NotFound(ApiError):
    """`NOT_FOUND`: there is no such thing, or none that the caller may see."""

    kind = "NOT_FOUND"


class Conflict(ApiError):
    """`CONFLICT`: what is stored does not allow it."""

    kind = "CONFLICT"


class RateLimited(ApiError):
    """`RATE_LIMITED`: too many calls; `retry_after_s` says when to come again."""

    kind = "RATE_LIMITED"
    retryable = True


class TimedOut(ApiError):
    """`TIMEOUT`: the server's deadline passed."""

    kind = "TIMEOUT"
    retryable = True


class Unavailable(ApiError):
    """`UNAVAILABLE`: the server cannot serve now."""

    kind = "UNAVAILABLE"
    retryable = True


KINDS: dict[str, type[ApiError]] = {
    one.kind: one
    for one in (
        ServerError,
        InvalidData,
        PermissionDenied,
        Unauthenticated,
        NotFound,
        Conflict,
        RateLimited,
        TimedOut,
        Unavailable,
    )
}
KIND_OF_CODE = ("", *KINDS)
"""By the status_code of a frame; 0 is no error."""
KIND_OF_STATUS = {
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    408: "TIMEOUT",
    409: "CONFLICT",
    410: "NOT_FOUND",
    412: "CONFLICT",
    429: "RATE_LIMITED",
    504: "TIMEOUT",
}


def kind_of_status(status: int) -> str:
    """The kind of an HTTP status that came without a problem of the contract."""
    above = "UNAVAILABLE" if status > 501 else "ERROR"  # 502 and beyond are a proxy's: nobody behind it has answered
    return KIND_OF_STATUS.get(status, "INVALID_DATA" if 400 <= status < 500 else above)


def make_error(
    catalogue: Mapping[str, type[ApiError]],
    problem: Mapping[str, Any],
    kind: str,
    request_id: str | None,
    retry_after_s: float | None = None,
) -> ApiError:
    """The code's own class; an unknown code is the class of its kind."""
    known = catalogue.get(_text(problem, "code")) or KINDS.get(kind, ApiError)
    return known(problem, request_id, retry_after_s)


def _text(problem: Mapping[str, Any], name: str) -> str:
    value = problem.get(name)
    return value if isinstance(value, str) else ""


def _number(problem: Mapping[str, Any], name: str) -> int:
    value = problem.get(name)
    return value if isinstance(value, int) else 0


def _faults(value: object) -> list[FieldFault]:
    listed: Sequence[Any] = value if isinstance(value, list) else []
    return [FieldFault(_text(one, "pointer"), _text(one, "message")) for one in listed if isinstance(one, Mapping)]
