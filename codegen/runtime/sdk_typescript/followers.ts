/**
 * Who follows which events, and how far each topic was seen. A push is decoded once, whoever takes it.
 *
 * What a topic's stream had is offered once and in order; where something is missing, the next event says so.
 */

import type { Codec, Frame, Position, Push, Start } from "./codec.ts";
import type { ClientError } from "./errors.ts";
import { InvalidResponse } from "./errors.ts";
import type { Received, Sink } from "./events.ts";
import type { Topic } from "./operation.ts";
import type { Hooks } from "./options.ts";
import { Malformed } from "./schema.ts";
import type { TopicsOverHttp } from "./topics_over_http.ts";

interface Follower {
  readonly topic: Topic<unknown>;
  readonly sink: Sink<unknown>;
  isAfterGap: boolean;
}

/** Of one frame: as many as the server reads, and so long that their names and positions are well below 64 KiB. */
const MAX_TOPICS = 100;
const MAX_CHARS = 12_000;

function inFrames(topics: readonly string[]): string[][] {
  const frames: string[][] = [];
  let chars = 0;
  for (const topic of topics) {
    const last = frames.at(-1);
    chars += topic.length;
    if (last === undefined || last.length === MAX_TOPICS || chars > MAX_CHARS) {
      frames.push([topic]);
      chars = topic.length;
    } else {
      last.push(topic);
    }
  }
  return frames;
}

export class Followers {
  /** What follows while the socket does not; it hears when it does. */
  overHttp: TopicsOverHttp | undefined;
  readonly #followers: Follower[] = [];
  readonly #seen = new Map<string, Position>();
  readonly #hooks: Hooks;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  get topics(): string[] {
    return [...new Set(this.#followers.map(({ topic }) => topic.name))].sort();
  }

  /** How far each was seen, as far as that is known. */
  positions(topics: readonly string[]): Map<string, Position> {
    return new Map([...this.#seen].filter(([topic]) => topics.includes(topic)));
  }

  /** Asks for the topics from where they were seen on, in as many frames as it takes. */
  async ask(topics: readonly string[], send: (write: (codec: Codec) => Frame) => Promise<unknown>): Promise<void> {
    for (const few of inFrames(topics)) {
      await send((codec) => codec.subscribe(few, this.positions(few)));
    }
    this.overHttp?.taken();
  }

  /** Whether the topic is new. */
  add<T>(topic: Topic<T>, sink: Sink<T>): boolean {
    const isNew = !this.#follows(topic.name);
    this.#followers.push({ topic, sink: sink as Sink<unknown>, isAfterGap: false });
    return isNew;
  }

  /** The topic, if nobody follows it any more; then it is forgotten how far it was seen. */
  remove(sink: unknown): string | undefined {
    const index = this.#followers.findIndex((one) => one.sink === sink);
    const [gone] = index < 0 ? [] : this.#followers.splice(index, 1);
    if (gone === undefined || this.#follows(gone.topic.name)) {
      return undefined;
    }
    this.#seen.delete(gone.topic.name);
    return gone.topic.name;
  }

  #follows(name: string): boolean {
    return this.#followers.some(({ topic }) => topic.name === name);
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

  #mark(name: string): void {
    for (const follower of this.#followers) {
      follower.isAfterGap ||= follower.topic.name === name;
    }
    this.#hooks.onMissed?.(name);
  }

  /** One that was seen already is passed over, one of an unknown kind counts as seen. */
  offer(codec: Codec, push: Push): void {
    const kind = this.#followers.flatMap(({ topic }) => topic.kinds).find((one) => one.pkgId === push.pkgId);
    const topic = push.topic ?? kind?.topic;
    if (topic === undefined || !this.#follows(topic) || !this.#advance(topic, push) || kind === undefined) {
      return;
    }
    const wanted = this.#followers.filter((one) => one.topic.name === topic && one.topic.kinds.some(({ pkgId }) => pkgId === push.pkgId));
    if (wanted.length === 0) {
      return;
    }
    try {
      const data = codec.event(kind, push);
      for (const follower of wanted) {
        const received: Received<unknown> = { name: kind.name, data, topic, offset: push.offset, epoch: push.epoch, afterGap: follower.isAfterGap };
        follower.isAfterGap = false;
        follower.sink.offer(received);
      }
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      const fault = new InvalidResponse(`an event ${kind.name} is not what the contract says: ${error.message}`, undefined, error.pointer);
      for (const { sink } of wanted) {
        sink.end(fault);
      }
    }
  }

  /** Whether the event is new; of a topic whose offsets have no holes, one that does not follow the last says that something was missed. */
  #advance(topic: string, { epoch, offset }: Push): boolean {
    if (epoch === undefined || offset === undefined) {
      return true;
    }
    const seen = this.#seen.get(topic);
    if (seen !== undefined && seen.epoch === epoch) {
      if (offset <= seen.offset) {
        return false;
      }
      if (offset > seen.offset + 1 && !this.#followers.some((one) => one.topic.name === topic && one.topic.isSparse)) {
        this.#mark(topic);
      }
    }
    this.#seen.set(topic, { epoch, offset });
    return true;
  }

  end(error: ClientError | undefined): void {
    for (const { sink } of this.#followers.splice(0)) {
      sink.end(error);
    }
    this.#seen.clear();
  }
}
