/**
 * Who follows which events, who watches who else follows, and how far each topic was seen. A push is decoded once, whoever takes it.
 *
 * What a topic's stream had is offered once and in order; where something is missing, the next event says so. A topic is followed once, whoever
 * wants what of it.
 */

import type { Codec, Members, SaidOfTopics } from "./codec.ts";
import type { ClientError } from "./errors.ts";
import { ConnectionLost, InvalidResponse, Unavailable } from "./errors.ts";
import type { Received, Sink, Watcher } from "./events.ts";
import type { Line } from "./line.ts";
import type { AttendedTopic, Topic } from "./operation.ts";
import type { Hooks } from "./options.ts";
import { Malformed } from "./schema.ts";
import type { Position, Presence, Push, Start } from "./told.ts";
import { readTold } from "./told.ts";
import type { TopicsOverHttp } from "./topics_over_http.ts";

interface Follower {
  readonly topic: Topic<unknown>;
  readonly sink: Sink<unknown>;
  isAfterGap: boolean;
}

/** Of one frame: as many as the server reads, and so long that their names, said up to three times, and positions are well below 64 KiB. */
const MAX_TOPICS = 100;
const MAX_CHARS = 12_000;
const NORMAL = 1000;

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

/** `over` is the connection that a topic is asked for, or answered, on. */
export class Followers {
  /** What follows while the socket does not; it hears when it does. */
  overHttp: TopicsOverHttp | undefined;
  readonly #followers: Follower[] = [];
  readonly #watchers = new Map<Watcher, string>();
  readonly #seen = new Map<string, Position>();
  /** On which connection each topic is followed now. */
  readonly #over = new Map<string, object>();
  readonly #hooks: Hooks;

  constructor(hooks: Hooks) {
    this.#hooks = hooks;
  }

  get topics(): string[] {
    return [...new Set([...this.#followers.map(({ topic }) => topic.name), ...this.#watchers.values()])].sort();
  }

  /** How far each was seen, as far as that is known. */
  positions(topics: readonly string[]): Map<string, Position> {
    return new Map([...this.#seen].filter(([topic]) => topics.includes(topic)));
  }

  /** Those of them of which somebody wants to know who follows. */
  watched(topics: readonly string[]): string[] {
    const watched = new Set(this.#watchers.values());
    return topics.filter((topic) => watched.has(topic));
  }

  /** Whether the topic has to be asked for: nobody has followed it. */
  add<T>(topic: Topic<T>, sink: Sink<T>): boolean {
    const isNew = !this.#follows(topic.name);
    this.#followers.push({ topic, sink: sink as Sink<unknown>, isAfterGap: false });
    return isNew;
  }

  /** Always: only then the server tells anew who is there. */
  watch(topic: AttendedTopic<unknown>, watcher: Watcher): boolean {
    this.#watchers.set(watcher, topic.name);
    return true;
  }

  /** The topic, if nobody follows it any more; then it is forgotten how far it was seen. */
  remove(one: unknown): string | undefined {
    const index = this.#followers.findIndex(({ sink }) => sink === one);
    const [gone] = index < 0 ? [] : this.#followers.splice(index, 1);
    const name = gone?.topic.name ?? this.#watchers.get(one as Watcher);
    this.#watchers.delete(one as Watcher);
    if (name === undefined || this.#follows(name)) {
      return undefined;
    }
    this.#seen.delete(name);
    this.#over.delete(name);
    return name;
  }

  #takes(name: string): boolean {
    return this.#followers.some(({ topic }) => topic.name === name);
  }

  #follows(name: string): boolean {
    return this.#takes(name) || this.watched([name]).length > 0;
  }

  // Over the socket

  /** From where the topics were seen on. Rejects with what the server refuses with; a connection that is lost meanwhile follows when it is back. */
  async follow(topics: readonly string[], line: Line | undefined): Promise<void> {
    if (line?.isOpen !== true) {
      return;
    }
    try {
      for (const few of inFrames(topics)) {
        await line.control("topics", this.#subscription(few, line));
      }
      this.overHttp?.taken();
    } catch (error) {
      if (!(error instanceof ConnectionLost)) {
        throw error;
      }
    }
  }

  /** What is followed there already goes on as it does, and is asked for again to be told who else follows. */
  #subscription(topics: readonly string[], line: Line): SaidOfTopics {
    const places = this.positions(topics.filter((topic) => this.#over.get(topic) !== line));
    const positions = places.size > 0 ? [...places].map(([topic, place]) => ({ topic, ...place })) : undefined;
    const watched = this.watched(topics);
    return { type: "subscribe", topics, positions, presence: watched.length > 0 ? watched : undefined };
  }

  leave(topic: string, line: Line | undefined): void {
    if (line?.isOpen === true) {
      line.control("topics", { type: "unsubscribe", topics: [topic] }).catch(() => undefined);
    }
  }

  /** Everything is followed over this connection; what the server cannot do for now is asked for again over the next one. */
  opened(line: Line): void {
    const { topics } = this;
    if (topics.length > 0) {
      this.follow(topics, line).catch((error: unknown) =>
        error instanceof Unavailable ? line.socket.close(NORMAL) : this.end(error as ClientError),
      );
    }
  }

  // What is told

  /** A frame about topics. Throws Malformed. */
  hear(members: Members, codec: Codec, over: object): void {
    const told = readTold(members);
    switch (told.kind) {
      case "push":
        this.#offer(codec, told.push);
        break;
      case "starts":
        this.#start(told.starts, over);
        break;
      case "missed":
        this.#miss(told.topic, told.position);
        break;
      case "presence":
        this.#tell(told.presence, over);
    }
  }

  /** Where topics begin, or go on. */
  #start(starts: readonly Start[], over: object): void {
    for (const { topic, position, recovered } of starts) {
      if (!this.#follows(topic) || this.#over.get(topic) === over) {
        continue;
      }
      this.#over.set(topic, over);
      if (position === undefined) {
        continue;
      }
      const before = this.#seen.get(topic);
      if (!recovered) {
        this.#seen.set(topic, position);
      }
      if (before !== undefined && this.#takes(topic)) {
        const isWhole = recovered || (before.epoch === position.epoch && before.offset === position.offset);
        this.#hooks.onResubscribe?.(topic, isWhole);
        if (!isWhole) {
          this.#mark(topic);
        }
      }
    }
  }

  /** What comes next of the topic comes after `position`. */
  #miss(topic: string, position: Position): void {
    if (this.#follows(topic)) {
      this.#seen.set(topic, position);
      this.#mark(topic);
    }
  }

  /** Changes follow from what was told before on the same connection: another one, whose place this one has taken, says nothing any more. */
  #tell(presence: Presence, over: object): void {
    if (this.#over.get(presence.topic) !== over) {
      return;
    }
    for (const [watcher, topic] of this.#watchers) {
      if (topic === presence.topic) {
        watcher.tell(presence);
      }
    }
  }

  /** Nobody misses events where nobody takes them. */
  #mark(name: string): void {
    if (this.#takes(name)) {
      for (const follower of this.#followers) {
        follower.isAfterGap ||= follower.topic.name === name;
      }
      this.#hooks.onMissed?.(name);
    }
  }

  /** One that was seen already is passed over, one of an unknown kind counts as seen. */
  #offer(codec: Codec, push: Push): void {
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
      const data = codec.event(kind, push.data);
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
    const all = [...this.#followers.splice(0).map(({ sink }) => sink), ...this.#watchers.keys()];
    this.#watchers.clear();
    for (const one of all) {
      one.end(error);
    }
    this.#seen.clear();
    this.#over.clear();
  }
}
