/**
 * What a client throws: one class per kind of outcome, and below them one per code of the contract.
 *
 * Every error says the request's id, and none holds a credential.
 */

/** Everything that this package throws. `requestId` is the call's own, sent as `req_id` and `Idempotency-Key`. */
export class ClientError extends Error {
  /** Said, and not taken from the class: minifiers rename classes. */
  override readonly name: string = "ClientError";
  declare readonly requestId: string | undefined;

  constructor(message: string, requestId?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.requestId = requestId;
  }
}

/** The server could not be reached, or the connection ended; the call had no effect, or was only a read. */
export class ConnectionLost extends ClientError {
  override readonly name: string = "ConnectionLost";
}

/** The call's own time is over; a command may still take effect. */
export class DeadlineExceeded extends ClientError {
  override readonly name: string = "DeadlineExceeded";
}

/** The call was sent and its answer is missing; it is not known whether it took effect. `cause` says why. */
export class OutcomeUnknown extends ClientError {
  override readonly name: string = "OutcomeUnknown";
}

/** There is no valid token any more and none can be had: log in again. */
export class AuthenticationLost extends ClientError {
  override readonly name: string = "AuthenticationLost";
}

/** An answer that the contract does not know. `pointer` is where, as RFC 6901 has it. */
export class InvalidResponse extends ClientError {
  override readonly name: string = "InvalidResponse";
  declare readonly pointer: string;

  constructor(message: string, requestId?: string, pointer = "") {
    super(message, requestId);
    this.pointer = pointer;
  }
}

/** Events came faster than they were taken; `count` of them are lost and the stream has ended. */
export class EventsDropped extends ClientError {
  override readonly name: string = "EventsDropped";
  readonly count: number;

  constructor(count: number) {
    super(`${count} events were dropped`);
    this.count = count;
  }
}

/** The client was closed before or during the call. */
export class ClientClosed extends ClientError {
  override readonly name: string = "ClientClosed";
}

/** `pointer` is the field's JSON pointer into the request. */
export interface FieldFault {
  readonly pointer: string;
  readonly message: string;
}

/** The RSPCode of a refusal, which is what its class is made of. */
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
  override readonly name: string = "ApiError";
  /** The RSPCode of the refusal. */
  declare readonly kind: ErrorKind;
  declare readonly code: string;
  declare readonly status: number;
  declare readonly title: string;
  declare readonly detail: string | undefined;
  declare readonly traceId: string;
  declare readonly errors: readonly FieldFault[];
  declare readonly retryAfterMs: number | undefined;

  constructor(problem: Problem, requestId?: string) {
    const title = textOf(problem["title"]);
    super(textOf(problem["detail"]) || title || textOf(problem["code"]) || "refused", requestId);
    this.kind = kinds().find(([, one]) => this instanceof one)?.[0] ?? "ERROR";
    this.code = textOf(problem["code"]);
    this.status = typeof problem["status"] === "number" ? problem["status"] : 0;
    this.title = title;
    this.detail = textOf(problem["detail"]) || undefined;
    this.traceId = textOf(problem["trace_id"]);
    this.errors = faultsOf(problem["errors"]);
    this.retryAfterMs = typeof problem["retry_after"] === "number" ? problem["retry_after"] * 1000 : undefined;
  }
}

/** `ERROR`: something failed at the server. */
export class ServerError extends ApiError {
  override readonly name: string = "ServerError";
}
/** `INVALID_DATA`: the request is wrong; `errors` says where. */
export class InvalidData extends ApiError {
  override readonly name: string = "InvalidData";
}
/** `PERMISSION_DENIED`: the caller is known, and may not. */
export class PermissionDenied extends ApiError {
  override readonly name: string = "PermissionDenied";
}
/** `UNAUTHENTICATED`: no token, or one that is not accepted. */
export class Unauthenticated extends ApiError {
  override readonly name: string = "Unauthenticated";
}
/** `NOT_FOUND`: there is no such thing, or none that the caller may see. */
export class NotFound extends ApiError {
  override readonly name: string = "NotFound";
}
/** `CONFLICT`: what is stored does not allow it. */
export class Conflict extends ApiError {
  override readonly name: string = "Conflict";
}
/** `RATE_LIMITED`: too many calls; `retryAfterMs` says when to come again. */
export class RateLimited extends ApiError {
  override readonly name: string = "RateLimited";
}
/** `TIMEOUT`: the server's deadline passed. */
export class TimedOut extends ApiError {
  override readonly name: string = "TimedOut";
}
/** `UNAVAILABLE`: the server cannot serve now. */
export class Unavailable extends ApiError {
  override readonly name: string = "Unavailable";
}

export type ErrorClass = typeof ApiError;

/** In the order of a frame's status_code; 0 is no error. */
const kinds = (): readonly (readonly [ErrorKind, ErrorClass])[] => [
  ["ERROR", ServerError],
  ["ERROR", ServerError],
  ["INVALID_DATA", InvalidData],
  ["PERMISSION_DENIED", PermissionDenied],
  ["UNAUTHENTICATED", Unauthenticated],
  ["NOT_FOUND", NotFound],
  ["CONFLICT", Conflict],
  ["RATE_LIMITED", RateLimited],
  ["TIMEOUT", TimedOut],
  ["UNAVAILABLE", Unavailable],
];

/** By HTTP status: the status_code that stands for it. */
const CODE_OF_STATUS: { readonly [status: number]: number } = {
  401: 4, 403: 3, 404: 5, 408: 8, 409: 6, 410: 5, 412: 6, 429: 7, 504: 8,
};

/** The status_code of an HTTP status from 400 on that came without a problem of the contract; 502 and beyond are a proxy's. */
export function codeOfStatus(status: number): number {
  return CODE_OF_STATUS[status] ?? (status < 500 ? 2 : status > 501 ? 9 : 1);
}

/** The code's own class; an unknown code is the class of its kind, which the status_code says. */
export function makeError(
  catalogue: { readonly [code: string]: ErrorClass },
  problem: Problem,
  statusCode: number,
  requestId: string | undefined,
): ApiError {
  const code = textOf(problem["code"]);
  const known = Object.hasOwn(catalogue, code) ? catalogue[code] : undefined;
  return new (known ?? kinds()[statusCode]?.[1] ?? ServerError)(problem, requestId);
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
