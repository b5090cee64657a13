/** The socket's protocol without its I/O: frames in, what they mean out; close codes and pauses as pure functions. */

import type { Call } from "./call.ts";
import { readAs, timeoutMs } from "./call.ts";
import type { ApiError, ClientError } from "./errors.ts";
import { AuthenticationLost, ConnectionLost, kindOfCode, makeError } from "./errors.ts";
import { parseJson, readJson, writeJson } from "./json.ts";
import type { Action, Control, Frame, Incoming, Push, Reply } from "./frames.ts";
import { NIL } from "./frames.ts";
import type { Contract, Event } from "./operation.ts";
import type { Encoding } from "./options.ts";
import { AttemptFailed, outcomeOf } from "./retry.ts";
import { Malformed } from "./schema.ts";

export type { Action, Frame, Push, Reply } from "./frames.ts";

const BASE_MS = 500;
const CAP_MS = 30_000;

export type Ending = "reconnect" | "renew" | "stop";

/** 4401 and 4501 ask for a new token, once in a row; of the others 4500 to 4999 are final. */
export function afterClose(code: number, renewed: boolean): Ending {
  if (code === 4401 || code === 4501) {
    return renewed ? "stop" : "renew";
  }
  return code >= 4500 && code <= 4999 ? "stop" : "reconnect";
}

/** A handshake that was answered over HTTP, where the platform says so. */
export function afterRefusal(status: number, renewed: boolean): Ending {
  if (status === 401) {
    return renewed ? "stop" : "renew";
  }
  return status >= 500 || status === 408 || status === 425 || status === 429 ? "reconnect" : "stop";
}

/** Why a socket stays closed. */
export function unwanted(code: number): ClientError {
  const isToken = code === 401 || code === 4401 || code === 4501;
  return isToken
    ? new AuthenticationLost(`the server does not take the token (${code})`)
    : new ConnectionLost(`the server does not want this socket again (${code})`);
}

/** The pause after so many connections in a row that did not last (from 0), with full jitter. */
export function reconnectMs(failures: number): number {
  return Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** failures);
}

type Members = { readonly [name: string]: unknown };
type Binary = typeof import("./binary.ts");

export class Session {
  readonly #contract: Contract;
  readonly #encoding: Encoding;
  #binary: Binary | undefined;

  constructor(contract: Contract, encoding: Encoding) {
    this.#contract = contract;
    this.#encoding = encoding;
  }

  /** To be awaited before the first frame. */
  async load(): Promise<void> {
    if (this.#encoding === "protobuf") {
      this.#binary ??= await import("./binary.ts");
    }
  }

  get subprotocol(): string {
    const { json, protobuf } = this.#contract.subprotocols;
    return (this.#encoding === "protobuf" ? protobuf : json) ?? "";
  }

  request<I>(call: Call<I, unknown>): Frame {
    const { operation, input, requestId } = call;
    const timeout = timeoutMs(call);
    if (this.#binary) {
      return this.#binary.requestFrame(call, timeout);
    }
    const data = writeJson(operation.input(), input);
    return `{"pkg_id":${operation.pkgId ?? 0},"req_id":"${requestId}","meta":{"timeout_ms":${timeout}},"data":${data}}`;
  }

  authenticate(token: string): Frame {
    return this.#control({ type: "auth", token: `Bearer ${token}` });
  }

  cancel(requestId: string): Frame {
    return this.#control({ type: "cancel", req_id: requestId });
  }

  topics(topics: string[], join: boolean): Frame {
    return this.#control({ type: join ? "subscribe" : "unsubscribe", topics });
  }

  #control(control: Control): Frame {
    return this.#binary?.controlFrame(control) ?? JSON.stringify(control);
  }

  /** Throws Malformed for what is no frame of the contract. */
  feed(frame: unknown): Action {
    const incoming = this.#binary ? this.#binary.readFrame(frame) : readText(frame);
    return incoming.kind === "answer" ? this.#reply(incoming.reply) : incoming;
  }

  #reply(reply: Reply): Action {
    const { requestId } = reply;
    return requestId === undefined
      ? { kind: "refused", error: this.#refusal(reply, undefined) }
      : { kind: "reply", requestId, reply };
  }

  /** The typed result of a reply; throws AttemptFailed. */
  result<I, O>(call: Call<I, O>, reply: Reply): O {
    if (reply.status !== 0) {
      const error = this.#refusal(reply, call.requestId);
      throw new AttemptFailed(outcomeOf(error), error);
    }
    const { output, list } = call.operation;
    if (output === undefined) {
      return undefined as O;
    }
    return readAs(call, () => {
      if (this.#binary) {
        return this.#binary.decode(output(), reply.data as Uint8Array, reply.meta as Uint8Array | undefined);
      }
      const value = list === true ? { items: reply.data, ...(reply.meta === undefined ? {} : { meta: reply.meta }) } : reply.data;
      return readJson(output(), value);
    });
  }

  /** Throws Malformed. */
  event<T>(event: Event<T>, push: Push): T {
    const table = event.output();
    return this.#binary ? this.#binary.decode(table, push.data as Uint8Array) : readJson(table, push.data);
  }

  #refusal(reply: Reply, requestId: string | undefined): ApiError {
    const problem = typeof reply.data === "object" && reply.data !== null ? (reply.data as Members) : {};
    return makeError(this.#contract.errors, problem, kindOfCode(reply.status), requestId);
  }
}

function readText(text: unknown): Incoming {
  if (typeof text !== "string") {
    throw new Malformed("a frame is text");
  }
  const frame = parseJson(text);
  if (typeof frame !== "object" || frame === null || Array.isArray(frame)) {
    throw new Malformed("a frame is a JSON object");
  }
  const { type, pkg_id: pkgId, req_id: reqId, status_code: status, data, meta, topic, offset, epoch } = frame as Members;
  if (type !== undefined) {
    return controlled(type);
  }
  if (status === undefined) {
    if (reqId !== NIL || typeof pkgId !== "number") {
      throw new Malformed("a frame without a status_code is a push");
    }
    return { kind: "push", push: { pkgId, data, topic: text_(topic), offset: number_(offset), epoch: text_(epoch) } };
  }
  if (typeof status !== "number" || !(reqId === null || typeof reqId === "string")) {
    throw new Malformed("status_code is a number and req_id a text");
  }
  return { kind: "answer", reply: { requestId: reqId ?? undefined, status, data, meta } };
}

function controlled(type: unknown): Incoming {
  switch (type) {
    case "auth_ok":
      return { kind: "authenticated" };
    case "auth.expiring":
      return { kind: "expiring" };
    case "subscribed":
    case "unsubscribed":
      return { kind: "topics" };
  }
  return { kind: "nothing" };
}

function text_(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number_(value: unknown): number | undefined {
  return typeof value === "number" ? value : typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined;
}
