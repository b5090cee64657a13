/** The JSON encoding of both doors. What comes in is read tolerantly: members that are unknown are left alone. */

import type { Codec, Position, Read, Start } from "./codec.ts";
import { NIL } from "./codec.ts";
import { isMembers, parseJson, readJson, writeJson } from "./json.ts";
import { Malformed } from "./schema.ts";

type Members = { readonly [name: string]: unknown };

export const JSON_CODEC: Codec = {
  encoding: "json",
  contentType: "application/json",
  body: (operation, input, skipped) => writeJson(operation.input(), input, skipped),
  answer: (operation, body) => readJson(needed(operation.output)(), parseJson(textOf(body))),
  request: (operation, input, requestId, timeoutMs) =>
    `{"pkg_id":${operation.pkgId ?? 0},"req_id":"${requestId}","meta":${JSON.stringify({ timeout_ms: timeoutMs })},"data":${writeJson(operation.input(), input)}}`,
  authenticate: (token) => JSON.stringify({ type: "auth", token: `Bearer ${token}` }),
  cancel: (requestId) => JSON.stringify({ type: "cancel", req_id: requestId }),
  credit: (requestId, items) => JSON.stringify({ type: "credit", req_id: requestId, items }),
  subscribe: (topics, after) => {
    const positions = after.size > 0 ? [...after].map(([topic, place]) => ({ topic, ...place })) : undefined;
    return JSON.stringify({ type: "subscribe", topics, positions });
  },
  unsubscribe: (topics) => JSON.stringify({ type: "unsubscribe", topics }),
  read,
  result: ({ output, list }, { data, meta }) =>
    readJson(needed(output)(), list === true ? { items: data, ...(meta === undefined ? {} : { meta }) } : data),
  event: (event, push) => readJson(event.output(), push.data),
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
  const { type, pkg_id: pkgId, req_id: requestId, status_code: status, data, meta, topic, offset, epoch } = members;
  if (type !== undefined) {
    return control(String(type), members);
  }
  if (status === undefined && requestId === NIL && typeof pkgId === "number") {
    return { kind: "push", push: { pkgId, data, topic: text(topic), offset: count(offset), epoch: text(epoch) } };
  }
  if (typeof status !== "number" || !(requestId === null || typeof requestId === "string")) {
    throw new Malformed("this is no reply");
  }
  return { kind: "reply", reply: { requestId: requestId ?? undefined, status, data, meta, offset: count(offset) } };
}

function control(type: string, members: Members): Read {
  switch (type) {
    case "auth_ok":
      return { kind: "authenticated" };
    case "auth.expiring":
      return { kind: "expiring" };
    case "server.draining":
      return { kind: "draining", afterMs: Math.max(0, count(members["reconnect_after_ms"]) || 0) };
    case "subscribed":
    case "unsubscribed":
      return { kind: "topics", starts: Array.isArray(members["positions"]) ? members["positions"].map(start) : [] };
    case "topic.missed": {
      const { topic, position } = start(members);
      return position === undefined ? { kind: "nothing" } : { kind: "missed", topic, position };
    }
    default:
      return { kind: "nothing" };
  }
}

function start(value: unknown): Start {
  const { topic, epoch, offset, recovered } = (value ?? {}) as Members;
  const known = text(epoch);
  const position: Position | undefined = known ? { epoch: known, offset: count(offset) ?? 0 } : undefined;
  return { topic: text(topic) ?? "", position, recovered: recovered === true };
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Long integers come as texts of their digits. */
function count(value: unknown): number | undefined {
  return typeof value === "number" || typeof value === "string" ? Number(value) : undefined;
}
