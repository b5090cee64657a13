/** What the service refuses with: one class per code. Generated; do not edit. */

import * as $ from "./runtime/errors.ts";

export { ApiError, AuthenticationLost, ClientClosed, ClientError, Conflict, ConnectionLost, DeadlineExceeded, EventsDropped, InvalidData, InvalidResponse, NotFound, OutcomeUnknown, PermissionDenied, RateLimited, ServerError, TimedOut, Unauthenticated, Unavailable } from "./runtime/errors.ts";
export type { FieldFault } from "./runtime/errors.ts";

/** There is no such audit row. */
export class AuditLogNotFound extends $.NotFound {
  override readonly name: string = "AuditLogNotFound";
  declare readonly code: "audit_log_not_found";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isAuditLogNotFound = (error: unknown): error is AuditLogNotFound => $.hasCode(error, "audit_log_not_found");

/** Something refers to this author. */
export class AuthorInUse extends $.Conflict {
  override readonly name: string = "AuthorInUse";
  declare readonly code: "author_in_use";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isAuthorInUse = (error: unknown): error is AuthorInUse => $.hasCode(error, "author_in_use");

/** An author with this name exists. */
export class AuthorNameTaken extends $.Conflict {
  override readonly name: string = "AuthorNameTaken";
  declare readonly code: "author_name_taken";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isAuthorNameTaken = (error: unknown): error is AuthorNameTaken => $.hasCode(error, "author_name_taken");

/** There is no such author. */
export class AuthorNotFound extends $.NotFound {
  override readonly name: string = "AuthorNotFound";
  declare readonly code: "author_not_found";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isAuthorNotFound = (error: unknown): error is AuthorNotFound => $.hasCode(error, "author_not_found");

/** There is no such book. */
export class BookNotFound extends $.NotFound {
  override readonly name: string = "BookNotFound";
  declare readonly code: "book_not_found";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isBookNotFound = (error: unknown): error is BookNotFound => $.hasCode(error, "book_not_found");

/** Another change came first. */
export class ChangedMeanwhile extends $.Conflict {
  override readonly name: string = "ChangedMeanwhile";
  declare readonly code: "changed_meanwhile";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isChangedMeanwhile = (error: unknown): error is ChangedMeanwhile => $.hasCode(error, "changed_meanwhile");

/** The credentials are wrong or have ended. */
export class CredentialsInvalid extends $.Unauthenticated {
  override readonly name: string = "CredentialsInvalid";
  declare readonly code: "credentials_invalid";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isCredentialsInvalid = (error: unknown): error is CredentialsInvalid => $.hasCode(error, "credentials_invalid");

/** The cursor is not one of ours. */
export class CursorInvalid extends $.InvalidData {
  override readonly name: string = "CursorInvalid";
  declare readonly code: "cursor_invalid";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isCursorInvalid = (error: unknown): error is CursorInvalid => $.hasCode(error, "cursor_invalid");

/** A role is missing. */
export class Forbidden extends $.PermissionDenied {
  override readonly name: string = "Forbidden";
  declare readonly code: "forbidden";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isForbidden = (error: unknown): error is Forbidden => $.hasCode(error, "forbidden");

/** The head of the request is too large. */
export class HeadTooLarge extends $.InvalidData {
  override readonly name: string = "HeadTooLarge";
  declare readonly code: "head_too_large";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isHeadTooLarge = (error: unknown): error is HeadTooLarge => $.hasCode(error, "head_too_large");

/** This key was used for another request. */
export class IdempotencyKeyReused extends $.InvalidData {
  override readonly name: string = "IdempotencyKeyReused";
  declare readonly code: "idempotency_key_reused";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isIdempotencyKeyReused = (error: unknown): error is IdempotencyKeyReused => $.hasCode(error, "idempotency_key_reused");

/** Something failed on our side. */
export class Internal extends $.ServerError {
  override readonly name: string = "Internal";
  declare readonly code: "internal";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isInternal = (error: unknown): error is Internal => $.hasCode(error, "internal");

/** The request cannot be read. */
export class Malformed extends $.InvalidData {
  override readonly name: string = "Malformed";
  declare readonly code: "malformed";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isMalformed = (error: unknown): error is Malformed => $.hasCode(error, "malformed");

/** The path has no such method. */
export class MethodNotAllowed extends $.InvalidData {
  override readonly name: string = "MethodNotAllowed";
  declare readonly code: "method_not_allowed";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isMethodNotAllowed = (error: unknown): error is MethodNotAllowed => $.hasCode(error, "method_not_allowed");

/** No acceptable media type. */
export class NotAcceptable extends $.InvalidData {
  override readonly name: string = "NotAcceptable";
  declare readonly code: "not_acceptable";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isNotAcceptable = (error: unknown): error is NotAcceptable => $.hasCode(error, "not_acceptable");

/** It is not known whether this took effect. */
export class OutcomeUnknownError extends $.Unavailable {
  override readonly name: string = "OutcomeUnknownError";
  declare readonly code: "outcome_unknown";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isOutcomeUnknownError = (error: unknown): error is OutcomeUnknownError => $.hasCode(error, "outcome_unknown");

/** The first request with this key still runs. */
export class RequestInProgress extends $.Conflict {
  override readonly name: string = "RequestInProgress";
  declare readonly code: "request_in_progress";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isRequestInProgress = (error: unknown): error is RequestInProgress => $.hasCode(error, "request_in_progress");

/** The request did not come in time. */
export class RequestTimeout extends $.TimedOut {
  override readonly name: string = "RequestTimeout";
  declare readonly code: "request_timeout";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isRequestTimeout = (error: unknown): error is RequestTimeout => $.hasCode(error, "request_timeout");

/** The address is too long. */
export class TargetTooLong extends $.InvalidData {
  override readonly name: string = "TargetTooLong";
  declare readonly code: "target_too_long";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isTargetTooLong = (error: unknown): error is TargetTooLong => $.hasCode(error, "target_too_long");

/** The deadline passed. */
export class Timeout extends $.TimedOut {
  override readonly name: string = "Timeout";
  declare readonly code: "timeout";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isTimeout = (error: unknown): error is Timeout => $.hasCode(error, "timeout");

/** The request is too large. */
export class TooLarge extends $.InvalidData {
  override readonly name: string = "TooLarge";
  declare readonly code: "too_large";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isTooLarge = (error: unknown): error is TooLarge => $.hasCode(error, "too_large");

/** There is no such operation. */
export class UnknownOperation extends $.NotFound {
  override readonly name: string = "UnknownOperation";
  declare readonly code: "unknown_operation";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isUnknownOperation = (error: unknown): error is UnknownOperation => $.hasCode(error, "unknown_operation");

/** The body has no known media type. */
export class UnsupportedMediaType extends $.InvalidData {
  override readonly name: string = "UnsupportedMediaType";
  declare readonly code: "unsupported_media_type";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isUnsupportedMediaType = (error: unknown): error is UnsupportedMediaType => $.hasCode(error, "unsupported_media_type");

/** The stored version is another one. */
export class VersionMismatch extends $.Conflict {
  override readonly name: string = "VersionMismatch";
  declare readonly code: "version_mismatch";
}

/** Also where the error comes from another copy of this package, which `instanceof` does not know. */
export const isVersionMismatch = (error: unknown): error is VersionMismatch => $.hasCode(error, "version_mismatch");
