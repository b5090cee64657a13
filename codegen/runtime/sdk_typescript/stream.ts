/**
 * An answer that comes item by item: what a caller walks, and how it comes at each door. Imported only where a contract has some.
 *
 * Whoever comes to the end has had every item; a stream that was refused on the way, or cut, throws instead.
 */

import type { Call } from "./call.ts";
import { MAX_TIMEOUT_MS, timeoutMs } from "./call.ts";
import type { Codec, Reply } from "./codec.ts";
import type { Connection } from "./connection.ts";
import { newId } from "./connection.ts";
import { Deadline, race } from "./deadline.ts";
import { ApiError, ClientError, ConnectionLost, InvalidResponse, codeOfStatus } from "./errors.ts";
import { parseJson } from "./json.ts";
import { JSON_CODEC } from "./json_codec.ts";
import type { Line, Slot } from "./line.ts";
import type { Operation, Streaming } from "./operation.ts";
import type { CallOptions } from "./options.ts";
import type { ServerSent } from "./records.ts";
import { bounded, ServerSentEvents } from "./records.ts";
import { AttemptFailed } from "./retry.ts";
import type { Table } from "./schema.ts";
import { Malformed } from "./schema.ts";
import { Session } from "./session.ts";

/** Items that are asked for at once, when as many have been taken: half of what the server sends before it hears of us. */
const GRANT = 16;
/** How much later than the server this client gives a stream up. */
const LEEWAY_MS = 5000;
const DONE: IteratorResult<never> = { value: undefined, done: true };

/** An open stream. `next` rejects with ConnectionLost where it was cut. Whoever has had its last frame closes it as whole. */
interface Source {
  readonly codec: Codec;
  next(): Promise<Reply>;
  close(isWhole: boolean): void;
}

/** A source with what its frames mean: `read` throws what ended the stream, and has nothing for its end. */
interface Opened<O> {
  readonly call: { readonly requestId: string; readonly deadline: Deadline };
  readonly source: Source;
  readonly read: (reply: Reply) => O | undefined;
}

/** How a stream of what `item` reads is opened, whose deadline at the server is `timeoutMs`. */
export const lasting = <O>(timeoutMs: number, item: () => Table<O>): Streaming<O> => ({ timeoutMs, item, begin });

/** Nothing is asked before the first item is. `timeoutMs` is of the whole stream. */
export function stream<I, O>(connection: Connection, operation: Operation<I, O>, input: I, options: CallOptions = {}): ItemStream<O> {
  const timeoutMs = options.timeoutMs ?? needed(operation).timeoutMs + LEEWAY_MS;
  return new ItemStream(() => open(connection, operation, input, { ...options, timeoutMs }));
}

function needed<O>({ name, stream: found }: { readonly name: string; readonly stream?: Streaming<O> }): Streaming<O> {
  if (found === undefined) {
    throw new TypeError(`${name} is no stream`);
  }
  return found;
}

/** Its deadline goes on until it is closed. Throws as a call does. */
async function open<I, O>(
  connection: Connection,
  operation: Operation<I, O>,
  input: I,
  options: CallOptions & { timeoutMs: number },
): Promise<Opened<O>> {
  const requestId = options.idempotencyKey ?? newId();
  const deadline = new Deadline(options.timeoutMs, options.signal);
  try {
    const asked = connection.call(operation, input, { ...options, idempotencyKey: requestId });
    const source = (await asked) as unknown as Source;
    const call: Call<I, O> = { operation: { ...operation, output: needed(operation).item }, input, requestId, deadline };
    const session = new Session(connection.contract, source.codec);
    const isEnd = ({ status, offset }: Reply): boolean => status === 0 && offset === undefined;
    return { call, source, read: (reply) => (isEnd(reply) ? undefined : session.result(call, reply)) };
  } catch (error) {
    deadline.done();
    throw error;
  }
}

/** `for await` it, once; leaving the loop ends it at the server. What was cut is not asked again by itself: which items are still
 * to come only the caller can know. */
export class ItemStream<O> implements AsyncIterableIterator<O> {
  readonly #begin: () => Promise<Opened<O>>;
  #opening: Promise<Opened<O>> | undefined;
  #opened: Opened<O> | undefined;
  #isOver = false;

  constructor(begin: () => Promise<Opened<O>>) {
    this.#begin = begin;
  }

