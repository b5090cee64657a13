/** The socket's protocol without its I/O: frames in, what they mean out; close codes and pauses as pure functions. */

import type { Call } from "./call.ts";
import { readAs, timeoutMs } from "./call.ts";
import { PROBLEM_FRAME, REQUEST_FRAME, RESPONSE_FRAME, TOPICS } from "./envelope.ts";
import type { ApiError, ClientError } from "./errors.ts";
import { AuthenticationLost, ConnectionLost, kindOfCode, makeError } from "./errors.ts";
import { parseJson, readJson, writeJson } from "./json.ts";
import type { Contract, Event } from "./operation.ts";
import type { Encoding } from "./options.ts";
import { decode, encode } from "./protobuf.ts";
import { AttemptFailed, outcomeOf } from "./retry.ts";
import { Malformed } from "./schema.ts";

const NIL = "00000000-0000-0000-0000-000000000000";
/** The req_id of control frames in protobuf: their answers are told apart by PkgID and order. */
const CONTROL = "00000000-0000-4000-8000-000000000000";
const AUTH = 60_000;
const EXPIRING = 60_001;
const CANCEL = 60_002;
const SUBSCRIBE = 60_003;
const UNSUBSCRIBE = 60_004;
const BASE_MS = 500;
const CAP_MS = 30_000;

export type Ending = "reconnect" | "renew" | "stop";
export type Frame = string | Uint8Array;

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

/** `status` 0 is success; then `data` is read by the operation, else it is a problem. */
export interface Reply {
  readonly requestId: string | undefined;
  readonly status: number;
  readonly data: unknown;
  readonly meta: unknown;
}

export interface Push {
  readonly pkgId: number;
  readonly data: unknown;
  readonly topic: string | undefined;
  readonly offset: number | undefined;
  readonly epoch: string | undefined;
}

export type Action =
  | { readonly kind: "reply"; readonly requestId: string; readonly reply: Reply }
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "refused"; readonly error: ApiError }
  | { readonly kind: "authenticated" | "topics" | "expiring" | "nothing" };

type Members = { readonly [name: string]: unknown };

export class Session {
  readonly #contract: Contract;
  readonly #isBinary: boolean;

  constructor(contract: Contract, encoding: Encoding) {
    this.#contract = contract;
    this.#isBinary = encoding === "protobuf";
  }

  get subprotocol(): string {
    const { json, protobuf } = this.#contract.subprotocols;
    return (this.#isBinary ? protobuf : json) ?? "";
  }

  request<I>(call: Call<I, unknown>): Frame {
    const { operation, input, requestId } = call;
    const pkgId = operation.pkgId ?? 0;
    const timeout = timeoutMs(call);
    if (this.#isBinary) {
      return encode(REQUEST_FRAME, { pkgId, reqId: requestId, data: encode(operation.input(), input), meta: { timeoutMs: timeout } });
    }
    const data = writeJson(operation.input(), input);
    return `{"pkg_id":${pkgId},"req_id":"${requestId}","meta":{"timeout_ms":${timeout}},"data":${data}}`;
  }

  authenticate(token: string): Frame {
    const bearer = `Bearer ${token}`;
    return this.#control(AUTH, CONTROL, new TextEncoder().encode(bearer), { type: "auth", token: bearer });
  }

  cancel(requestId: string): Frame {
    return this.#control(CANCEL, requestId, new Uint8Array(), { type: "cancel", req_id: requestId });
  }

  topics(topics: string[], join: boolean): Frame {
    const type = join ? "subscribe" : "unsubscribe";
    return this.#control(join ? SUBSCRIBE : UNSUBSCRIBE, CONTROL, this.#isBinary ? encode(TOPICS, { paths: topics }) : new Uint8Array(), { type, topics });
  }

  #control(pkgId: number, reqId: string, data: Uint8Array, json: object): Frame {
    return this.#isBinary ? encode(REQUEST_FRAME, { pkgId, reqId, data }) : JSON.stringify(json);
  }

  /** Throws Malformed for what is no frame of the contract. */
  feed(frame: unknown): Action {
    if (this.#isBinary) {
      if (!(frame instanceof ArrayBuffer || frame instanceof Uint8Array)) {
        throw new Malformed("a frame is binary");
      }
      return this.#feedBinary(frame instanceof Uint8Array ? frame : new Uint8Array(frame));
    }
    if (typeof frame !== "string") {
      throw new Malformed("a frame is text");
    }
    return this.#feedText(frame);
  }

  #feedText(text: string): Action {
    const frame = parseJson(text);
    if (typeof frame !== "object" || frame === null || Array.isArray(frame)) {
      throw new Malformed("a frame is a JSON object");
    }
    const { type, pkg_id: pkgId, req_id: reqId, status_code: status, data, meta, topic, offset, epoch } = frame as Members;
    if (type !== undefined) {
      return control(type);
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
    return this.#reply({ requestId: reqId ?? undefined, status, data, meta });
  }

  #feedBinary(bytes: Uint8Array): Action {
    const { pkgId, reqId, data, statusCode, meta, topic, offset, epoch } = decode(RESPONSE_FRAME, bytes);
    if (pkgId === EXPIRING) {
      return { kind: "expiring" };
    }
    if (statusCode === undefined) {
      if (reqId !== NIL || pkgId === undefined) {
        throw new Malformed("a frame without a status_code is a push");
      }
      return { kind: "push", push: { pkgId, data, topic: topic || undefined, offset, epoch: epoch || undefined } };
    }
    const problem = statusCode === 0 ? data : decode(PROBLEM_FRAME, data);
    if (pkgId !== undefined && pkgId >= AUTH && statusCode === 0) {
      return { kind: pkgId === AUTH ? "authenticated" : "topics" };
    }
    return this.#reply({ requestId: pkgId !== undefined && pkgId >= AUTH ? undefined : reqId, status: statusCode, data: problem, meta });
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
      if (this.#isBinary) {
        return decode(output(), reply.data as Uint8Array, reply.meta as Uint8Array | undefined);
      }
      const value = list === true ? { items: reply.data, ...(reply.meta === undefined ? {} : { meta: reply.meta }) } : reply.data;
      return readJson(output(), value);
    });
  }

  /** Throws Malformed. */
  event<T>(event: Event<T>, push: Push): T {
    return this.#isBinary ? decode(event.output(), push.data as Uint8Array) : readJson(event.output(), push.data);
  }

  #refusal(reply: Reply, requestId: string | undefined): ApiError {
    const problem = typeof reply.data === "object" && reply.data !== null ? (reply.data as Members) : {};
    return makeError(this.#contract.errors, problem, kindOfCode(reply.status), requestId);
  }
}

function control(type: unknown): Action {
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
