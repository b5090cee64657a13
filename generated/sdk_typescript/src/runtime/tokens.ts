/**
 * The one token of a client, for both doors: had when it is needed, renewed before it ends, by one request at a time.
 *
 * Expiry is reckoned on the monotonic clock from the request on. A renewal that fails for good is remembered, and calls
 * fail at once until there is a new token. A caller who gives up takes nobody with him.
 */

import { ApiError, AuthenticationLost, ClientError } from "./errors.ts";
import type { Token } from "./options.ts";

const AHEAD_MS = 30_000;
/** Between renewals that fail for now while the old token still holds. */
const PAUSE_MS = 1000;

/** Answers a new token, from the old one's refresh token if there is one. */
export type TokenSource = (held: Token | undefined) => Promise<Token>;

/** When a token is renewed: at 80 % of its life or 30 s before its end, and never before its half. */
export function dueAfterMs(expiresInMs: number): number {
  return Math.max(expiresInMs * 0.5, Math.min(expiresInMs * 0.8, expiresInMs - AHEAD_MS));
}

export class Tokens {
  #source: TokenSource | undefined;
  #token: Token | undefined;
  #lost: AuthenticationLost | undefined;
  #due = Infinity;
  #ends = Infinity;
  #flight: Promise<void> | undefined;

  get current(): Token | undefined {
    return this.#token;
  }

  get canRenew(): boolean {
    return this.#source !== undefined && this.#lost === undefined;
  }

  use(source: TokenSource | undefined): void {
    this.#source = source;
  }

  /** From now on this token counts. */
  set(token: Token | undefined, askedAt: number = performance.now()): void {
    const life = token?.expiresInMs;
    this.#token = token;
    this.#lost = undefined;
    this.#due = life === undefined ? Infinity : askedAt + dueAfterMs(life);
    this.#ends = life === undefined ? Infinity : askedAt + life;
  }

  /** A token that holds, or undefined for an anonymous client; throws AuthenticationLost, or why none can be had now. */
  async get(): Promise<string | undefined> {
    if (this.#lost !== undefined) {
      throw this.#lost;
    }
    if (this.#source !== undefined && (this.#token === undefined || performance.now() >= this.#due)) {
      await this.#renewIfDue();
    }
    return this.#token?.access;
  }

  /** After a refusal of `stale`, which is certain or only possible; if another is there meanwhile, that is enough. */
  async renew(stale: string | undefined, isCertain = true): Promise<void> {
    const held = this.#token;
    if (held !== undefined && held.access !== stale) {
      return;
    }
    await this.#once();
    if (isCertain && this.#token !== undefined && this.#token.access === stale) {
      throw this.#lose("the token's source answers the token that was refused");
    }
  }

  /** Before its end a token that cannot be renewed for now is still good. */
  async #renewIfDue(): Promise<void> {
    try {
      await this.#once();
    } catch (error) {
      const holds = this.#token !== undefined && performance.now() < this.#ends;
      if (error instanceof AuthenticationLost || !(error instanceof ClientError) || !holds) {
        throw error;
      }
      this.#due = performance.now() + PAUSE_MS;
    }
  }

  #once(): Promise<void> {
    this.#flight ??= this.#renew().finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  async #renew(): Promise<void> {
    if (this.#source === undefined) {
      return;
    }
    const askedAt = performance.now();
    try {
      this.set(await this.#source(this.#token), askedAt);
    } catch (error) {
      if (error instanceof ApiError && isPermanent(error)) {
        throw this.#lose(`no new token: ${error.message}`, error);
      }
      throw error;
    }
  }

  #lose(reason: string, cause?: unknown): AuthenticationLost {
    this.#lost = new AuthenticationLost(reason, undefined, cause);
    this.#token = undefined;
    return this.#lost;
  }
}

function isPermanent(error: ApiError): boolean {
  return !["ERROR", "RATE_LIMITED", "TIMEOUT", "UNAVAILABLE"].includes(error.kind);
}
