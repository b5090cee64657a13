/** The bytes of a protobuf message, field by field beside what they mean. */

import { Reader } from "@runtime/wire.ts";
import type { Field, Kind, Table } from "@runtime/schema.ts";

/** Some bytes: of a tag with its value, or of what comes before an inner message. */
export interface Piece {
  readonly bytes: Uint8Array;
  readonly depth: number;
  readonly label: string;
  readonly meaning: string;
}

export type Shape = Table<unknown> | undefined;

const WIRE_TYPES = ["varint", "64 bits", "length", "group", "end of group", "32 bits"];
const MAX_TEXT = 60;

/** `inner` may give the shape of a field of bytes that is a message itself, as `data` of a frame is. */
export function dissect(bytes: Uint8Array, shape: Shape, inner: (field: string) => Shape = () => undefined, depth = 0): Piece[] {
  const reader = new Reader(bytes);
  const pieces: Piece[] = [];
  while (reader.position < bytes.length) {
    const start = reader.position;
    const tag = reader.tag();
    const [number, wire] = [tag >>> 3, tag & 7];
    const field = fieldOf(shape, number);
    const label = `${number}: ${field?.label ?? "unknown"}`;
    if (wire === 2) {
      const begin = reader.span();
      const content = bytes.subarray(begin, reader.position);
      const below = field?.shape ?? (field ? inner(field.label) : undefined);
      if (below !== undefined) {
        pieces.push({ bytes: bytes.subarray(start, begin), depth, label, meaning: `${content.length} bytes` });
        pieces.push(...dissect(content, below, () => undefined, depth + 1));
      } else {
        pieces.push({ bytes: bytes.subarray(start, reader.position), depth, label, meaning: ofLength(content, field?.kind) });
      }
    } else {
      const meaning = ofNumber(reader, tag, bytes, field?.kind);
      pieces.push({ bytes: bytes.subarray(start, reader.position), depth, label, meaning });
    }
  }
  return pieces;
}

interface Found {
  readonly label: string;
  readonly kind: Kind | undefined;
  readonly shape: Shape;
}

function fieldOf(shape: Shape, number: number): Found | undefined {
  if (shape === undefined) {
    return undefined;
  }
  if ("arms" in shape) {
    const arm = shape.arms.find((one) => one.no === number);
    return arm && { label: arm.tag, kind: undefined, shape: arm.record() };
  }
  const field = shape.fields.find((one) => one.no === number);
  return field && { label: field.wire ?? field.name, kind: field.kind, shape: below(field) };
}

/** The message that stands for a field's value, where it is one. */
function below(field: Field): Shape {
  const value = { name: "value", no: field.many === "map" ? 2 : 1, kind: field.kind } as Field;
  if (field.many === "map") {
    return { fields: [{ name: "key", no: 1, kind: "string" }, value] };
  }
  if (typeof field.kind === "function") {
    return field.kind();
  }
  if (field.wrapped) {
    return { fields: [value] };
  }
  return field.kind === "moment" || field.kind === "duration" ? { fields: [{ name: "seconds", no: 1, kind: "int64" }, { name: "nanos", no: 2, kind: "int32" }] } : undefined;
}

function ofNumber(reader: Reader, tag: number, bytes: Uint8Array, kind: Kind | undefined): string {
  const wire = tag & 7;
  if (wire !== 0) {
    const start = reader.position;
    reader.skip(tag);
    const isDouble = wire === 1 && kind === "double";
    return isDouble ? String(new DataView(bytes.buffer, bytes.byteOffset + start, 8).getFloat64(0, true)) : (WIRE_TYPES[wire] ?? "");
  }
  if (kind === "bool") {
    return String(reader.bool());
  }
  const number = reader.int64();
  if (typeof kind === "object") {
    return Object.entries(kind.members).find(([, one]) => BigInt(one) === number)?.[0] ?? String(number);
  }
  return String(number);
}

function ofLength(content: Uint8Array, kind: Kind | undefined): string {
  const isText = kind === "string" || kind === undefined;
  const text = isText ? textOf(content) : undefined;
  if (text === undefined) {
    return `${content.length} bytes`;
  }
  return JSON.stringify(text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text);
}

function textOf(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

export function hex(bytes: Uint8Array, most = 24): string {
  const shown = Array.from(bytes.subarray(0, most), (byte) => byte.toString(16).padStart(2, "0")).join(" ");
  return bytes.length > most ? `${shown} … ${bytes.length - most} more` : shown;
}
