/**
 * The protobuf encoding of both doors. Control frames have PkgIDs from 60000 on; `data` of an event or a reply is its message.
 *
 * Imported only where protobuf is wanted, so that bundlers leave it in a file of its own.
 */

import type { Codec, Read, Start } from "./codec.ts";
import { NIL } from "./codec.ts";
import { NUMBER, POSITION, PROBLEM_FRAME, REQUEST_FRAME, RESPONSE_FRAME, TOPICS } from "./envelope.ts";
import { decode, encode } from "./protobuf.ts";
import { Malformed } from "./schema.ts";

/** The req_id of control frames: their answers are told apart by PkgID and order. */
const CONTROL = "00000000-0000-4000-8000-000000000000";
const AUTH = 60_000;
const EXPIRING = 60_001;
const CANCEL = 60_002;
const SUBSCRIBE = 60_003;
const UNSUBSCRIBE = 60_004;
const CREDIT = 60_006;
const MISSED = 60_007;
const DRAINING = 60_010;

export const PROTOBUF_CODEC: Codec = {
  encoding: "protobuf",
  contentType: "application/x-protobuf",
  body: (operation, input) => encode(operation.input(), input),
  answer: (operation, body) => decode(needed(operation.output)(), body),
  request: (operation, input, reqId, timeoutMs) =>
    encode(REQUEST_FRAME, { pkgId: operation.pkgId ?? 0, reqId, data: encode(operation.input(), input), meta: { timeoutMs } }),
  authenticate: (token) => control(AUTH, CONTROL, new TextEncoder().encode(`Bearer ${token}`)),
  cancel: (requestId) => control(CANCEL, requestId, new Uint8Array()),
  credit: (requestId, value) => control(CREDIT, requestId, encode(NUMBER, { value })),
  subscribe: (topics, after) => {
    const positions = [...after].map(([topic, { epoch, offset }]) => ({ topic, epoch, offset, recovered: false }));
    return control(SUBSCRIBE, CONTROL, encode(TOPICS, { topics, positions }));
  },
  unsubscribe: (topics) => control(UNSUBSCRIBE, CONTROL, encode(TOPICS, { topics, positions: [] })),
  read,
  result: (operation, { data, meta }) => decode(needed(operation.output)(), data as Uint8Array, meta as Uint8Array | undefined),
  event: (event, push) => decode(event.output(), push.data as Uint8Array),
};

function control(pkgId: number, reqId: string, data: Uint8Array): Uint8Array {
  return encode(REQUEST_FRAME, { pkgId, reqId, data });
}

function needed<T>(output: T | undefined): T {
  if (output === undefined) {
    throw new Malformed("there is content where there is none");
  }
  return output;
}

function read(frame: unknown): Read {
  if (!(frame instanceof ArrayBuffer || frame instanceof Uint8Array)) {
    throw new Malformed("a frame is binary");
  }
  const bytes = frame instanceof Uint8Array ? frame : new Uint8Array(frame);
  const { pkgId, reqId, data, statusCode, meta, topic, offset, epoch } = decode(RESPONSE_FRAME, bytes);
  if (pkgId === EXPIRING) {
    return { kind: "expiring" };
  }
  if (pkgId === MISSED) {
    const place = decode(POSITION, data);
    return { kind: "missed", topic: place.topic, position: { epoch: place.epoch, offset: place.offset } };
  }
  if (pkgId === DRAINING) {
    return { kind: "draining", afterMs: Math.max(0, decode(NUMBER, data).value) };
  }
  if (statusCode === undefined) {
    if (reqId !== NIL || pkgId === undefined) {
      throw new Malformed("a frame without a status_code is a push");
    }
    return { kind: "push", push: { pkgId, data, topic: topic || undefined, offset, epoch: epoch || undefined } };
  }
  const isControl = pkgId !== undefined && pkgId >= AUTH;
  if (isControl && statusCode === 0) {
    return pkgId === AUTH ? { kind: "authenticated" } : { kind: "topics", starts: starts(data) };
  }
  const told = statusCode === 0 ? data : decode(PROBLEM_FRAME, data);
  return { kind: "reply", reply: { requestId: isControl ? undefined : reqId, status: statusCode, data: told, meta, offset } };
}

function starts(data: Uint8Array): Start[] {
  return decode(TOPICS, data).positions.map(({ topic, epoch, offset, recovered }) => ({
    topic,
    position: epoch === "" ? undefined : { epoch, offset },
    recovered,
  }));
}
