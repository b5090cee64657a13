/**
 * The contract's values as protobuf has them, by the same tables as JSON.
 *
 * Reading keeps protobuf's own rules: the last scalar wins, messages that come twice are merged, lists come packed or not,
 * and fields that are unknown or of another type are skipped. Presence is what a field's row says, never truthiness.
 */

import { absent, armOf, entriesOf, isMembers, itemsOf, outgoing, unknownArm } from "./json.ts";
import { check } from "./scalars.ts";
import type { EnumTable, Field, Kind, RecordTable, Scalar, Table, UnionTable } from "./schema.ts";
import { Malformed, MAX_DEPTH } from "./schema.ts";
import type { Span } from "./spans.ts";
import { durationOf, durationText, momentOf, momentText } from "./spans.ts";
import { FIXED64, LENGTH, Reader, VARINT, Writer } from "./wire.ts";

type Path = (string | number)[];
type Numbers = ReadonlyMap<number, number>;

const POSITIONS = /* @__PURE__ */ new WeakMap<RecordTable<unknown>, Numbers>();
const NOTHING = /* @__PURE__ */ new Uint8Array(0);

/** The value of a message. Throws Malformed; `meta` is the message of that field, where a frame has it apart. */
export function decode<T>(table: Table<T>, bytes: Uint8Array, meta?: Uint8Array): T {
  const apart = "fields" in table ? table.fields.find((field) => field.name === "meta") : undefined;
  const whole = meta === undefined || apart === undefined ? bytes : joined(bytes, framed(apart.no, meta));
  return readMessage(table, whole, []) as T;
}

/** The message of a value. Throws TypeError. */
export function encode<T>(table: Table<T>, value: T): Uint8Array {
  const writer = new Writer();
  writeMessage(table, value, writer, []);
  return writer.finish();
}

function framed(number: number, message: Uint8Array): Uint8Array {
  const writer = new Writer();
  writer.tag(number, LENGTH);
  writer.bytes(message);
  return writer.finish();
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const whole = new Uint8Array(first.length + second.length);
  whole.set(first);
  whole.set(second, first.length);
  return whole;
}

function isMessage(field: Field): boolean {
  return field.wrapped === true || (typeOf(field.kind) === LENGTH && !isText(field.kind));
}

function isText(kind: Kind): boolean {
  return kind === "string" || kind === "bytes";
}

function typeOf(kind: Kind): number {
  if (kind === "double") {
    return FIXED64;
  }
  const isVarint = typeof kind === "object" || kind === "bool" || kind === "int32" || kind === "int64" || kind === "safe";
  return isVarint ? VARINT : LENGTH;
}

function positionsOf(table: RecordTable<unknown>): Numbers {
  let found = POSITIONS.get(table);
  if (found === undefined) {
    found = new Map(table.fields.map((field, index) => [field.no, index]));
    POSITIONS.set(table, found);
  }
  return found;
}

function readMessage(table: Table<unknown>, bytes: Uint8Array, path: Path): unknown {
  if (path.length > 2 * MAX_DEPTH) {
    throw new Malformed("is nested too deeply", path);
  }
  try {
    return "fields" in table ? readRecord(table, bytes, path) : readUnion(table, bytes, path);
  } catch (error) {
    throw error instanceof Malformed && error.pointer === "" ? new Malformed(error.message, path) : error;
  }
}

function readRecord(table: RecordTable<unknown>, bytes: Uint8Array, path: Path): unknown {
  const reader = new Reader(bytes);
  const positions = positionsOf(table);
  const found: unknown[] = new Array(table.fields.length);
  while (reader.position < reader.end) {
    const tag = reader.tag();
    const index = positions.get(tag >>> 3);
    const field = index === undefined ? undefined : table.fields[index];
    if (field === undefined || !readInto(found, index as number, field, tag & 7, reader, path)) {
      reader.skip(tag);
    }
  }
  return settled(table, found, path);
}