  async next(): Promise<IteratorResult<O>> {
    try {
      const { call, source, read } = await this.#open();
      const reply = await race(source.next(), call.deadline.signal, () => call.deadline.reason(call.requestId));
      const value = read(reply);
      if (reply.offset !== undefined && !this.#isOver) {
        return { value: value as O, done: false };
      }
      this.#close(true);
    } catch (failure) {
      const error = failure instanceof AttemptFailed ? failure.error : failure;
      if (!this.#isOver) {
        this.#close(error instanceof ApiError);
        throw error;
      }
    }
    return DONE;
  }

  /** Once, however many ask for items meanwhile. Throws where it is over, also if it became so meanwhile. */
  async #open(): Promise<Opened<O>> {
    if (this.#isOver) {
      throw new ClientError("the stream is over");
    }
    this.#opening ??= this.#begin();
    const opened = await this.#opening;
    if (this.#isOver) {
      release(opened, false);
      throw new ClientError("the stream is over");
    }
    this.#opened = opened;
    return opened;
  }

  /** The rest is not wanted. */
  return(): Promise<IteratorResult<O>> {
    this.#close(false);
    return Promise.resolve(DONE);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #close(isWhole: boolean): void {
    if (!this.#isOver) {
      this.#isOver = true;
      if (this.#opened !== undefined) {
        release(this.#opened, isWhole);
      }
    }
  }
}

function release({ source, call }: Opened<unknown>, isWhole: boolean): void {
  source.close(isWhole);
  call.deadline.done();
}

/** One attempt over a socket, which is over when the first frame has come: whether it is an item or a refusal is known then. */
async function begin(call: Call<unknown, unknown>, line: Line, leave: () => void): Promise<Source> {
  const { requestId, deadline } = call;
  const { session } = line;
  const source = new SocketSource(line, requestId, leave);
  let isRefused = false;
  try {
    line.ask(requestId, session.codec.request(call, shortenedTo(deadline)), source);
    const first = await race(source.next(), deadline.signal, () => deadline.reason(requestId));
    isRefused = first.status !== 0;
    if (isRefused) {
      session.result(call, first);
    }
    source.putBack(first);
    return source;
  } catch (error) {
    source.close(isRefused);
    throw error instanceof ConnectionLost ? new AttemptFailed("lost", error) : error;
  }
}

/** What is told to the server, in ms; where that is more than can be said, its own deadline counts. */
function shortenedTo(deadline: Deadline): number | undefined {
  return deadline.leftMs > MAX_TIMEOUT_MS ? undefined : timeoutMs({ deadline });
}

/** The frames of one request of a socket, which it hands on as they come. */
class SocketSource implements Source, Slot {
  readonly codec: Codec;
  readonly #line: Line;
  readonly #requestId: string;
  readonly #leave: () => void;
  readonly #waiting: Reply[] = [];
  #taker: Slot | undefined;
  #error: unknown;
  #taken = 0;
  #isClosed = false;

  constructor(line: Line, requestId: string, leave: () => void) {
    this.codec = line.session.codec;
    this.#line = line;
    this.#requestId = requestId;
    this.#leave = leave;
  }

  resolve(reply: Reply): void {
    if (this.#taker === undefined) {
      this.#waiting.push(reply);
    } else {
      this.#taker.resolve(reply);
      this.#taker = undefined;
    }
  }

  reject(error: unknown): void {
    this.#error = error instanceof ConnectionLost ? new ConnectionLost(error.message, this.#requestId) : error;
    this.#taker?.reject(this.#error);
    this.#taker = undefined;
  }

  /** The frame that showed that it has begun; others may be here already. */
  putBack(reply: Reply): void {
    this.#taken -= 1;
    this.#waiting.unshift(reply);
  }

  async next(): Promise<Reply> {
    const reply = this.#waiting.shift() ?? (await this.#come());
    this.#taken += 1;
    if (this.#taken === GRANT) {
      this.#taken = 0;
      this.#line.say({ type: "credit", req_id: this.#requestId, items: GRANT });
    }
    return reply;
  }

