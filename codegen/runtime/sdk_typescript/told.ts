/** What the server tells of topics, from frames with the names of JSON. Read tolerantly: what a newer server tells is nothing. */

import type { Members } from "./codec.ts";
import { count } from "./json_codec.ts";
import { Malformed } from "./schema.ts";

export interface Push {
  readonly pkgId: number;
  readonly data: unknown;
  readonly topic: string | undefined;
  readonly offset: number | undefined;
  readonly epoch: string | undefined;
}

/** How far a topic was read: to the event with this offset, of this epoch. */
export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** After which event of a topic the events come that are followed from now on, undefined where the server does not know yet;
 * recovered says that what was missed since the position that was asked for comes first, all of it. */
export interface Start {
  readonly topic: string;
  readonly position: Position | undefined;
  readonly recovered: boolean;
}

/** Who follows a topic, or since the last such frame has come or gone; `count` is of all who do now. */
export interface Presence {
  readonly topic: string;
  readonly change: "present" | "joined" | "left";
  readonly users: readonly string[];
  readonly count: number;
}

export type Told =
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "starts"; readonly starts: readonly Start[] }
  | { readonly kind: "missed"; readonly topic: string; readonly position: Position }
  | { readonly kind: "presence"; readonly presence: Presence }
  | { readonly kind: "nothing" };

const CHANGES: { readonly [type: string]: Presence["change"] } = { "topic.present": "present", "topic.joined": "joined", "topic.left": "left" };

/** Throws Malformed for what is none of the protocol's frames. */
export function readTold(members: Members): Told {
  const { type, positions } = members;
  if (Array.isArray(positions)) {
    return { kind: "starts", starts: positions.map(start) };
  }
  if (type === undefined) {
    return { kind: "push", push: pushOf(members) };
  }
  const change = CHANGES[String(type)];
  if (change !== undefined) {
    return { kind: "presence", presence: presenceOf(change, members) };
  }
  const { topic, position } = start(members);
  return type === "topic.missed" && position !== undefined ? { kind: "missed", topic, position } : { kind: "nothing" };
}

function pushOf({ pkg_id: pkgId, data, topic, offset, epoch }: Members): Push {
  if (typeof pkgId !== "number") {
    throw new Malformed("a push has the number of its event");
  }
  return { pkgId, data, topic: text(topic), offset: count(offset), epoch: text(epoch) };
}

function presenceOf(change: Presence["change"], { topic, users, count: all }: Members): Presence {
  const told = count(all);
  if (typeof topic !== "string" || !Array.isArray(users) || told === undefined) {
    throw new Malformed("who follows a topic is told by its name, the users and their count");
  }
  return { topic, change, users: users.map(String), count: told };
}

function start(value: unknown): Start {
  const { topic, epoch, offset, recovered } = (value ?? {}) as Members;
  const known = text(epoch);
  const position: Position | undefined = known === undefined ? undefined : { epoch: known, offset: count(offset) ?? 0 };
  return { topic: text(topic) ?? "", position, recovered: recovered === true };
}

/** Protobuf says that there is none by an empty one. */
function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
