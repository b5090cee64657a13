/** Where the service is reached: one address, or several nodes of which one is asked at a time. */

import { ConnectionLost } from "./errors.ts";
import { AttemptFailed } from "./retry.ts";

/**
 * `current` stays until it is left. The first that is given is the first; the others follow by chance, so that the clients of a
 * node that ends do not all go to the same one.
 */
export class Addresses {
  #all: string[];
  #index = 0;

  constructor(baseUrl: string | readonly string[]) {
    const [first, ...others] = [baseUrl].flat();
    if (first === undefined) {
      throw new TypeError("there is no address");
    }
    this.#all = [first];
    for (const url of others) {
      this.#all.splice(1 + Math.floor(Math.random() * this.#all.length), 0, url);
    }
    this.#all = this.#all.map((url) => url.replace(/\/+$/, ""));
  }

  get current(): string {
    return this.#all[this.#index] as string;
  }

  /** It has ended, or does not answer; nothing if another one was chosen since. */
  leave(address: string): void {
    if (address === this.current) {
      this.#index = (this.#index + 1) % this.#all.length;
    }
  }

  /** Leaves it where another one may do better. */
  blame(address: string, failure: unknown): void {
    if (failure instanceof AttemptFailed && (failure.outcome === "unavailable" || failure.error instanceof ConnectionLost)) {
      this.leave(address);
    }
  }
}