/** Whether the field was of its type, and read. Single messages wait as bytes, for their parts may come apart. */
function readInto(found: unknown[], index: number, field: Field, type: number, reader: Reader, path: Path): boolean {
  const own = field.many === "map" || field.wrapped ? LENGTH : typeOf(field.kind);
  if (field.many === undefined) {
    if (type !== own) {
      return false;
    }
    const before = found[index] as Uint8Array | undefined;
    found[index] = isMessage(field) ? joinedTo(before, reader.part()) : readOne(field.kind, reader);
    return true;
  }
  const isPacked = type === LENGTH && own !== LENGTH;
  if (type !== own && !isPacked) {
    return false;
  }
  const items = (found[index] ??= []) as unknown[];
  path.push(field.wire ?? field.name, items.length);
  if (isPacked) {
    readPacked(field.kind, reader, items);
  } else if (field.many === "map") {
    items.push(...readEntry(field.kind, reader.part(), path));
  } else {
    items.push(readItem(field.kind, reader, path));
  }
  path.length -= 2;
  return true;
}

function joinedTo(before: Uint8Array | undefined, part: Uint8Array): Uint8Array {
  return before === undefined ? part : joined(before, part);
}

function readPacked(kind: Kind, reader: Reader, items: unknown[]): void {
  const whole = reader.end;
  const start = reader.span();
  reader.end = reader.position;
  reader.position = start;
  while (reader.position < reader.end) {
    items.push(readOne(kind, reader));
  }
  reader.end = whole;
}

/** None where it holds a field that is neither key nor value: the service's own library takes such an entry for unknown. */
function readEntry(kind: Kind, bytes: Uint8Array, path: Path): [string, unknown][] {
  const reader = new Reader(bytes);
  const found: unknown[] = [undefined, undefined];
  const value: Field = { name: "value", no: 2, kind };
  let isKnown = true;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    const field = tag >>> 3 === 1 ? ENTRY_KEY : tag >>> 3 === 2 ? value : undefined;
    if (field === undefined || !readInto(found, field.no - 1, field, tag & 7, reader, path)) {
      reader.skip(tag);
      isKnown = false;
    }
  }
  return isKnown ? [[(found[0] ?? "") as string, found[1]]] : [];
}

/** Of entries with one key the last counts, and only that is read. An entry without a value has an empty one. */
function settledMap(kind: Kind, entries: readonly [string, unknown][], path: Path): unknown {
  const value: Field = { name: "value", no: 2, kind };
  const settle = (key: string, found: unknown): unknown => {
    path.push(key);
    const settled = settledOne(value, found ?? (isMessage(value) ? NOTHING : undefined), path);
    path.pop();
    return settled;
  };
  return Object.fromEntries([...new Map(entries)].map(([key, found]) => [key, settle(key, found)]));
}

const ENTRY_KEY: Field = { name: "key", no: 1, kind: "string" };

function settled(table: RecordTable<unknown>, found: readonly unknown[], path: Path): unknown {
  const record: { [name: string]: unknown } = {};
  table.fields.forEach((field, index) => {
    path.push(field.wire ?? field.name);
    const value = settledField(field, found[index], path);
    path.pop();
    if (value !== undefined) {
      record[field.name] = value;
    }
  });
  return record;
}

function settledField(field: Field, found: unknown, path: Path): unknown {
  if (field.many === "map") {
    return settledMap(field.kind, (found ?? []) as [string, unknown][], path);
  }
  if (field.many === "list") {
    return found ?? absent(field, path);
  }
  if (found === undefined && (field.optional || field.nullable || field.constant !== undefined)) {
    return absent(field, path);
  }
  return field.constant ?? settledOne(field, found, path);
}

/** A single value that is there, or is zero because protobuf leaves zeros out. */
function settledOne(field: Field, found: unknown, path: Path): unknown {
  if (!isMessage(field)) {
    return found ?? zeroOf(field.kind);
  }
  if (found === undefined) {
    throw new Malformed("is missing", path);
  }
  return field.wrapped ? readWrapped(field.kind, found as Uint8Array, path) : readInner(field.kind, found as Uint8Array, path);
}

function readWrapped(kind: Kind, bytes: Uint8Array, path: Path): unknown {
  const inner = readRecord({ fields: [{ name: "value", no: 1, kind }] }, bytes, path) as { value: unknown };
  return inner.value;
}