  close(isWhole: boolean): void {
    if (!this.#isClosed) {
      this.#isClosed = true;
      if (!isWhole && this.#error === undefined) {
        this.#line.say({ type: "cancel", req_id: this.#requestId });
      }
      this.#line.forget(this.#requestId);
      this.#leave();
      this.reject(new ConnectionLost("the stream was closed", this.#requestId));
    }
  }

  #come(): Promise<Reply> {
    if (this.#error !== undefined) {
      return Promise.reject(this.#error);
    }
    return new Promise((resolve, reject) => {
      this.#taker = { resolve, reject };
    });
  }
}

/** One attempt over HTTP: JSON comes as server-sent events, protobuf as messages behind their lengths. */
export async function exchange(url: string, init: RequestInit, call: unknown, given: typeof fetch): Promise<Response> {
  const { operation, requestId, deadline } = call as Call<unknown, unknown>;
  const headers = init.headers as Headers;
  const isJson = headers.get("accept") === JSON_CODEC.contentType;
  const codec = isJson ? JSON_CODEC : (await import("./protobuf_codec.ts")).PROTOBUF_CODEC;
  headers.set("accept", isJson ? "text/event-stream" : "application/x-protobuf-seq");
  if (shortenedTo(deadline) === undefined) {
    headers.delete("request-timeout-ms");
  }
  const response = await given(url, init);
  if (!response.ok || response.body === null) {
    return response;
  }
  const content = new HttpSource(codec, response.body.getReader(), isJson ? events() : messages(codec), operation.name, requestId);
  const arrayBuffer = async (): Promise<ArrayBuffer> => new ArrayBuffer(0);
  return { ok: true, status: response.status, headers: response.headers, arrayBuffer, content } as unknown as Response;
}

/** Cuts bytes into replies; throws Malformed. */
type Records = (chunk: Uint8Array) => Reply[];

class HttpSource implements Source {
  readonly codec: Codec;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #records: Records;
  readonly #name: string;
  readonly #requestId: string;
  readonly #ready: Reply[] = [];

  constructor(codec: Codec, reader: ReadableStreamDefaultReader<Uint8Array>, records: Records, name: string, requestId: string) {
    this.codec = codec;
    this.#reader = reader;
    this.#records = records;
    this.#name = name;
    this.#requestId = requestId;
  }

  async next(): Promise<Reply> {
    let reply = this.#ready.shift();
    while (reply === undefined) {
      const { value, done } = await this.#reader.read().catch((error: unknown) => {
        throw new ConnectionLost(`${this.#name} was cut: ${String(error)}`, this.#requestId, error);
      });
      if (done) {
        throw new ConnectionLost(`${this.#name} was cut`, this.#requestId);
      }
      this.#ready.push(...this.#cut(value));
      reply = this.#ready.shift();
    }
    return reply;
  }

  close(): void {
    this.#reader.cancel().catch(() => undefined);
  }

  #cut(chunk: Uint8Array): Reply[] {
    try {
      return this.#records(chunk);
    } catch (error) {
      throw error instanceof Malformed
        ? new InvalidResponse(`${this.#name} answered what cannot be read: ${error.message}`, this.#requestId)
        : error;
    }
  }
}

/** An event of another name is nothing. */
function events(): Records {
  const records = new ServerSentEvents();
  let offset = 0;
  const reply = ({ event, data }: ServerSent): Reply[] => {
    switch (event) {
      case "message":
        offset += 1;
        return [replied(0, parseJson(data), offset - 1)];
      case "end":
        return [replied(0, undefined, undefined)];
      case "problem": {
        const told = parseJson(data);
        return [replied(codeOfStatus(Number((told as { status?: unknown } | null)?.status ?? 500)), told, undefined)];
      }
    }
    return [];
  };
  return (chunk) => records.feed(chunk).flatMap(reply);
}

function messages(codec: Codec): Records {
  let left = new Uint8Array();
  return (chunk) => {
    left = bounded(joined(left, chunk));
    const found: Reply[] = [];
    for (let [start, end] = bounds(left); end <= left.length; [start, end] = bounds(left)) {
      const read = codec.read(left.slice(start, end));
      if (read.kind !== "reply") {
        throw new Malformed("a stream has replies alone");
      }
      found.push(read.reply);
      left = left.slice(end);
    }
    return found;
  };
}

/** Where the first message begins and ends; it is not there where that is not known yet. */
function bounds(bytes: Uint8Array): [number, number] {
  let length = 0;
  for (const [index, byte] of bytes.subarray(0, 5).entries()) {
    length += (byte & 0x7f) * 2 ** (7 * index);
    if (byte < 0x80) {
      return [index + 1, index + 1 + length];
    }
  }
  if (bytes.length >= 5) {
    throw new Malformed("a length has five bytes at most");
  }
  return [0, Infinity];
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function replied(status: number, data: unknown, offset: number | undefined): Reply {
  return { requestId: undefined, status, data, meta: undefined, offset };
}
