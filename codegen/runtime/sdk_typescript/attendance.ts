/** Who follows a topic, made of the frames that tell of it: each state once, with what it changes in the one before. */

import type { Presence } from "./told.ts";

/** `users` by the `sub` of their tokens, who came first before the others; of more than a frame names they are the first ones, while `count` is of all. */
export interface Attendance {
  readonly topic: string;
  readonly users: readonly string[];
  readonly count: number;
  /** Since the state that was taken before; nobody in the first one. */
  readonly joined: readonly string[];
  readonly left: readonly string[];
}

/** Of one reader. What comes while he is away is one state for him, so that never more than one waits. */
export class Roll {
  readonly #topic: string;
  #users: ReadonlySet<string> | undefined;
  #count = 0;
  #taken: Attendance | undefined;

  constructor(topic: string) {
    this.#topic = topic;
  }

  /** Until all have been told once, a change says nothing. */
  apply({ change, users, count }: Presence): void {
    const now = change === "present" ? new Set<string>() : this.#users;
    if (now === undefined) {
      return;
    }
    const gone = new Set(change === "left" ? users : []);
    this.#users = new Set([...now, ...users].filter((user) => !gone.has(user)));
    this.#count = count;
  }

  /** The state as it is now; undefined where it is not known yet, or has been taken. */
  take(): Attendance | undefined {
    const users = this.#users;
    const before = this.#taken;
    if (users === undefined) {
      return undefined;
    }
    const known = new Set(before?.users);
    const joined = before === undefined ? [] : [...users].filter((user) => !known.has(user));
    const left = [...known].filter((user) => !users.has(user));
    if (before !== undefined && joined.length + left.length === 0 && before.count === this.#count) {
      return undefined;
    }
    this.#taken = { topic: this.#topic, users: [...users], count: this.#count, joined, left };
    return this.#taken;
  }
}