function readItem(kind: Kind, reader: Reader, path: Path): unknown {
  const isInner = typeof kind === "function" || kind === "moment" || kind === "duration";
  return isInner ? readInner(kind, reader.part(), path) : readOne(kind, reader);
}

function readInner(kind: Kind, bytes: Uint8Array, path: Path): unknown {
  if (typeof kind === "function") {
    return readMessage(kind(), bytes, path);
  }
  const span = readRecord(SPAN, bytes, path) as { seconds: number; nanos: number };
  const text = kind === "moment" ? momentText(span) : durationText(span);
  if (text === undefined) {
    throw new Malformed(`no ${String(kind)}`, path);
  }
  return text;
}

const SPAN: RecordTable<{ seconds: number; nanos: number }> = {
  fields: [
    { name: "seconds", no: 1, kind: "safe" },
    { name: "nanos", no: 2, kind: "int32" },
  ],
};

function readOne(kind: Kind, reader: Reader): unknown {
  return typeof kind === "object" ? memberOf(kind, reader.int32()) : readScalar(kind as Scalar, reader);
}

function readScalar(kind: Scalar, reader: Reader): unknown {
  switch (kind) {
    case "bool":
      return reader.bool();
    case "int32":
      return reader.int32();
    case "int64":
      return reader.int64();
    case "safe":
      return reader.safe();
    case "double":
      return reader.double();
    case "bytes":
      return reader.bytes();
    default:
      return reader.string();
  }
}

/** The member with a number, or the number's digits where this version does not know it. */
function memberOf(table: EnumTable, number: number): string {
  for (const member in table.members) {
    if (table.members[member] === number) {
      return member;
    }
  }
  return String(number);
}

function zeroOf(kind: Kind): unknown {
  switch (kind) {
    case "bool":
      return false;
    case "int64":
      return 0n;
    case "string":
      return "";
    case "bytes":
      return NOTHING;
  }
  return typeof kind === "object" ? memberOf(kind, 0) : 0;
}

/** The last arm counts; one that comes twice is merged. */
function readUnion(table: UnionTable<unknown>, bytes: Uint8Array, path: Path): unknown {
  const reader = new Reader(bytes);
  let number = 0;
  let message: Uint8Array | undefined;
  let unknown: { tag: string; raw: { [number: string]: unknown } } | undefined;
  while (reader.position < reader.end) {
    const tag = reader.tag();
    const found = tag >>> 3;
    if ((tag & 7) !== LENGTH) {
      reader.skip(tag);
    } else if (table.arms.some((arm) => arm.no === found)) {
      message = joinedTo(found === number ? message : undefined, reader.part());
      number = found;
    } else {
      unknown = { tag: String(found), raw: { [found]: reader.bytes() } };
    }
  }
  const arm = table.arms.find((one) => one.no === number);
  if (arm !== undefined && message !== undefined) {
    return readMessage(arm.record(), message, path);
  }
  if (unknown === undefined) {
    throw new Malformed("no arm is set", path);
  }
  return unknownArm(table, unknown.tag, unknown.raw);
}

function writeMessage(table: Table<unknown>, value: unknown, writer: Writer, path: Path): void {
  if (path.length > 2 * MAX_DEPTH) {
    throw new TypeError(`${path.slice(0, 3).join(".")} is nested too deeply`);
  }
  if (!isMembers(value)) {
    throw new TypeError(`${path.join(".")}: an object is needed`);
  }
  if ("fields" in table) {
    writeRecord(table, value, writer, path);
    return;
  }
  const arm = armOf(table, value, path);
  writer.tag(arm.no, LENGTH);
  const mark = writer.begin();
  writeRecord(arm.record(), value, writer, path);
  writer.end(mark);
}

function writeRecord(table: RecordTable<unknown>, value: unknown, writer: Writer, path: Path): void {
  for (const field of table.fields) {
    const given = outgoing(field, value, path);
    if (given !== undefined && given !== null) {
      path.push(field.name);
      writeField(field, given, writer, path);
      path.pop();
    }
  }
}

