/**
 * The protobuf encoding of both doors. Control frames have PkgIDs from 60000 on; `data` of an event or a reply is its message.
 *
 * Imported only where protobuf is wanted, so that bundlers leave it in a file of its own.
 */

import type { Codec, Read, Said } from "./codec.ts";
import { NIL } from "./codec.ts";
import { FRAMES, NUMBER, POSITION, PRESENCE, PROBLEM_FRAME, REQUEST_FRAME, RESPONSE_FRAME, TOPICS } from "./envelope.ts";
import { decode, encode } from "./protobuf.ts";
import { Malformed } from "./schema.ts";

/** The req_id of control frames: their answers are told apart by PkgID and order. */
const CONTROL = "00000000-0000-4000-8000-000000000000";
const AUTH = 60_000;
const EXPIRING = 60_001;
const CANCEL = 60_002;
const TOPICS_OF = { subscribe: 60_003, unsubscribe: 60_004 };
const CREDIT = 60_006;
const MISSED = 60_007;
const DRAINING = 60_010;
const ATTENDANCE: { readonly [pkgId: number]: string } = { 60_011: "topic.present", 60_012: "topic.joined", 60_013: "topic.left" };

export const PROTOBUF_CODEC: Codec = {
  encoding: "protobuf",
  contentType: "application/x-protobuf",
  body: (operation, input) => encode(operation.input(), input),
  answer: (operation, body) => decode(needed(operation.output)(), body),
  request: ({ operation, input, requestId: reqId, traceparent }, timeoutMs) =>
    encode(REQUEST_FRAME, { pkgId: operation.pkgId ?? 0, reqId, data: encode(operation.input(), input), meta: { timeoutMs, traceparent } }),
  say,
  frames: (message) => decode(FRAMES, bytesOf(message)).frames,
  read,
  result: (operation, { data, meta }) => decode(needed(operation.output)(), data as Uint8Array, meta as Uint8Array | undefined),
  event: (event, data) => decode(event.output(), data as Uint8Array),
};

function say(said: Said): Uint8Array {
  switch (said.type) {
    case "auth":
      return control(AUTH, CONTROL, new TextEncoder().encode(said.token));
    case "cancel":
      return control(CANCEL, said.req_id, new Uint8Array());
    case "credit":
      return control(CREDIT, said.req_id, encode(NUMBER, { value: said.items }));
    default: {
      const { type, topics, positions = [], presence = [] } = said;
      const places = positions.map((place) => ({ ...place, recovered: false }));
      return control(TOPICS_OF[type], CONTROL, encode(TOPICS, { topics, positions: places, presence }));
    }
  }
}

function control(pkgId: number, reqId: string, data: Uint8Array): Uint8Array {
  return encode(REQUEST_FRAME, { pkgId, reqId, data });
}

function needed<T>(output: T | undefined): T {
  if (output === undefined) {
    throw new Malformed("there is content where there is none");
  }
  return output;
}

function bytesOf(frame: unknown): Uint8Array {
  if (!(frame instanceof ArrayBuffer || frame instanceof Uint8Array)) {
    throw new Malformed("a frame is binary");
  }
  return frame instanceof Uint8Array ? frame : new Uint8Array(frame);
}

function read(frame: unknown): Read {
  const { pkgId, reqId, data, statusCode, meta, topic, offset, epoch } = decode(RESPONSE_FRAME, bytesOf(frame));
  const unasked = pkgId === undefined ? undefined : told(pkgId, data);
  if (unasked !== undefined) {
    return unasked;
  }
  if (statusCode === undefined) {
    if (reqId !== NIL || pkgId === undefined) {
      throw new Malformed("a frame without a status_code is a push");
    }
    return { kind: "told", members: { pkg_id: pkgId, data, topic: topic || undefined, offset, epoch } };
  }
  const isControl = pkgId !== undefined && pkgId >= AUTH;
  if (isControl && statusCode === 0) {
    return pkgId === AUTH ? { kind: "authenticated" } : { kind: "topics", members: { ...decode(TOPICS, data) } };
  }
  const answer = statusCode === 0 ? data : decode(PROBLEM_FRAME, data);
  return { kind: "reply", reply: { requestId: isControl ? undefined : reqId, status: statusCode, data: answer, meta, offset } };
}

/** A control frame that answers nothing. */
function told(pkgId: number, data: Uint8Array): Read | undefined {
  switch (pkgId) {
    case EXPIRING:
      return { kind: "expiring" };
    case DRAINING:
      return { kind: "draining", afterMs: Math.max(0, decode(NUMBER, data).value) };
    case MISSED:
      return { kind: "told", members: { type: "topic.missed", ...decode(POSITION, data) } };
    default: {
      const type = ATTENDANCE[pkgId];
      return type === undefined ? undefined : { kind: "told", members: { type, ...decode(PRESENCE, data) } };
    }
  }
}
