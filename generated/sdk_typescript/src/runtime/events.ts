/** Events that wait for their taker: a bounded stream which says what it lost. */

import type { ClientError } from "./errors.ts";
import { EventsDropped } from "./errors.ts";

/** One event as a follower gets it; `offset` counts within topic and epoch, where the topic keeps history. */
export interface Received<T> {
  /** Of the event, `author_created`: a topic may have several. */
  readonly name: string;
  readonly data: T;
  readonly topic: string;
  readonly offset: number | undefined;
  readonly epoch: string | undefined;
  /** Events before this one were missed, and will never come: what they told of has to be read. */
  readonly afterGap: boolean;
}

/** Iterate to take; leaving the loop unsubscribes. */
export interface Stream<T> extends AsyncIterableIterator<Received<T>> {
  /** Settles when the topic is followed, so that nothing that is published from then on is missed; rejects with why not. */
  readonly ready: Promise<void>;
}

export interface Sink<T> {
  offer(event: Received<T>): void;
  end(error: ClientError | undefined): void;
}

interface Taker<T> {
  readonly resolve: (result: IteratorResult<Received<T>>) => void;
  readonly reject: (error: unknown) => void;
}

/** Written by hand: an async generator that waits cannot be returned from. */
export class EventStream<T> implements Stream<T>, Sink<T> {
  ready: Promise<void> = Promise.resolve();
  readonly #limit: number;
  readonly #leave: () => void;
  readonly #waiting: Received<T>[] = [];
  readonly #takers: Taker<T>[] = [];
  #dropped = 0;
  #isEnded = false;
  #error: ClientError | undefined;

  constructor(limit: number, leave: () => void) {
    this.#limit = limit;
    this.#leave = leave;
  }

  offer(event: Received<T>): void {
    const taker = this.#takers.shift();
    if (taker !== undefined) {
      taker.resolve({ value: event, done: false });
    } else if (this.#waiting.length >= this.#limit || this.#dropped > 0) {
      this.#dropped += 1;
    } else {
      this.#waiting.push(event);
    }
  }

  end(error: ClientError | undefined): void {
    this.#isEnded = true;
    this.#error = error;
    for (const taker of this.#takers.splice(0)) {
      this.#finish(taker);
    }
  }

  next(): Promise<IteratorResult<Received<T>>> {
    const event = this.#waiting.shift();
    if (event !== undefined) {
      return Promise.resolve({ value: event, done: false });
    }
    return new Promise((resolve, reject) => {
      if (this.#dropped > 0 || this.#isEnded) {
        this.#finish({ resolve, reject });
      } else {
        this.#takers.push({ resolve, reject });
      }
    });
  }

  /** Unsubscribes, also while somebody waits. */
  return(): Promise<IteratorResult<Received<T>>> {
    this.#waiting.length = 0;
    this.#dropped = 0;
    this.#leave();
    this.end(undefined);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #finish({ resolve, reject }: Taker<T>): void {
    const dropped = this.#dropped;
    if (dropped > 0) {
      this.#dropped = 0;
      this.#isEnded = true;
      this.#leave();
      reject(new EventsDropped(dropped));
    } else if (this.#error !== undefined) {
      reject(this.#error);
    } else {
      resolve({ value: undefined, done: true });
    }
  }
}
