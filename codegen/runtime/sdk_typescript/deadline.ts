/** One call's time and its caller's will, on the monotonic clock. */

import { DeadlineExceeded } from "./errors.ts";

/**
 * `signal` fires at the end of the time or when the caller aborts; `done` lets go of timer and listener.
 *
 * Not `AbortSignal.any`: on Node it keeps every joined signal alive as long as the longest.
 */
export class Deadline {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #ends: number;
  readonly #timeoutMs: number;
  readonly #timer: ReturnType<typeof setTimeout>;
  readonly #caller: AbortSignal | undefined;
  readonly #abort = (): void => {
    this.#controller.abort(this.#caller?.reason);
  };

  constructor(timeoutMs: number, caller?: AbortSignal) {
    this.signal = this.#controller.signal;
    this.#timeoutMs = timeoutMs;
    this.#ends = performance.now() + timeoutMs;
    this.#timer = setTimeout(() => this.#controller.abort(), timeoutMs);
    this.#caller = caller;
    if (caller?.aborted === true) {
      this.#abort();
    }
    caller?.addEventListener("abort", this.#abort);
  }

  get leftMs(): number {
    return Math.max(0, this.#ends - performance.now());
  }

  get isAborted(): boolean {
    return this.#caller?.aborted === true;
  }

  /** What the caller gets: his own reason, or DeadlineExceeded. */
  reason(requestId: string): unknown {
    return this.isAborted ? this.#caller?.reason : new DeadlineExceeded(`no answer within ${this.#timeoutMs} ms`, requestId);
  }

  done(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#abort);
  }
}

/** Waits, or rejects with the reason as soon as the signal fires. */
export function sleep(ms: number, signal: AbortSignal, reason: () => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (): void => {
      clearTimeout(timer);
      reject(reason());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", fail);
      resolve();
    }, ms);
    if (signal.aborted) {
      fail();
    }
    signal.addEventListener("abort", fail, { once: true });
  });
}

/** A promise, or the reason as soon as the signal fires; the promise goes on by itself. */
export function race<T>(promise: Promise<T>, signal: AbortSignal, reason: () => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    const fail = (): void => reject(reason());
    if (signal.aborted) {
      fail();
    }
    signal.addEventListener("abort", fail, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", fail));
  });
}
