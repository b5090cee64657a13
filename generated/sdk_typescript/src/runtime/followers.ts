/**
 * Who follows which events, and how far each topic was seen. A push is decoded once, whoever takes it.
 *
 * What a topic's stream had is offered once and in order; where it has a hole, the next event says so.
 */

import type { Codec, Position, Push, Start } from "./codec.ts";
import type { ClientError } from "./errors.ts";
import { InvalidResponse } from "./errors.ts";
import type { Received, Sink } from "./events.ts";
import type { Event } from "./operation.ts";
import type { Hooks } from "./options.ts";
import { Malformed } from "./schema.ts";

interface Follower {
  readonly event: Event<unknown>;
  readonly sink: Sink<unknown>;
  isAfterGap: boolean;
}

export class Followers {
  readonly #followers: Follower[] = [];
  readonly #seen = new Map<string, Position>();
  readonly #hooks: Hooks;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  get topics(): string[] {
    return [...new Set(this.#followers.map(({ event }) => event.topic))].sort();
  }

  /** How far each was seen, as far as that is known. */
  positions(topics: readonly string[]): Map<string, Position> {
    return new Map([...this.#seen].filter(([topic]) => topics.includes(topic)));
  }

  /** Whether the topic is new. */
  add<T>(event: Event<T>, sink: Sink<T>): boolean {
    const isNew = !this.#follows(event.topic);
    this.#followers.push({ event, sink: sink as Sink<unknown>, isAfterGap: false });
    return isNew;
  }

  /** The topic, if nobody follows it any more; then it is forgotten how far it was seen. */
  remove(sink: unknown): string | undefined {
    const index = this.#followers.findIndex((one) => one.sink === sink);
    const [gone] = index < 0 ? [] : this.#followers.splice(index, 1);
    if (gone === undefined || this.#follows(gone.event.topic)) {
      return undefined;
    }
    this.#seen.delete(gone.event.topic);
    return gone.event.topic;
  }

  #follows(topic: string): boolean {
    return this.#followers.some(({ event }) => event.topic === topic);
  }

  /** Where topics begin, or go on. */
  start(starts: readonly Start[]): void {
    for (const { topic, position, recovered } of starts) {
      if (position === undefined || !this.#follows(topic)) {
        continue;
      }
      const before = this.#seen.get(topic);
      if (!recovered) {
        this.#seen.set(topic, position);
      }
      if (before !== undefined) {
        const isWhole = recovered || (before.epoch === position.epoch && before.offset === position.offset);
        this.#hooks.onResubscribe?.(topic, isWhole);
        if (!isWhole) {
          this.#mark(topic);
        }
      }
    }
  }

  /** What comes next of the topic comes after `position`. */
  miss(topic: string, position: Position): void {
    if (this.#follows(topic)) {
      this.#seen.set(topic, position);
      this.#mark(topic);
    }
  }

  #mark(topic: string): void {
    for (const follower of this.#followers) {
      follower.isAfterGap ||= follower.event.topic === topic;
    }
    this.#hooks.onMissed?.(topic);
  }

  /** One that was seen already is passed over, one of an unknown kind counts as seen. */
  offer(codec: Codec, push: Push): void {
    const wanted = this.#followers.filter(({ event }) => event.pkgId === push.pkgId);
    const [first] = wanted;
    const topic = push.topic ?? first?.event.topic;
    if (topic === undefined || !this.#follows(topic) || !this.#advance(topic, push) || first === undefined) {
      return;
    }
    try {
      const data = codec.event(first.event, push);
      for (const follower of wanted) {
        const received: Received<unknown> = { data, topic, offset: push.offset, epoch: push.epoch, afterGap: follower.isAfterGap };
        follower.isAfterGap = false;
        follower.sink.offer(received);
      }
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      const fault = new InvalidResponse(`an event ${first.event.name} is not what the contract says: ${error.message}`, undefined, error.pointer);
      for (const { sink } of wanted) {
        sink.end(fault);
      }
    }
  }

  /** Whether the event is new; an offset that does not follow the last one says that something was missed. */
  #advance(topic: string, { epoch, offset }: Push): boolean {
    if (epoch === undefined || offset === undefined) {
      return true;
    }
    const seen = this.#seen.get(topic);
    if (seen !== undefined && seen.epoch === epoch) {
      if (offset <= seen.offset) {
        return false;
      }
      if (offset > seen.offset + 1) {
        this.#mark(topic);
      }
    }
    this.#seen.set(topic, { epoch, offset });
    return true;
  }

  end(error: ClientError | undefined): void {
    for (const { sink } of [...this.#followers]) {
      sink.end(error);
    }
  }
}
