"""The error catalogue: one exception per code of `specs/errors.yaml`. Generated; do not edit."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar

from generated.results import FieldError


class RspCode(IntEnum):
    """Outcome of a frame."""

    OK = 0
    ERROR = 1
    INVALID_DATA = 2
    PERMISSION_DENIED = 3
    UNAUTHENTICATED = 4
    NOT_FOUND = 5
    CONFLICT = 6
    RATE_LIMITED = 7
    TIMEOUT = 8
    UNAVAILABLE = 9


class CloseCode(IntEnum):
    """Why the server closes a socket: 4000 to 4499 connect again, 4500 to 4999 do not."""

    TOKEN_EXPIRED = 4401
    AUTH_TIMEOUT = 4408
    RATE_LIMITED = 4429
    SLOW_CONSUMER = 4430
    INSUFFICIENT_STATE = 4431
    INVALID_TOKEN = 4501
    FORBIDDEN = 4503
    REVOKED = 4504
    PROTOCOL_ABUSE = 4505
    CONNECTION_LIMIT = 4506


class ApiError(Exception):
    """One code of the catalogue. `detail` is for people and carries no text of an exception.

    `errors` name the fields that are wrong; `retry_after_s` says when to come again.
    """

    code: ClassVar[str]
    status: ClassVar[int]
    rsp: ClassVar[RspCode]
    retryable: ClassVar[bool]
    title: ClassVar[str]

    def __init__(
        self, detail: str | None = None, *, errors: Sequence[FieldError] = (), retry_after_s: int | None = None
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after_s = retry_after_s


class AuditLogNotFound(ApiError):
    code = "audit_log_not_found"
    status = 404
    rsp = RspCode.NOT_FOUND
    retryable = False
    title = "There is no such audit row."


class AuthorInUse(ApiError):
    code = "author_in_use"
    status = 409
    rsp = RspCode.CONFLICT
    retryable = False
    title = "Something refers to this author."


class AuthorNameTaken(ApiError):
    code = "author_name_taken"
    status = 409
    rsp = RspCode.CONFLICT
    retryable = False
    title = "An author with this name exists."


class AuthorNotFound(ApiError):
    code = "author_not_found"
    status = 404
    rsp = RspCode.NOT_FOUND
    retryable = False
    title = "There is no such author."


class BookNotFound(ApiError):
    code = "book_not_found"
    status = 404
    rsp = RspCode.NOT_FOUND
    retryable = False
    title = "There is no such book."


class ChangedMeanwhile(ApiError):
    code = "changed_meanwhile"
    status = 409
    rsp = RspCode.CONFLICT
    retryable = True
    title = "Another change came first."


class CredentialsInvalid(ApiError):
    code = "credentials_invalid"
    status = 401
    rsp = RspCode.UNAUTHENTICATED
    retryable = False
    title = "The credentials are wrong or have ended."


class CursorInvalid(ApiError):
    code = "cursor_invalid"
    status = 400
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The cursor is not one of ours."


class Forbidden(ApiError):
    code = "forbidden"
    status = 403
    rsp = RspCode.PERMISSION_DENIED
    retryable = False
    title = "A role is missing."


class HeadTooLarge(ApiError):
    code = "head_too_large"
    status = 431
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The head of the request is too large."


class IdempotencyKeyReused(ApiError):
    code = "idempotency_key_reused"
    status = 422
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "This key was used for another request."


class Internal(ApiError):
    code = "internal"
    status = 500
    rsp = RspCode.ERROR
    retryable = False
    title = "Something failed on our side."


class InvalidData(ApiError):
    code = "invalid_data"
    status = 422
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The request does not fit the contract."


class Malformed(ApiError):
    code = "malformed"
    status = 400
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The request cannot be read."


class MethodNotAllowed(ApiError):
    code = "method_not_allowed"
    status = 405
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The path has no such method."


class NotAcceptable(ApiError):
    code = "not_acceptable"
    status = 406
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "No acceptable media type."


class OutcomeUnknown(ApiError):
    code = "outcome_unknown"
    status = 503
    rsp = RspCode.UNAVAILABLE
    retryable = True
    title = "It is not known whether this took effect."


class RangeNotSatisfiable(ApiError):
    code = "range_not_satisfiable"
    status = 416
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "There are no such bytes."


class RateLimited(ApiError):
    code = "rate_limited"
    status = 429
    rsp = RspCode.RATE_LIMITED
    retryable = True
    title = "Too many requests."


class RequestInProgress(ApiError):
    code = "request_in_progress"
    status = 409
    rsp = RspCode.CONFLICT
    retryable = True
    title = "The first request with this key still runs."


class RequestTimeout(ApiError):
    code = "request_timeout"
    status = 408
    rsp = RspCode.TIMEOUT
    retryable = True
    title = "The request did not come in time."


class TargetTooLong(ApiError):
    code = "target_too_long"
    status = 414
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The address is too long."


class Timeout(ApiError):
    code = "timeout"
    status = 504
    rsp = RspCode.TIMEOUT
    retryable = True
    title = "The deadline passed."


class TooLarge(ApiError):
    code = "too_large"
    status = 413
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The request is too large."


class Unauthenticated(ApiError):
    code = "unauthenticated"
    status = 401
    rsp = RspCode.UNAUTHENTICATED
    retryable = False
    title = "A valid token is needed."


class Unavailable(ApiError):
    code = "unavailable"
    status = 503
    rsp = RspCode.UNAVAILABLE
    retryable = True
    title = "Not available right now."


class UnknownOperation(ApiError):
    code = "unknown_operation"
    status = 404
    rsp = RspCode.NOT_FOUND
    retryable = False
    title = "There is no such operation."


class UnsupportedMediaType(ApiError):
    code = "unsupported_media_type"
    status = 415
    rsp = RspCode.INVALID_DATA
    retryable = False
    title = "The body has no known media type."


class VersionMismatch(ApiError):
    code = "version_mismatch"
    status = 412
    rsp = RspCode.CONFLICT
    retryable = False
    title = "The stored version is another one."


ERRORS: dict[str, type[ApiError]] = {
    "audit_log_not_found": AuditLogNotFound,
    "author_in_use": AuthorInUse,
    "author_name_taken": AuthorNameTaken,
    "author_not_found": AuthorNotFound,
    "book_not_found": BookNotFound,
    "changed_meanwhile": ChangedMeanwhile,
    "credentials_invalid": CredentialsInvalid,
    "cursor_invalid": CursorInvalid,
    "forbidden": Forbidden,
    "head_too_large": HeadTooLarge,
    "idempotency_key_reused": IdempotencyKeyReused,
    "internal": Internal,
    "invalid_data": InvalidData,
    "malformed": Malformed,
    "method_not_allowed": MethodNotAllowed,
    "not_acceptable": NotAcceptable,
    "outcome_unknown": OutcomeUnknown,
    "range_not_satisfiable": RangeNotSatisfiable,
    "rate_limited": RateLimited,
    "request_in_progress": RequestInProgress,
    "request_timeout": RequestTimeout,
    "target_too_long": TargetTooLong,
    "timeout": Timeout,
    "too_large": TooLarge,
    "unauthenticated": Unauthenticated,
    "unavailable": Unavailable,
    "unknown_operation": UnknownOperation,
    "unsupported_media_type": UnsupportedMediaType,
    "version_mismatch": VersionMismatch,
}
