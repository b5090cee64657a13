/**
 * Whether a failed attempt may be made again, when, and how often: the one place that decides it.
 *
 * The rules are those of RFC 9110 §9.2.2, and of the contract's `x-idempotent`: replies UNAUTHENTICATED, RATE_LIMITED and
 * UNAVAILABLE promise that nothing ran.
 */

import type { ClientError } from "./errors.ts";
import { ApiError, OutcomeUnknown } from "./errors.ts";

export type Outcome =
  | "not_sent"
  | "lost"
  | "unauthenticated"
  | "rate_limited"
  | "unavailable"
  | "timeout"
  | "in_progress"
  | "outcome_unknown"
  | "refused"
  | "invalid";
export type Verdict = "repeat" | "refresh_then_repeat" | "raise" | "outcome_unknown";

interface Safety {
  readonly query?: true;
  readonly idempotency: "key" | "natural" | "none";
}

const BASE_MS = 250;
const CAP_MS = 8000;
export const IN_PROGRESS_MS = 200;
const MAX_BUDGET = 200;
/** A success gives back a tenth of what a retry costs, so that retries are at most that share of lasting traffic. */
const REFUND = 0.1;

/** Inside of this package only: how an attempt ended, and the error that a caller would see. */
export class AttemptFailed extends Error {
  declare readonly outcome: Outcome;
  declare readonly error: ClientError;

  constructor(outcome: Outcome, error: ClientError) {
    super(error.message);
    this.outcome = outcome;
    this.error = error;
  }
}

const OUTCOMES: { readonly [codeOrKind: string]: Outcome } = {
  outcome_unknown: "outcome_unknown",
  request_in_progress: "in_progress",
  UNAUTHENTICATED: "unauthenticated",
  RATE_LIMITED: "rate_limited",
  UNAVAILABLE: "unavailable",
  TIMEOUT: "timeout",
};

/** A refusal without a code is not the service's own: a proxy's 503, or its 520, promises nothing. */
export function outcomeOf({ code, kind, status }: ApiError): Outcome {
  const isProxy = code === "" && status > 501;
  return isProxy ? "lost" : (OUTCOMES[code] ?? OUTCOMES[kind] ?? "refused");
}

/** `canRefresh` says that a new token can be had and none was in this call. */
export function mayRepeat(operation: Safety, outcome: Outcome, canRefresh: boolean): Verdict {
  switch (outcome) {
    case "refused":
    case "invalid":
      return "raise";
    case "unauthenticated":
      return canRefresh ? "refresh_then_repeat" : "raise";
    case "lost":
    case "timeout":
    case "outcome_unknown":
      return operation.query === true || operation.idempotency !== "none" ? "repeat" : "outcome_unknown";
  }
  return "repeat";
}

/** Whether a refusal, after an attempt whose outcome is unknown, may be the echo of that attempt's success. */
export function isEcho(operation: Safety, error: ClientError): boolean {
  const isGuarded = operation.query !== true && operation.idempotency === "natural";
  return isGuarded && error instanceof ApiError && (error.kind === "NOT_FOUND" || error.kind === "CONFLICT");
}

export function unknown(cause: ClientError): OutcomeUnknown {
  return new OutcomeUnknown(`it is not known whether this took effect: ${cause.message}`, cause.requestId, cause);
}

/**
 * The pause before retry `number` (from 1): half of a doubling time, and a random part of the other half. `retryAfterMs`
 * is the least; a tenth of it spreads those who were told the same.
 */
export function backoffMs(number: number, retryAfterMs?: number): number {
  if (retryAfterMs !== undefined) {
    return retryAfterMs * (1 + Math.random() / 10);
  }
  const full = Math.min(CAP_MS, BASE_MS * 2 ** (number - 1));
  return (full / 2) * (1 + Math.random());
}

/** Shared by all calls of a client, so that a failing server is not met with a storm. */
export class RetryBudget {
  #left: number;

  constructor(left: number = MAX_BUDGET) {
    this.#left = left;
  }

  take(): boolean {
    if (this.#left < 1) {
      return false;
    }
    this.#left -= 1;
    return true;
  }

  refund(): void {
    this.#left = Math.min(MAX_BUDGET, this.#left + REFUND);
  }
}
