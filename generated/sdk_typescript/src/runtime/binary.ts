/** Protobuf's half of both doors. It is imported when it is first wanted, so that who speaks JSON does not load it. */

import type { Call } from "./call.ts";
import { PROBLEM_FRAME, REQUEST_FRAME, RESPONSE_FRAME, TOPICS } from "./envelope.ts";
import type { Control, Incoming } from "./frames.ts";
import { NIL } from "./frames.ts";
import { decode, encode } from "./protobuf.ts";
import { Malformed } from "./schema.ts";

export { decode, encode } from "./protobuf.ts";

/** The req_id of control frames: their answers are told apart by PkgID and order. */
const CONTROL = "00000000-0000-4000-8000-000000000000";
const AUTH = 60_000;
const EXPIRING = 60_001;
const CONTROL_IDS = { auth: AUTH, cancel: 60_002, subscribe: 60_003, unsubscribe: 60_004 } as const;

export function requestFrame<I>({ operation, input, requestId }: Call<I, unknown>, timeoutMs: number): Uint8Array {
  const data = encode(operation.input(), input);
  return encode(REQUEST_FRAME, { pkgId: operation.pkgId ?? 0, reqId: requestId, data, meta: { timeoutMs } });
}

export function controlFrame(control: Control): Uint8Array {
  const reqId = control.type === "cancel" ? control.req_id : CONTROL;
  return encode(REQUEST_FRAME, { pkgId: CONTROL_IDS[control.type], reqId, data: controlData(control) });
}

function controlData(control: Control): Uint8Array {
  switch (control.type) {
    case "auth":
      return new TextEncoder().encode(control.token);
    case "cancel":
      return new Uint8Array();
  }
  return encode(TOPICS, { paths: control.topics });
}

/** Throws Malformed for what is no frame of the contract. */
export function readFrame(frame: unknown): Incoming {
  if (!(frame instanceof ArrayBuffer || frame instanceof Uint8Array)) {
    throw new Malformed("a frame is binary");
  }
  const bytes = frame instanceof Uint8Array ? frame : new Uint8Array(frame);
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
  const isControl = pkgId !== undefined && pkgId >= AUTH;
  if (isControl && statusCode === 0) {
    return { kind: pkgId === AUTH ? "authenticated" : "topics" };
  }
  const told = statusCode === 0 ? data : decode(PROBLEM_FRAME, data);
  return { kind: "answer", reply: { requestId: isControl ? undefined : reqId, status: statusCode, data: told, meta } };
}
