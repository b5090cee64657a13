/** What is told of a topic, as streams of those who follow it: its events, and who follows it. */

import type { Attendance } from "./attendance.ts";
import { Roll } from "./attendance.ts";
import type { ClientError } from "./errors.ts";
import { EventsDropped } from "./errors.ts";
import type { Presence } from "./told.ts";

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
export interface Following<R> extends AsyncIterableIterator<R> {
  /** Settles when the topic is followed, so that nothing that is told from then on is missed; rejects with why not. */
  readonly ready: Promise<void>;
}

/** The events of a topic. */
export interface Stream<T> extends Following<Received<T>> {}

/** Who follows a topic: first all of them, then each change. For a slow reader several changes are one. */
export interface AttendanceStream extends Following<Attendance> {}

export interface Sink<T> {
  offer(event: Received<T>): void;
  end(error: ClientError | undefined): void;
}

export interface Watcher {
  tell(presence: Presence): void;
  end(error: ClientError | undefined): void;
}

interface Taker<R> {
  readonly resolve: (result: IteratorResult<R>) => void;
  readonly reject: (error: unknown) => void;
}

/** Written by hand: an async generator that waits cannot be returned from. */
export abstract class Feed<R> implements Following<R> {
  ready: Promise<void> = Promise.resolve();
  readonly #leave: () => void;
  readonly #takers: Taker<R>[] = [];
  #isEnded = false;
  #isLeft = false;
  #error: unknown;

  constructor(leave: () => void) {
    this.#leave = leave;
  }

  /** What is next, if it is there already; throws what ends the stream by itself. */
  protected abstract take(): R | undefined;

  /** After what waits, the stream rejects with the error, or just ends. */
  end(error: ClientError | undefined): void {
    this.#isEnded = true;
    this.#error = error;
    this.settle();
  }

  next(): Promise<IteratorResult<R>> {
    return new Promise((resolve, reject) => {
      this.#takers.push({ resolve, reject });
      this.settle();
    });
  }

  /** Unsubscribes, also while somebody waits. */
  return(): Promise<IteratorResult<R>> {
    this.#isLeft = true;
    this.#leave();
    this.end(undefined);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Gives those who wait what there is for them. */
  protected settle(): void {
    while (this.#takers.length > 0) {
      const value = this.#next();
      if (value === undefined && !this.#isEnded) {
        return;
      }
      const taker = this.#takers.shift();
      if (value !== undefined) {
        taker?.resolve({ value, done: false });
      } else if (this.#error === undefined) {
        taker?.resolve({ value: undefined, done: true });
      } else {
        taker?.reject(this.#error);
      }
    }
  }

  #next(): R | undefined {
    try {
      return this.#isLeft ? undefined : this.take();
    } catch (error) {
      this.#isLeft = true;
      this.#isEnded = true;
      this.#error = error;
      this.#leave();
      return undefined;
    }
  }
}

/** Events in their order; ends with EventsDropped once more than `limit` wait. */
export class EventStream<T> extends Feed<Received<T>> implements Stream<T>, Sink<T> {
  readonly #limit: number;
  readonly #waiting: Received<T>[] = [];
  #dropped = 0;

  constructor(limit: number, leave: () => void) {
    super(leave);
    this.#limit = limit;
  }

  offer(event: Received<T>): void {
    if (this.#waiting.length >= this.#limit || this.#dropped > 0) {
      this.#dropped += 1;
    } else {
      this.#waiting.push(event);
    }
    this.settle();
  }

  protected override take(): Received<T> | undefined {
    const event = this.#waiting.shift();
    if (event === undefined && this.#dropped > 0) {
      throw new EventsDropped(this.#dropped);
    }
    return event;
  }
}

export class Attending extends Feed<Attendance> implements AttendanceStream, Watcher {
  readonly #roll: Roll;

  constructor(topic: string, leave: () => void) {
    super(leave);
    this.#roll = new Roll(topic);
  }

  tell(presence: Presence): void {
    this.#roll.apply(presence);
    this.settle();
  }

  protected override take(): Attendance | undefined {
    return this.#roll.take();
  }
}
