/** The contract that this package was made of. Generated; do not edit. */

import * as $errors from "./errors.ts";
import * as $operations from "./operations.ts";
import type * as $ from "./runtime/operation.ts";

export const CONTRACT: $.Contract = {
  version: "1.0.0",
  client: "stele-client/1.0.0",
  address: "/web",
  subprotocols: { json: "stele.v1.json", protobuf: "stele.v1.protobuf" },
  session: { ticket: $operations.CREATE_WS_TICKET, login: $operations.LOGIN, logout: $operations.LOGOUT, refresh: $operations.REFRESH },
  errors: {
    audit_log_not_found: $errors.AuditLogNotFound,
    author_in_use: $errors.AuthorInUse,
    author_name_taken: $errors.AuthorNameTaken,
    author_not_found: $errors.AuthorNotFound,
    book_not_found: $errors.BookNotFound,
    changed_meanwhile: $errors.ChangedMeanwhile,
    credentials_invalid: $errors.CredentialsInvalid,
    cursor_invalid: $errors.CursorInvalid,
    forbidden: $errors.Forbidden,
    head_too_large: $errors.HeadTooLarge,
    idempotency_key_reused: $errors.IdempotencyKeyReused,
    internal: $errors.Internal,
    invalid_data: $errors.InvalidData,
    malformed: $errors.Malformed,
    method_not_allowed: $errors.MethodNotAllowed,
    not_acceptable: $errors.NotAcceptable,
    outcome_unknown: $errors.OutcomeUnknownError,
    rate_limited: $errors.RateLimited,
    request_in_progress: $errors.RequestInProgress,
    request_timeout: $errors.RequestTimeout,
    target_too_long: $errors.TargetTooLong,
    timeout: $errors.Timeout,
    too_large: $errors.TooLarge,
    unauthenticated: $errors.Unauthenticated,
    unavailable: $errors.Unavailable,
    unknown_operation: $errors.UnknownOperation,
    unsupported_media_type: $errors.UnsupportedMediaType,
    version_mismatch: $errors.VersionMismatch,
  },
};

/** Why the server closes a socket: after 4000 to 4499 the client connects again, after 4500 to 4999 it does not. */
export const CLOSE_CODES = {
  token_expired: 4401,
  auth_timeout: 4408,
  rate_limited: 4429,
  slow_consumer: 4430,
  insufficient_state: 4431,
  invalid_token: 4501,
  forbidden: 4503,
  revoked: 4504,
  protocol_abuse: 4505,
  connection_limit: 4506,
} as const;
