/** What frames there are in a message, and what each says of itself, in either encoding. */

import { REQUEST_FRAME, RESPONSE_FRAME } from "@runtime/envelope.ts";
import { parseJson } from "@runtime/json.ts";
import { JSON_CODEC } from "@runtime/json_codec.ts";
import { decode } from "@runtime/protobuf.ts";
import { PROTOBUF_CODEC } from "@runtime/protobuf_codec.ts";
import { BUNDLED } from "@runtime/session.ts";
import type { Body } from "./recorder.ts";

export interface FrameFacts {
  readonly pkgId: number | undefined;
  readonly requestId: string | undefined;
  readonly status: number | undefined;
  /** Of a control frame. */
  readonly type: string | undefined;
  readonly topic: string | undefined;
  readonly offset: number | undefined;
}

const NOTHING: FrameFacts = { pkgId: undefined, requestId: undefined, status: undefined, type: undefined, topic: undefined, offset: undefined };

/** Of a message from the server, in order: there may be several where the subprotocol says so. One that cannot be read is shown as it is. */
export function framesOf(message: Body, subprotocol: string): readonly Body[] {
  if (!subprotocol.endsWith(BUNDLED)) {
    return [message];
  }
  const codec = typeof message === "string" ? JSON_CODEC : PROTOBUF_CODEC;
  try {
    return codec.frames(message) as Body[];
  } catch {
    return [message];
  }
}

/** Requests and replies have the same numbers for what both have. */
export function factsOf(frame: Body): FrameFacts {
  try {
    return typeof frame === "string" ? ofJson(frame) : ofProtobuf(frame);
  } catch {
    return NOTHING;
  }
}

function ofJson(frame: string): FrameFacts {
  const { pkg_id, req_id, status_code, type, topic, offset } = parseJson(frame) as { [name: string]: unknown };
  return {
    pkgId: typeof pkg_id === "number" ? pkg_id : undefined,
    requestId: typeof req_id === "string" ? req_id : undefined,
    status: typeof status_code === "number" ? status_code : undefined,
    type: typeof type === "string" ? type : undefined,
    topic: typeof topic === "string" ? topic : undefined,
    offset: offset === undefined ? undefined : Number(offset),
  };
}

function ofProtobuf(frame: Uint8Array): FrameFacts {
  try {
    const { pkgId, reqId, statusCode, topic, offset } = decode(RESPONSE_FRAME, frame);
    return { ...NOTHING, pkgId, requestId: reqId, status: statusCode, topic: topic || undefined, offset };
  } catch {
    const { pkgId, reqId } = decode(REQUEST_FRAME, frame);
    return { ...NOTHING, pkgId, requestId: reqId };
  }
}
