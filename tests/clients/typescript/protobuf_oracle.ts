/**
 * Our codec against @bufbuild/protobuf, on random messages of a contract.
 *
 * Run by `test_typescript_codec.py` with the folder of an emitted package, its descriptors and the names of its messages.
 * Every message is born here at random, written by bufbuild, disturbed in ways that protobuf allows, and read by both;
 * `project` says, from bufbuild's message and the table alone, which value our reader must give. Prints what differed.
 */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const [folder, modules, descriptors, names, rounds] = process.argv.slice(2) as [string, string, string, string, string];
const buf = await import(`${modules}/@bufbuild/protobuf/dist/esm/index.js`);
const wkt = await import(`${modules}/@bufbuild/protobuf/dist/esm/wkt/index.js`);
const { reflect } = await import(`${modules}/@bufbuild/protobuf/dist/esm/reflect/index.js`);
const { decode, encode } = await import(`${folder}/src/runtime/protobuf.ts`);
const { readJson, writeJson, parseJson } = await import(`${folder}/src/runtime/json.ts`);
const { momentText, durationText } = await import(`${folder}/src/runtime/scalars.ts`);
const { Malformed } = await import(`${folder}/src/runtime/schema.ts`);
const tables = await import(`${folder}/src/tables.ts`);
const registry = buf.createFileRegistry(buf.fromBinary(wkt.FileDescriptorSetSchema, readFileSync(descriptors)));

let seed = 20261123;
const random = (): number => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 4294967296;
};
const below = (limit: number): number => Math.floor(random() * limit);
const pick = <T>(items: readonly T[]): T => items[below(items.length)] as T;
const counts: Record<string, number> = {};
const faults: string[] = [];
const count = (name: string): void => {
  counts[name] = (counts[name] ?? 0) + 1;
};

// A random message. Texts that begin with U+FEFF are for Python to judge: bufbuild cuts it off.

const TEXTS = ["", "a", "Grüße", "世界 😀", "\u0000", "\u2028\"\\", "x".repeat(200), "constructor", "__proto__"];
const DOUBLES = [0, -0, 1.5, NaN, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE, 1e21, 0.1];
const INT32 = [0, 1, -1, 127, 128, -(2 ** 31), 2 ** 31 - 1, 300, 16384];
const INT64 = [0n, 1n, -1n, 2n ** 31n, -(2n ** 31n), 2n ** 53n - 1n, 1n - 2n ** 53n, 2n ** 32n, 12345678901234n];
const WIDE = [...INT64, 2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n];

function scalarOf(field: any): unknown {
  switch (field.scalar) {
    case buf.ScalarType.STRING:
      return pick(TEXTS);
    case buf.ScalarType.BYTES:
      return Uint8Array.from({ length: pick([0, 1, 3, 200]) }, () => below(256));
    case buf.ScalarType.DOUBLE:
      return pick(DOUBLES);
    case buf.ScalarType.BOOL:
      return random() < 0.5;
    case buf.ScalarType.INT32:
      return pick(INT32);
    case buf.ScalarType.INT64:
      return pick(random() < 0.1 ? WIDE : INT64);
  }
  throw new Error(`unforeseen scalar ${field.scalar}`);
}

function enumOf(type: any): number {
  return random() < 0.1 ? 77 : pick(type.values as any[]).number;
}

/** How many messages one may still hold; deep ones are flat then. */
let left = 0;

function messageOf(type: any, depth: number): any {
  left = depth === 0 ? 40 : left - 1;
  const message = buf.create(type);
  if (type.typeName === "google.protobuf.Timestamp") {
    const seconds = pick([0n, 1n, -1n, 1700000000n, -62135596800n, 253402300799n]);
    return Object.assign(message, { seconds, nanos: pick([0, 1000, 120000000, 999999999, 5]) });
  }
  if (type.typeName === "google.protobuf.Duration") {
    const sign = pick([1, -1]);
    const nanos = pick([0, 1000, 120000000, 999999999, 5]);
    return Object.assign(message, { seconds: BigInt(sign * pick([0, 1, 59, 86400, 86401, 400 * 86400])), nanos: sign * nanos + 0 });
  }
  const found = reflect(type, message);
  for (const field of type.fields) {
    if (field.oneof === undefined && (random() < 0.75 || (field.message !== undefined && field.fieldKind === "message"))) {
      fill(found, field, depth);
    }
  }
  for (const oneof of type.oneofs) {
    if (random() < 0.97) {
      const flat = oneof.fields.filter((one: any) => one.message.fields.every((inner: any) => inner.fieldKind !== "message"));
      fill(found, pick((depth > 3 || left < 0) && flat.length > 0 ? flat : oneof.fields), depth);
    }
  }
  return message;
}

