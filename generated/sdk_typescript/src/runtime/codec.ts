/** What a door needs of an encoding: a body and a result for HTTP, frames for the socket. */

import type { Call } from "./call.ts";
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

/** A frame with the names of JSON, whatever it came as. */
export type Members = { readonly [name: string]: unknown };

/** A control frame of the client, as JSON has it. */
export type Said =
  | { readonly type: "auth"; readonly token: string }
  | { readonly type: "cancel"; readonly req_id: string }
  | { readonly type: "credit"; readonly req_id: string; readonly items: number }
  | SaidOfTopics;

export interface SaidOfTopics {
  readonly type: "subscribe" | "unsubscribe";
  readonly topics: readonly string[];
  readonly positions?: readonly { readonly topic: string; readonly epoch: string; readonly offset: number }[] | undefined;
  readonly presence?: readonly string[] | undefined;
}

/** Of topics, only who follows them knows more: "topics" answers what was said of them, "told" is what comes unasked, or is a newer server's. */
export type Read =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "topics" | "told"; readonly members: Members }
  | { readonly kind: "draining"; readonly afterMs: number }
  | { readonly kind: "authenticated" | "expiring" };

/** Readers throw Malformed; writers throw TypeError for values that the contract does not have. */
export interface Codec {
  readonly encoding: Encoding;
  readonly contentType: string;
  /** `skipped` are the fields that travel outside of the body, where an encoding leaves them out. */
  body<I>(operation: Operation<I, unknown>, input: I, skipped: ReadonlySet<string>): string | Uint8Array;
  answer<O>(operation: Operation<never, O>, body: Uint8Array): O;
  request<I>(call: Call<I, unknown>, timeoutMs: number | undefined): Frame;
  say(said: Said): Frame;
  /** Of a message of the subprotocol whose messages may hold several, in order. */
  frames(message: unknown): readonly unknown[];
  read(frame: unknown): Read;
  result<O>(operation: Operation<never, O>, reply: Reply): O;
  /** `data` is that of a push. */
  event<T>(event: Event<T>, data: unknown): T;
}

/** The req_id of a push. */
export const NIL = "00000000-0000-0000-0000-000000000000";
