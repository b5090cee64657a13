/** Who follows which events, and how far each topic was seen. A push is decoded once, whoever takes it. */

import type { Codec, Push } from "./codec.ts";
import type { ClientError } from "./errors.ts";
import { InvalidResponse } from "./errors.ts";
import type { Received, Sink } from "./events.ts";
import type { Event } from "./operation.ts";
import { Malformed } from "./schema.ts";

interface Follower {
  readonly event: Event<unknown>;
  readonly sink: Sink<unknown>;
}

export class Followers {
  readonly #followers: Follower[] = [];
  readonly #seen = new Map<string, { offset: number | undefined; epoch: string | undefined }>();

  get topics(): string[] {
    return [...new Set(this.#followers.map(({ event }) => event.topic))].sort();
  }

  /** The last offset and epoch that were seen. */
  position(topic: string): { offset: number | undefined; epoch: string | undefined } {
    return this.#seen.get(topic) ?? { offset: undefined, epoch: undefined };
  }

  /** Whether the topic is new. */
  add<T>(event: Event<T>, sink: Sink<T>): boolean {
    const isNew = !this.topics.includes(event.topic);
    this.#followers.push({ event, sink: sink as Sink<unknown> });
    return isNew;
  }

  /** Whether nobody follows the topic any more. */
  remove(sink: unknown): string | undefined {
    const index = this.#followers.findIndex((one) => one.sink === sink);
    const [gone] = index < 0 ? [] : this.#followers.splice(index, 1);
    return gone !== undefined && !this.topics.includes(gone.event.topic) ? gone.event.topic : undefined;
  }

  /** An event that was seen is passed over: of two connections, of which one takes the other's place, each may bring it. */
  offer(codec: Codec, push: Push): void {
    const wanted = this.#followers.filter(({ event }) => event.pkgId === push.pkgId);
    const [first] = wanted;
    if (first === undefined) {
      return;
    }
    const topic = push.topic ?? first.event.topic;
    const { offset: last, epoch } = this.position(topic);
    if (push.offset !== undefined && last !== undefined && epoch === push.epoch && push.offset <= last) {
      return;
    }
    this.#seen.set(topic, { offset: push.offset, epoch: push.epoch });
    try {
      const received: Received<unknown> = { data: codec.event(first.event, push), topic, offset: push.offset, epoch: push.epoch };
      for (const { sink } of wanted) {
        sink.offer(received);
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

  end(error: ClientError | undefined): void {
    for (const { sink } of [...this.#followers]) {
      sink.end(error);
    }
  }
}