function fill(found: any, field: any, depth: number): void {
  const deep = depth > 4 || left < 0;
  if (field.fieldKind === "list") {
    for (let more = deep ? 0 : below(4); more > 0; more--) {
      found.get(field).add(single(field, field.listKind, depth));
    }
  } else if (field.fieldKind === "map") {
    for (let more = deep ? 0 : below(3); more > 0; more--) {
      found.get(field).set(pick(TEXTS), single(field, field.mapKind, depth));
    }
  } else if (depth < 8 || field.fieldKind !== "message" || field.message.typeName.startsWith("google.")) {
    found.set(field, single(field, field.fieldKind, depth));
  }
}

function single(field: any, kind: string, depth: number): unknown {
  return kind === "scalar" ? scalarOf(field) : kind === "enum" ? enumOf(field.enum) : reflect(field.message, messageOf(field.message, depth + 1));
}

// What our reader must give.

class Refused extends Error {}

function project(table: any, found: any, depth = 0): unknown {
  if (depth > 100) {
    throw new Refused("depth");
  }
  return "fields" in table ? projectRecord(table, found, depth) : projectUnion(table, found, depth);
}

function projectRecord(table: any, found: any, depth: number): unknown {
  const record: Record<string, unknown> = {};
  for (const row of table.fields) {
    const field = found.desc.fields.find((one: any) => one.number === row.no);
    const value = projectField(row, field, found, depth);
    if (value !== undefined) {
      record[row.name] = value;
    }
  }
  return record;
}

function projectField(row: any, field: any, found: any, depth: number): unknown {
  if (row.many === "list") {
    const items = [...found.get(field)].map((item) => projectValue(row.kind, item, depth));
    return items.length === 0 && row.initial !== undefined ? row.initial : items;
  }
  if (row.many === "map") {
    return Object.fromEntries([...found.get(field)].map(([key, item]: any) => [key, projectValue(row.kind, item, depth)]));
  }
  const hasPresence = row.optional || row.nullable || typeof row.kind === "function" || row.kind === "moment" || row.kind === "duration";
  if (hasPresence && !found.isSet(field)) {
    return instead(row);
  }
  return row.constant ?? projectValue(row.kind, found.get(field), depth);
}

function instead(row: any): unknown {
  if (row.initial !== undefined) {
    return row.kind === "int64" ? BigInt(row.initial) : row.kind === "bytes" ? new Uint8Array(Buffer.from(row.initial, "base64")) : row.initial;
  }
  if (row.nullable) {
    return null;
  }
  if (!row.optional) {
    throw new Refused(`${row.name} is missing`);
  }
  return undefined;
}

function projectValue(kind: any, value: any, depth: number): unknown {
  if (typeof kind === "function") {
    return project(kind(), value, depth + 1);
  }
  const plain = value?.desc !== undefined && value.message !== undefined ? value.message : value;
  if (kind === "moment" || kind === "duration") {
    const span = { seconds: safe(plain.seconds), nanos: plain.nanos };
    const text = kind === "moment" ? momentText(span) : durationText(span);
    if (text === undefined) {
      throw new Refused(kind);
    }
    return text;
  }
  const bare = plain?.$typeName?.startsWith("google.protobuf.") ? plain.value : plain;
  if (typeof kind === "object") {
    return Object.keys(kind.members).find((member) => kind.members[member] === bare) ?? String(bare);
  }
  return kind === "safe" ? safe(bare) : kind === "bytes" ? new Uint8Array(bare) : bare;
}

function safe(value: bigint): number {
  if (!Number.isSafeInteger(Number(value)) || BigInt(Number(value)) !== value) {
    throw new Refused("beyond a number");
  }
  return Number(value);
}

