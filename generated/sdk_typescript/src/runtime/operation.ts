/** What the compiler declares of a contract beside its types: operations, events, and where each door has them. */

import type { Call } from "./call.ts";
import type { ErrorClass } from "./errors.ts";
import type { Line } from "./line.ts";
import type { RecordTable, Table } from "./schema.ts";

/** A field, by its name in JSON, that HTTP carries outside of the body. An `etag` is a number in quotes. */
export interface Parameter {
  readonly field: string;
  readonly carrier: string;
  readonly location: "path" | "query" | "header";
  readonly etag?: true;
}

export interface HttpBinding {
  readonly verb: string;
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** Whether what is left of the fields makes up a message, which is the body. */
  readonly body?: true;
  /** The fields that are bytes, by their names in JSON, with the media type that the contract declares, if that is one. */
  readonly files?: { readonly [field: string]: string };
  /** Whether they are parts of a form. */
  readonly form?: true;
}

/** `fetch`, with what a body or an answer of bytes needs before and after it; `call` is the call that is attempted. */
export type Exchange = (url: string, init: RequestInit, call: unknown, given: typeof fetch) => Promise<Response>;

/** Without `output` the answer has no content. */
export interface Operation<I, O> {
  readonly name: string;
  readonly pkgId?: number;
  readonly http?: HttpBinding;
  readonly query?: true;
  readonly idempotency: "key" | "natural" | "none";
  readonly public?: true;
  /** Whether it has messages; without them it is JSON at every door. */
  readonly protobuf?: true;
  readonly input: () => RecordTable<I>;
  readonly output?: () => Table<O>;
  /** A frame has the items as its data, and meta beside it. */
  readonly list?: true;
  /** Where bytes stand beside JSON. */
  readonly exchange?: Exchange;
  /** It answers bytes. */
  readonly download?: true;
  /** It answers any number of items, and has no `output` of its own. */
  readonly stream?: Streaming<O>;
}

/** What the doors need of a stream of what `item` reads, whose deadline at the server is `timeoutMs`. `begin` sends the call over the line of a socket, and
 * answers the open stream; `leave` gives its place among the socket's calls back, once. */
export interface Streaming<O> {
  readonly item: () => Table<O>;
  readonly timeoutMs: number;
  readonly begin: (call: Call<unknown, unknown>, line: Line, leave: () => void) => Promise<unknown>;
}

export interface Event<T> {
  readonly name: string;
  readonly pkgId: number;
  readonly topic: string;
  readonly protobuf?: true;
  /** Of the events on its topic only the last of those that wait is heard. */
  readonly isSparse?: true;
  readonly output: () => Table<T>;
}

/** A topic under its name, `authors/7`, with the events that are heard there. */
export interface Topic<T> {
  readonly name: string;
  readonly kinds: readonly Event<T>[];
  /** Its offsets have holes: where the topic has parameters, its names share them; where only the last event counts, others may be left out. */
  readonly isSparse?: true;
}

/** One whose followers may ask who else follows it. */
export interface AttendedTopic<T> extends Topic<T> {
  readonly isAttended: true;
}

export interface SessionTokens {
  accessToken: string;
  refreshToken: string;
  expiresIn: number | bigint;
  refreshExpiresIn?: number | bigint | null;
}

/** The operations that serve the caller's own session, as far as the contract has them. */
export interface SessionOperations {
  readonly login?: Operation<{ username: string; password: string }, SessionTokens>;
  readonly refresh?: Operation<{ refreshToken: string }, SessionTokens>;
  readonly logout?: Operation<{ refreshToken: string }, void>;
  readonly ticket?: Operation<object, { ticket: string }>;
}

/** `client` names package and version. `errors` are by code. */
export interface Contract {
  readonly version: string;
  readonly client: string;
  readonly address: string;
  readonly subprotocols: { readonly json?: string; readonly protobuf?: string };
  readonly errors: { readonly [code: string]: ErrorClass };
  readonly session: SessionOperations;
}
