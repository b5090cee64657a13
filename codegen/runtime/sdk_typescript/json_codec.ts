/** The JSON encoding of both doors. What comes in is read tolerantly: members that are unknown are left alone. */

import type { Codec, Members, Read } from "./codec.ts";
import { NIL } from "./codec.ts";
import { isMembers, parseJson, readJson, writeJson } from "./json.ts";
import { Malformed } from "./schema.ts";

export const JSON_CODEC: Codec = {
  encoding: "json",
  contentType: "application/json",
  body: (operation, input, skipped) => writeJson(operation.input(), input, skipped),
  answer: (operation, body) => readJson(needed(operation.output)(), parseJson(textOf(body))),
  request: ({ operation, input, requestId, traceparent }, timeoutMs) =>
    `{"pkg_id":${operation.pkgId ?? 0},"req_id":"${requestId}","meta":${JSON.stringify({ timeout_ms: timeoutMs, traceparent })},"data":${writeJson(operation.input(), input)}}`,
  say: (said) => JSON.stringify(said),
  frames: (message) => String(message).split("\n"),
  read,
  result: ({ output, list }, { data, meta }) =>
    readJson(needed(output)(), list === true ? { items: data, ...(meta === undefined ? {} : { meta }) } : data),
  event: (event, data) => readJson(event.output(), data),
};

/** A body as text; throws Malformed for what is no UTF-8. */
export function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(body);
  } catch {
    throw new Malformed("this is no UTF-8");
  }
}

/** Doors ask for a result only where there is one. */
function needed<T>(output: T | undefined): T {
  if (output === undefined) {
    throw new Malformed("there is content where there is none");
  }
  return output;
}

function read(frame: unknown): Read {
  const members = typeof frame === "string" ? parseJson(frame) : undefined;
  if (!isMembers(members)) {
    throw new Malformed("a frame is a JSON object");
  }
  const { type, req_id: requestId, status_code: status, data, meta, offset } = members;
  if (type !== undefined || (status === undefined && requestId === NIL)) {
    return control(type, members);
  }
  if (typeof status !== "number" || !(requestId === null || typeof requestId === "string")) {
    throw new Malformed("this is no reply");
  }
  return { kind: "reply", reply: { requestId: requestId ?? undefined, status, data, meta, offset: count(offset) } };
}

function control(type: unknown, members: Members): Read {
  switch (type) {
    case "auth_ok":
      return { kind: "authenticated" };
    case "auth.expiring":
      return { kind: "expiring" };
    case "server.draining":
      return { kind: "draining", afterMs: Math.max(0, count(members["reconnect_after_ms"]) || 0) };
    case "subscribed":
    case "unsubscribed":
      return { kind: "topics", members };
    default:
      return { kind: "told", members };
  }
}

/** Long integers come as texts of their digits. */
export function count(value: unknown): number | undefined {
  return typeof value === "number" || typeof value === "string" ? Number(value) : undefined;
}
