/** One call of an operation, whatever door its attempts take: its input, its id and its time. */

import type { Deadline } from "./deadline.ts";
import { InvalidResponse } from "./errors.ts";
import type { Operation } from "./operation.ts";
import { Malformed } from "./schema.ts";
import { AttemptFailed } from "./retry.ts";

/** The most that the server takes; beyond it its own deadline counts. */
export const MAX_TIMEOUT_MS = 30_000;

export interface Call<I, O> {
  readonly operation: Operation<I, O>;
  readonly input: I;
  /** The same for every attempt (`req_id` and `Idempotency-Key`). */
  readonly requestId: string;
  readonly deadline: Deadline;
  /** The caller's span, as W3C Trace Context writes it. */
  readonly traceparent?: string | undefined;
}

export function timeoutMs(call: { readonly deadline: Deadline }): number {
  return Math.max(1, Math.min(MAX_TIMEOUT_MS, Math.floor(call.deadline.leftMs)));
}

/** What a reader answers; throws AttemptFailed for what the contract does not know. `told` says it of what has no place in it. */
export function readAs<T>(
  call: { readonly operation: { readonly name: string }; readonly requestId: string },
  read: () => T,
  told = () => "",
): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) {
      throw error;
    }
    const message = `${call.operation.name} answered what the contract does not know: ${error.pointer || told()} ${error.message}`;
    throw new AttemptFailed("invalid", new InvalidResponse(message, call.requestId, error.pointer));
  }
}