function projectUnion(table: any, found: any, depth: number): unknown {
  for (const arm of table.arms) {
    const field = found.desc.fields.find((one: any) => one.number === arm.no);
    if (found.isSet(field)) {
      return projectRecord(arm.record(), found.get(field), depth);
    }
  }
  const strange = found.message.$unknown?.findLast((one: any) => one.wireType === 2);
  if (strange === undefined) {
    throw new Refused("no arm");
  }
  const bytes = new Uint8Array(strange.data.slice(strange.data.findIndex((byte: number) => byte < 128) + 1));
  return { [table.tag]: "$unknown", tag: String(strange.no), raw: { [strange.no]: bytes } };
}

// Disturbances that protobuf allows.

interface Outcome {
  readonly value?: unknown;
  readonly refused: boolean;
  readonly why?: string;
}

interface Part {
  readonly no: number;
  readonly type: number;
  readonly bytes: Uint8Array;
}

function varint(value: number | bigint): number[] {
  let left = BigInt.asUintN(64, BigInt(value));
  const bytes: number[] = [];
  for (; left > 127n; left >>= 7n) {
    bytes.push(Number(left & 127n) | 128);
  }
  return [...bytes, Number(left)];
}

function parts(bytes: Uint8Array): Part[] {
  const found: Part[] = [];
  let at = 0;
  const number = (): number => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * factor;
      if (byte < 128) {
        return value;
      }
    }
  };
  while (at < bytes.length) {
    const tag = number();
    const start = at;
    const length = (tag & 7) === 2 ? number() : (tag & 7) === 1 ? 8 : (tag & 7) === 5 ? 4 : (number(), 0);
    at += length;
    found.push({ no: Math.floor(tag / 8), type: tag & 7, bytes: bytes.slice((tag & 7) === 2 ? at - length : start, at) });
  }
  return found;
}

function written(all: readonly Part[]): Uint8Array {
  return Uint8Array.from(all.flatMap((one) => [...varint(one.no * 8 + one.type), ...(one.type === 2 ? varint(one.bytes.length) : []), ...one.bytes]));
}

function unknownParts(): number[] {
  const no = 100000 + below(1000);
  const inner = [...varint(8 * 7), 5, ...varint(8 * no + 3), ...varint(8 * no + 4)];
  return pick([
    [...varint(8 * no), ...varint(-1)],
    [...varint(8 * no + 1), 1, 2, 3, 4, 5, 6, 7, 8],
    [...varint(8 * no + 5), 1, 2, 3, 4],
    [...varint(8 * no + 2), 3, 1, 2, 3],
    [...varint(8 * no + 3), ...inner, ...varint(8 * no + 4)],
  ]);
}

function disturbed(type: any, bytes: Uint8Array): Uint8Array {
  const all: Part[] = [];
  for (const one of parts(bytes)) {
    const field = type.fields.find((known: any) => known.number === one.no);
    all.push(...(field === undefined ? [one] : disturb(field, one)));
  }
  const head = random() < 0.5 ? unknownParts() : [];
  const tail = random() < 0.5 ? unknownParts() : [];
  return Uint8Array.from([...head, ...written(all), ...tail]);
}

function disturb(field: any, one: Part): Part[] {
  if (field.fieldKind === "list" && field.listKind !== "message" && field.scalar !== 9 && field.scalar !== 12 && one.type === 2) {
    return random() < 0.5 ? unpacked(field, one) : [one];
  }
  if (field.fieldKind === "message") {
    return split(field, one);
  }
  if (field.fieldKind === "map") {
    const kept = parts(one.bytes).filter(() => random() < 0.8);
    return [{ ...one, bytes: written(random() < 0.5 ? kept : kept.reverse()) }];
  }
  if (field.fieldKind === "scalar" && one.type === 0 && random() < 0.3) {
    return [{ ...one, bytes: Uint8Array.from(varint(pick([1, 77, 300]))) }, one];
  }
  return [one];
}

