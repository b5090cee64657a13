/**
 * What a client throws: one class per kind of outcome, and below them one per code of the contract.
 *
 * Every error says the request's id, and none holds a credential.
 */

/** Everything that this package throws. `requestId` is the call's own, sent as `req_id` and `Idempotency-Key`. */
export class ClientError extends Error {
  readonly requestId: string | undefined;

  constructor(message: string, requestId?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.requestId = requestId;
  }
}

/** The server could not be reached, or the connection ended; the call had no effect, or was only a read. */
export class ConnectionLost extends ClientError {}

/** The call's own time is over; a command may still take effect. */
export class DeadlineExceeded extends ClientError {}

/** The call was sent and its answer is missing; it is not known whether it took effect. `cause` says why. */
export class OutcomeUnknown extends ClientError {}

/** There is no valid token any more and none can be had: log in again. */
export class AuthenticationLost extends ClientError {}

/** An answer that the contract does not know. `pointer` is where, as RFC 6901 has it. */
export class InvalidResponse extends ClientError {
  readonly pointer: string;

  constructor(message: string, requestId?: string, pointer = "") {
    super(message, requestId);
    this.pointer = pointer;
  }
}

/** Events came faster than they were taken; `count` of them are lost and the stream has ended. */
export class EventsDropped extends ClientError {
  readonly count: number;

  constructor(count: number) {
    super(`${count} events were dropped`);
    this.count = count;
  }
}

/** The client was closed before or during the call. */
export class ClientClosed extends ClientError {}

/** `pointer` is the field's JSON pointer into the request. */
export interface FieldFault {
  readonly pointer: string;
  readonly message: string;
}

export type ErrorKind =
  | "ERROR"
  | "INVALID_DATA"
  | "PERMISSION_DENIED"
  | "UNAUTHENTICATED"
  | "NOT_FOUND"
  | "CONFLICT"
  | "RATE_LIMITED"
  | "TIMEOUT"
  | "UNAVAILABLE";

type Problem = { readonly [member: string]: unknown };

/** The server's refusal (RFC 9457). `code` is the contract's; `retryAfterMs` says when to come again. */
export class ApiError extends ClientError {
  readonly kind: ErrorKind = "ERROR";
  readonly code: string;
  readonly status: number;
  readonly title: string;
  readonly detail: string | undefined;
  readonly traceId: string;
  readonly errors: readonly FieldFault[];
  readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, requestId?: string, retryAfterMs?: number) {
    const title = textOf(problem["title"]);
    super(textOf(problem["detail"]) || title || textOf(problem["code"]) || "refused", requestId);
    this.code = textOf(problem["code"]);
    this.status = typeof problem["status"] === "number" ? problem["status"] : 0;
    this.title = title;
    this.detail = textOf(problem["detail"]) || undefined;
    this.traceId = textOf(problem["trace_id"]);
    this.errors = faultsOf(problem["errors"]);
    this.retryAfterMs = typeof problem["retry_after"] === "number" ? problem["retry_after"] * 1000 : retryAfterMs;
  }
}

export class ServerError extends ApiError {}
export class InvalidData extends ApiError {
  override readonly kind: ErrorKind = "INVALID_DATA";
}
export class PermissionDenied extends ApiError {
  override readonly kind: ErrorKind = "PERMISSION_DENIED";
}
export class Unauthenticated extends ApiError {
  override readonly kind: ErrorKind = "UNAUTHENTICATED";
}
export class NotFound extends ApiError {
  override readonly kind: ErrorKind = "NOT_FOUND";
}
export class Conflict extends ApiError {
  override readonly kind: ErrorKind = "CONFLICT";
}
export class RateLimited extends ApiError {
  override readonly kind: ErrorKind = "RATE_LIMITED";
}
export class TimedOut extends ApiError {
  override readonly kind: ErrorKind = "TIMEOUT";
}
export class Unavailable extends ApiError {
  override readonly kind: ErrorKind = "UNAVAILABLE";
}

export type ErrorClass = typeof ApiError;

/** By the status_code of a frame; 0 is no error. */
export const kindOfCode = (code: number): ErrorKind =>
  (
    [
      "ERROR",
      "ERROR",
      "INVALID_DATA",
      "PERMISSION_DENIED",
      "UNAUTHENTICATED",
      "NOT_FOUND",
      "CONFLICT",
      "RATE_LIMITED",
      "TIMEOUT",
      "UNAVAILABLE",
    ] as const
  )[code] ?? "ERROR";

/** The kind of an HTTP status that came without a problem of the contract. */
export function kindOfStatus(status: number): ErrorKind {
  switch (status) {
    case 401:
      return "UNAUTHENTICATED";
    case 403:
      return "PERMISSION_DENIED";
    case 404:
    case 410:
      return "NOT_FOUND";
    case 409:
    case 412:
      return "CONFLICT";
    case 429:
      return "RATE_LIMITED";
    case 408:
    case 504:
      return "TIMEOUT";
    case 502:
    case 503:
      return "UNAVAILABLE";
  }
  return status >= 400 && status < 500 ? "INVALID_DATA" : "ERROR";
}

function classOf(kind: ErrorKind): ErrorClass {
  switch (kind) {
    case "INVALID_DATA":
      return InvalidData;
    case "PERMISSION_DENIED":
      return PermissionDenied;
    case "UNAUTHENTICATED":
      return Unauthenticated;
    case "NOT_FOUND":
      return NotFound;
    case "CONFLICT":
      return Conflict;
    case "RATE_LIMITED":
      return RateLimited;
    case "TIMEOUT":
      return TimedOut;
    case "UNAVAILABLE":
      return Unavailable;
    case "ERROR":
      return ServerError;
  }
}

/** The code's own class; an unknown code is the class of its kind. */
export function makeError(
  catalogue: { readonly [code: string]: ErrorClass },
  problem: Problem,
  kind: ErrorKind,
  requestId: string | undefined,
  retryAfterMs?: number,
): ApiError {
  const code = textOf(problem["code"]);
  const known = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  return new (known ?? classOf(kind))(problem, requestId, retryAfterMs);
}

export const hasCode = (error: unknown, code: string): boolean =>
  error instanceof Error && (error as { code?: unknown }).code === code;

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function faultsOf(value: unknown): FieldFault[] {
  const listed: readonly unknown[] = Array.isArray(value) ? value : [];
  return listed.flatMap((one) => {
    const fault = (one ?? {}) as { pointer?: unknown; message?: unknown };
    return [{ pointer: textOf(fault.pointer), message: textOf(fault.message) }];
  });
}