function writeField(field: Field, given: unknown, writer: Writer, path: Path): void {
  if (field.many === "list") {
    writeList(field, itemsOf(given, path), writer, path);
  } else if (field.many === "map") {
    entriesOf(given, path).forEach((entry) => writeEntry(field, entry, writer, path));
  } else if (field.wrapped) {
    writer.tag(field.no, LENGTH);
    const mark = writer.begin();
    writeSingle({ name: "value", no: 1, kind: field.kind }, given, writer, path);
    writer.end(mark);
  } else {
    writeSingle(field, given, writer, path);
  }
}

/** Zeros of fields without presence are left out, as protobuf's own writers do. */
function writeSingle(field: Field, given: unknown, writer: Writer, path: Path): void {
  const hasPresence = field.optional || field.nullable || isMessage(field);
  const number = numberOf(field.kind, given, path);
  if (hasPresence || !isZero(number)) {
    writer.tag(field.no, typeOf(field.kind));
    writeValue(field.kind, number, writer, path);
  }
}

function isZero(value: unknown): boolean {
  const isEmpty = value === false || value === "" || value === 0n || Object.is(value, 0);
  return isEmpty || (value instanceof Uint8Array && value.length === 0);
}

/** The value, judged; of an enum's member its number. */
function numberOf(kind: Kind, given: unknown, path: Path): unknown {
  if (typeof kind === "function") {
    return given;
  }
  if (typeof kind === "string") {
    check(kind, given, path);
    return given;
  }
  const found = typeof given === "string" && Object.hasOwn(kind.members, given) ? kind.members[given] : undefined;
  const number = found ?? (typeof given === "string" && /^\d{1,9}$/.test(given) ? Number(given) : undefined);
  if (number === undefined) {
    throw new TypeError(`${path.join(".")}: one of ${Object.keys(kind.members).join(", ")} is needed`);
  }
  return number;
}

function writeList(field: Field, items: readonly unknown[], writer: Writer, path: Path): void {
  const type = typeOf(field.kind);
  const isPacked = type !== LENGTH && items.length > 0;
  if (isPacked) {
    writer.tag(field.no, LENGTH);
  }
  const mark = isPacked ? writer.begin() : 0;
  items.forEach((item, index) => {
    path.push(index);
    if (!isPacked) {
      writer.tag(field.no, LENGTH);
    }
    writeValue(field.kind, numberOf(field.kind, item, path), writer, path);
    path.pop();
  });
  if (isPacked) {
    writer.end(mark);
  }
}

function writeEntry(field: Field, [key, item]: readonly [string, unknown], writer: Writer, path: Path): void {
  path.push(key);
  check("string", key, path);
  writer.tag(field.no, LENGTH);
  const mark = writer.begin();
  writer.tag(1, LENGTH);
  writer.string(key);
  writer.tag(2, typeOf(field.kind));
  writeValue(field.kind, numberOf(field.kind, item, path), writer, path);
  writer.end(mark);
  path.pop();
}

function writeValue(kind: Kind, value: unknown, writer: Writer, path: Path): void {
  switch (kind) {
    case "bool":
      return writer.varint(value === true ? 1 : 0, 0);
    case "int64":
      return writer.int64(value as bigint);
    case "double":
      return writer.double(value as number);
    case "string":
      return writer.string(value as string);
    case "bytes":
      return writer.bytes(value as Uint8Array);
    case "moment":
    case "duration":
      return writeInner(SPAN, spanOf(kind, value as string, path), writer, path);
  }
  return typeof kind === "function" ? writeInner(kind(), value, writer, path) : writer.integer(value as number);
}

function spanOf(kind: "moment" | "duration", text: string, path: Path): Span {
  const span = kind === "moment" ? momentOf(text) : durationOf(text);
  if (span === undefined) {
    const form = kind === "moment" ? "a date-time of RFC 3339 with an offset" : "a duration as PnDTnHnMnS";
    throw new TypeError(`${path.join(".")}: ${form} is needed`);
  }
  return span;
}

function writeInner(table: Table<unknown>, value: unknown, writer: Writer, path: Path): void {
  const mark = writer.begin();
  writeMessage(table, value, writer, path);
  writer.end(mark);
}
