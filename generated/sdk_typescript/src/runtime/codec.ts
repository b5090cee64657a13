/** What a door needs of an encoding: a body and a result for HTTP, frames for the socket. */

import type { Event, Operation } from "./operation.ts";
import type { Encoding } from "./options.ts";

export type Frame = string | Uint8Array;

/** `status` 0 is success; then `data` is read by the operation, else it is a problem. Without `requestId` it answers a
 * frame that the server could not read, or a control frame. */
export interface Reply {
  readonly requestId: string | undefined;
  readonly status: number;
  readonly data: unknown;
  readonly meta: unknown;
  /** Of an item of a stream, from 0; what has none is the last frame of its request. */
  readonly offset: number | undefined;
}

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

export type Read =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "topics"; readonly starts: readonly Start[] }
  | { readonly kind: "missed"; readonly topic: string; readonly position: Position }
  | { readonly kind: "draining"; readonly afterMs: number }
  | { readonly kind: "authenticated" | "expiring" | "nothing" };

/** Readers throw Malformed; writers throw TypeError for values that the contract does not have. */
export interface Codec {
  readonly encoding: Encoding;
  readonly contentType: string;
  /** `skipped` are the fields that travel outside of the body, where an encoding leaves them out. */
  body<I>(operation: Operation<I, unknown>, input: I, skipped: ReadonlySet<string>): string | Uint8Array;
  answer<O>(operation: Operation<never, O>, body: Uint8Array): O;
  request<I>(operation: Operation<I, unknown>, input: I, requestId: string, timeoutMs: number | undefined): Frame;
  authenticate(token: string): Frame;
  cancel(requestId: string): Frame;
  credit(requestId: string, items: number): Frame;
  subscribe(topics: string[], after: ReadonlyMap<string, Position>): Frame;
  unsubscribe(topics: string[]): Frame;
  read(frame: unknown): Read;
  result<O>(operation: Operation<never, O>, reply: Reply): O;
  event<T>(event: Event<T>, push: Push): T;
}

/** The req_id of a push. */
export const NIL = "00000000-0000-0000-0000-000000000000";
