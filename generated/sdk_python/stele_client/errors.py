"""What the service refuses with: one class per code. Generated; do not edit."""

from __future__ import annotations

from .runtime.errors import ApiError as ApiError
from .runtime.errors import AuthenticationLost as AuthenticationLost
from .runtime.errors import ClientClosed as ClientClosed
from .runtime.errors import ClientError as ClientError
from .runtime.errors import Conflict as Conflict
from .runtime.errors import ConnectionLost as ConnectionLost
from .runtime.errors import DeadlineExceeded as DeadlineExceeded
from .runtime.errors import EventsDropped as EventsDropped
from .runtime.errors import FieldFault as FieldFault
from .runtime.errors import InvalidData as InvalidData
from .runtime.errors import InvalidResponse as InvalidResponse
from .runtime.errors import NotFound as NotFound
from .runtime.errors import OutcomeUnknown as OutcomeUnknown
from .runtime.errors import PermissionDenied as PermissionDenied
from .runtime.errors import RateLimited as RateLimited
from .runtime.errors import ServerError as ServerError
from .runtime.errors import TimedOut as TimedOut
from .runtime.errors import Unauthenticated as Unauthenticated
from .runtime.errors import Unavailable as Unavailable


class AuditLogNotFound(NotFound):
    """There is no such audit row."""

    code = "audit_log_not_found"
    retryable = False


class AuthorInUse(Conflict):
    """Something refers to this author."""

    code = "author_in_use"
    retryable = False


class AuthorNameTaken(Conflict):
    """An author with this name exists."""

    code = "author_name_taken"
    retryable = False


class AuthorNotFound(NotFound):
    """There is no such author."""

    code = "author_not_found"
    retryable = False


class BookNotFound(NotFound):
    """There is no such book."""

    code = "book_not_found"
    retryable = False


class ChangedMeanwhile(Conflict):
    """Another change came first."""

    code = "changed_meanwhile"
    retryable = True


class CredentialsInvalid(Unauthenticated):
    """The credentials are wrong or have ended."""

    code = "credentials_invalid"
    retryable = False


class CursorInvalid(InvalidData):
    """The cursor is not one of ours."""

    code = "cursor_invalid"
    retryable = False


class Forbidden(PermissionDenied):
    """A role is missing."""

    code = "forbidden"
    retryable = False


class HeadTooLarge(InvalidData):
    """The head of the request is too large."""

    code = "head_too_large"
    retryable = False


class IdempotencyKeyReused(InvalidData):
    """This key was used for another request."""

    code = "idempotency_key_reused"
    retryable = False


class Internal(ServerError):
    """Something failed on our side."""

    code = "internal"
    retryable = False


class Malformed(InvalidData):
    """The request cannot be read."""

    code = "malformed"
    retryable = False


class MethodNotAllowed(InvalidData):
    """The path has no such method."""

    code = "method_not_allowed"
    retryable = False


class NotAcceptable(InvalidData):
    """No acceptable media type."""

    code = "not_acceptable"
    retryable = False


class OutcomeUnknownError(Unavailable):
    """It is not known whether this took effect."""

    code = "outcome_unknown"
    retryable = True


class RequestInProgress(Conflict):
    """The first request with this key still runs."""

    code = "request_in_progress"
    retryable = True


class RequestTimeout(TimedOut):
    """The request did not come in time."""

    code = "request_timeout"
    retryable = True


class TargetTooLong(InvalidData):
    """The address is too long."""

    code = "target_too_long"
    retryable = False


class Timeout(TimedOut):
    """The deadline passed."""

    code = "timeout"
    retryable = True


class TooLarge(InvalidData):
    """The request is too large."""

    code = "too_large"
    retryable = False


class UnknownOperation(NotFound):
    """There is no such operation."""

    code = "unknown_operation"
    retryable = False


class UnsupportedMediaType(InvalidData):
    """The body has no known media type."""

    code = "unsupported_media_type"
    retryable = False


class VersionMismatch(Conflict):
    """The stored version is another one."""

    code = "version_mismatch"
    retryable = False


CODES: dict[str, type[ApiError]] = {
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
    "outcome_unknown": OutcomeUnknownError,
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
