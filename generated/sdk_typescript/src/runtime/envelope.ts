/** The frames of the socket in protobuf, by tables as every record; `data` and `meta` stay bytes for the one who knows their types. */

import type { RecordTable } from "./schema.ts";

export interface RequestFrame {
  pkgId: number;
  reqId: string;
  data: Uint8Array;
  meta?: { timeoutMs?: number | undefined; traceparent?: string | undefined } | undefined;
}

/** A reply has a `statusCode`, a push has the nil UUID and none. */
export interface ResponseFrame {
  pkgId?: number;
  reqId?: string;
  data: Uint8Array;
  statusCode?: number;
  meta?: Uint8Array;
  topic?: string;
  offset?: number;
  epoch?: string;
}

export const REQUEST_FRAME: RecordTable<RequestFrame> = {
  fields: [
    { name: "pkgId", wire: "pkg_id", no: 1, kind: "int32" },
    { name: "reqId", wire: "req_id", no: 2, kind: "string" },
    { name: "data", no: 3, kind: "bytes" },
    { name: "meta", no: 4, kind: () => REQUEST_META, optional: true },
  ],
};

const REQUEST_META: RecordTable<{ timeoutMs?: number; traceparent?: string }> = {
  fields: [
    { name: "timeoutMs", wire: "timeout_ms", no: 1, kind: "int32", optional: true },
    { name: "traceparent", no: 2, kind: "string", optional: true },
  ],
};

export const RESPONSE_FRAME: RecordTable<ResponseFrame> = {
  fields: [
    { name: "pkgId", wire: "pkg_id", no: 1, kind: "int32", optional: true },
    { name: "reqId", wire: "req_id", no: 2, kind: "string", optional: true },
    { name: "data", no: 3, kind: "bytes" },
    { name: "statusCode", wire: "status_code", no: 4, kind: "int32", optional: true },
    { name: "meta", no: 5, kind: "bytes", optional: true },
    { name: "topic", no: 6, kind: "string", optional: true },
    { name: "offset", no: 7, kind: "safe", optional: true },
    { name: "epoch", no: 8, kind: "string", optional: true },
  ],
};

/** The body of a refusal, with the names of JSON. */
export interface ProblemFrame {
  type: string;
  title: string;
  status: number;
  detail?: string;
  code: string;
  errors: { pointer: string; message: string }[];
  trace_id: string;
  retry_after?: number;
  msg?: string;
}

export const PROBLEM_FRAME: RecordTable<ProblemFrame> = {
  fields: [
    { name: "type", no: 1, kind: "string" },
    { name: "title", no: 2, kind: "string" },
    { name: "status", no: 3, kind: "int32" },
    { name: "detail", no: 4, kind: "string", optional: true },
    { name: "code", no: 5, kind: "string" },
    { name: "errors", no: 6, kind: () => FIELD_ERROR, many: "list" },
    { name: "trace_id", no: 7, kind: "string" },
    { name: "retry_after", no: 8, kind: "int32", optional: true },
    { name: "msg", no: 9, kind: "string", optional: true },
  ],
};

const FIELD_ERROR: RecordTable<{ pointer: string; message: string }> = {
  fields: [
    { name: "pointer", no: 1, kind: "string" },
    { name: "message", no: 2, kind: "string" },
  ],
};

export interface PositionFrame {
  topic: string;
  epoch: string;
  offset: number;
  recovered: boolean;
}

/** `stele.control.v1.Position`. */
export const POSITION: RecordTable<PositionFrame> = {
  fields: [
    { name: "topic", no: 1, kind: "string" },
    { name: "epoch", no: 2, kind: "string" },
    { name: "offset", no: 3, kind: "safe" },
    { name: "recovered", no: 4, kind: "bool" },
  ],
};

/** `stele.control.v1.Topics`. */
export const TOPICS: RecordTable<{ topics: readonly string[]; positions: readonly PositionFrame[]; presence: readonly string[] }> = {
  fields: [
    { name: "topics", no: 1, kind: "string", many: "list" },
    { name: "positions", no: 2, kind: () => POSITION, many: "list" },
    { name: "presence", no: 3, kind: "string", many: "list" },
  ],
};

/** `stele.control.v1.Presence`. */
export const PRESENCE: RecordTable<{ topic: string; users: readonly string[]; count: number }> = {
  fields: [
    { name: "topic", no: 1, kind: "string" },
    { name: "users", no: 2, kind: "string", many: "list" },
    { name: "count", no: 3, kind: "int32" },
  ],
};

/** `stele.control.v1.Frames`. */
export const FRAMES: RecordTable<{ frames: readonly Uint8Array[] }> = { fields: [{ name: "frames", no: 1, kind: "bytes", many: "list" }] };

/** `google.protobuf.Int32Value`, in which a time travels, and a number of items. */
export const NUMBER: RecordTable<{ value: number }> = { fields: [{ name: "value", no: 1, kind: "int32" }] };