function unpacked(field: any, one: Part): Part[] {
  const type = field.scalar === buf.ScalarType.DOUBLE ? 1 : 0;
  const items: Part[] = [];
  for (let at = 0; at < one.bytes.length; ) {
    let end = at + (type === 1 ? 8 : 1);
    while (type === 0 && (one.bytes[end - 1] as number) > 127) {
      end++;
    }
    items.push({ no: one.no, type, bytes: one.bytes.slice(at, end) });
    at = end;
  }
  return items;
}

/** A message in two parts, or twice: protobuf merges them. */
function split(field: any, one: Part): Part[] {
  const inner = parts(one.bytes);
  const middle = below(inner.length + 1);
  const whole = { ...one, bytes: disturbed(field.message, one.bytes) };
  return pick([[one], [whole], [{ ...one, bytes: written(inner.slice(0, middle)) }, { ...one, bytes: written(inner.slice(middle)) }], [one, whole]]);
}

// The comparison.

function outcome(read: () => unknown): Outcome {
  try {
    return { value: read(), refused: false };
  } catch (error) {
    if (error instanceof Malformed || error instanceof Refused) {
      return { refused: true, why: `${error.message} ${error.pointer ?? ""}` };
    }
    throw error;
  }
}

function bufbuild(type: any, table: any, bytes: Uint8Array): Outcome {
  let message: any;
  try {
    message = buf.fromBinary(type, bytes);
  } catch {
    return { refused: true };
  }
  return outcome(() => project(table, reflect(type, message)));
}

function compare(what: string, name: string, type: any, table: any, bytes: Uint8Array): unknown {
  const [ours, theirs] = [outcome(() => decode(table, bytes)), bufbuild(type, table, bytes)];
  count(ours.refused ? `${what}, refused` : what);
  if (ours.refused !== theirs.refused || !isDeepStrictEqual(ours.value, theirs.value)) {
    fault(what, name, bytes, ours, theirs);
  }
  return ours.value;
}

function fault(what: string, name: string, bytes: Uint8Array, ours: unknown, theirs: unknown): void {
  const show = (value: unknown): string => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : Object.is(one, -0) ? "-0" : one));
  faults.push(`${what} of ${name}: ${Buffer.from(bytes).toString("hex")}\n  ours   ${show(ours)}\n  theirs ${show(theirs)}`);
}

/** Whether a value may be sent: unknown arms, and numbers that JSON has not, may not. */
function writable(value: unknown): boolean {
  if (typeof value === "number") {
    return Number.isFinite(value);
  }
  if (Array.isArray(value)) {
    return value.every(writable);
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    return Object.values(value).every(writable);
  }
  return value !== "$unknown" && !(typeof value === "string" && value.startsWith("-P"));
}

function back(name: string, type: any, table: any, value: unknown, bytes: Uint8Array): void {
  const again = encode(table, value) as Uint8Array;
  const [ours, theirs] = [outcome(() => decode(table, again)), bufbuild(type, table, again)];
  count("written");
  if (!isDeepStrictEqual(theirs.value, value) || !isDeepStrictEqual(ours.value, value)) {
    fault("written", name, bytes, value, theirs);
  }
  const text = writeJson(table, value) as string;
  JSON.parse(text);
  count("through JSON");
  if (!isDeepStrictEqual(readJson(table, parseJson(text)), value)) {
    fault(`through JSON ${text}`, name, bytes, value, readJson(table, parseJson(text)));
  }
}

for (const [name, full] of Object.entries(JSON.parse(names) as Record<string, string>)) {
  const [type, table] = [registry.getMessage(full), tables[name]];
  for (let round = 0; round < Number(rounds); round++) {
    const bytes = buf.toBinary(type, messageOf(type, 0)) as Uint8Array;
    const value = compare("plain", name, type, table, bytes);
    if (value !== undefined && writable(value)) {
      back(name, type, table, value, bytes);
    }
    compare("disturbed", name, type, table, disturbed(type, bytes));
    if (round % 10 === 0 && bytes.length < 400) {
      for (let length = 0; length < bytes.length; length++) {
        compare("truncated", name, type, table, bytes.slice(0, length));
      }
    }
  }
}
console.log(JSON.stringify({ counts, faults: faults.sort((a, b) => a.length - b.length).slice(0, 12), total: faults.length }));
