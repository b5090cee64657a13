/**
 * The contract's values as JSON has them, by the same tables as protobuf.
 *
 * What comes in is read tolerantly: unknown members are left out, unknown members of enums and arms of unions are kept.
 * What goes out has the fields of its table and no others. Integers of 64 bits are exact both ways.
 */

import { base64, check, fromBase64, momentOf, momentText } from "./scalars.ts";
import type { Arm, Field, Kind, RecordTable, Scalar, Table, UnionTable } from "./schema.ts";
import { Malformed, MAX_DEPTH, UNKNOWN } from "./schema.ts";

type Members = { readonly [name: string]: unknown };
type Path = (string | number)[];

/** Texts as wholes, so that digits in them are left alone; and numbers as wholes, of which long integers are quoted. */
const TOKENS = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const LONG_INTEGER = /^-?\d{16,}$/;
const INTEGER = /^-?\d+$/;

/** Like `JSON.parse`, but integers of 16 digits and more are texts of their digits. Throws Malformed. */
export function parseJson(text: string): unknown {
  const safe = /\d{16}/.test(text) ? text.replace(TOKENS, (token) => (LONG_INTEGER.test(token) ? `"${token}"` : token)) : text;
  try {
    return JSON.parse(safe);
  } catch {
    throw new Malformed("this is no JSON");
  }
}

/** A value of the table out of parsed JSON. Throws Malformed. */
export function readJson<T>(table: Table<T>, value: unknown): T {
  return readTable(table, value, []) as T;
}

/** JSON of a table's value. Throws TypeError; `skipped` are members that travel elsewhere. */
export function writeJson<T>(table: Table<T>, value: T, skipped?: ReadonlySet<string>): string {
  return writeTable(table, value, [], skipped);
}

/** The texts of a field in a path, a query or a header: none where it is not sent, one, or one for each item. */
export function textsOf<T>(table: RecordTable<T>, wire: string, value: T): string[] {
  const field = table.fields.find((one) => wireOf(one) === wire);
  const given = field && outgoing(field, value, []);
  if (field === undefined || given === undefined || given === null) {
    return [];
  }
  const items: readonly unknown[] = Array.isArray(given) ? given : [given];
  return items.map((item) => textOf(field, item));
}

function textOf(field: Field, item: unknown): string {
  const text = writeValue(field.kind, item, [field.name]);
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

/** What is to be sent of a field; undefined for what is left out. */
export function outgoing(field: Field, record: unknown, path: readonly (string | number)[]): unknown {
  const given = (record as Members)[field.name] ?? field.constant;
  if (given !== undefined && given !== null) {
    return given;
  }
  if (field.nullable && !field.optional) {
    return null;
  }
  if (!field.optional) {
    throw new TypeError(`${[...path, field.name].join(".")} is missing`);
  }
  return undefined;
}

/** The arm that a value is of, by its tag. */
export function armOf(table: UnionTable<unknown>, value: unknown, path: readonly (string | number)[]): Arm {
  const tag = isMembers(value) ? value[table.tag] : undefined;
  const arm = table.arms.find((one) => one.tag === tag);
  if (arm === undefined) {
    throw new TypeError(`${[...path, table.tag].join(".")}: one of ${table.arms.map((one) => one.tag).join(", ")} is needed`);
  }
  return arm;
}

export function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a field means that is not there: its default, null, nothing; or Malformed. */
export function absent(field: Field, path: Path): unknown {
  if (field.initial !== undefined) {
    return readField(field, field.initial, path);
  }
  if (field.many !== undefined) {
    return field.many === "list" ? [] : {};
  }
  if (field.nullable) {
    return null;
  }
  if (field.optional) {
    return undefined;
  }
  if (field.constant === undefined) {
    throw new Malformed("is missing", path);
  }
  return field.constant;
}

function wireOf(field: Field): string {
  return field.wire ?? field.name;
}

function readTable(table: Table<unknown>, value: unknown, path: Path): unknown {
  if (!isMembers(value) || path.length > 2 * MAX_DEPTH) {
    throw new Malformed(isMembers(value) ? "is nested too deeply" : "an object is needed", path);
  }
  return "fields" in table ? readRecord(table, value, path) : readUnion(table, value, path);
}

function readRecord(table: RecordTable<unknown>, members: Members, path: Path): unknown {
  const record: { [name: string]: unknown } = {};
  for (const field of table.fields) {
    const wire = wireOf(field);
    path.push(wire);
    const found = readField(field, Object.hasOwn(members, wire) ? members[wire] : undefined, path);
    path.pop();
    if (found !== undefined) {
      record[field.name] = found;
    }
  }
  return record;
}

function readUnion(table: UnionTable<unknown>, members: Members, path: Path): unknown {
  const tag = members[table.wire ?? table.tag];
  if (typeof tag !== "string") {
    throw new Malformed("a string is needed", [...path, table.wire ?? table.tag]);
  }
  const arm = table.arms.find((one) => one.tag === tag);
  return arm ? readRecord(arm.record(), members, path) : unknownArm(table, tag, members);
}

/** The tag that came and all that came with it; their names make way for that of the union's own tag. */
export function unknownArm(table: UnionTable<unknown>, tag: string, raw: Members): unknown {
  const [first, second] = [table.tag === "tag" ? "tag_" : "tag", table.tag === "raw" ? "raw_" : "raw"];
  return { [table.tag]: UNKNOWN, [first]: tag, [second]: raw };
}

function readField(field: Field, given: unknown, path: Path): unknown {
  if (given === undefined || given === null) {
    return absent(field, path);
  }
  if (field.constant !== undefined) {
    return field.constant;
  }
  if (field.many === "list") {
    return readList(field.kind, given, path);
  }
  return field.many === "map" ? readMap(field.kind, given, path) : readValue(field.kind, given, path);
}

function readList(kind: Kind, given: unknown, path: Path): unknown {
  if (!Array.isArray(given)) {
    throw new Malformed("an array is needed", path);
  }
  return given.map((item: unknown, index) => readAt(kind, item, index, path));
}

function readMap(kind: Kind, given: unknown, path: Path): unknown {
  if (!isMembers(given)) {
    throw new Malformed("an object is needed", path);
  }
  return Object.fromEntries(Object.entries(given).map(([key, item]) => [key, readAt(kind, item, key, path)]));
}

function readAt(kind: Kind, item: unknown, key: string | number, path: Path): unknown {
  path.push(key);
  const found = readValue(kind, item, path);
  path.pop();
  return found;
}

function readValue(kind: Kind, given: unknown, path: Path): unknown {
  if (typeof kind === "function") {
    return readTable(kind(), given, path);
  }
  const found = typeof kind === "string" ? readScalar(kind, given) : readScalar("string", given);
  if (found === undefined) {
    throw new Malformed(`${typeof kind === "string" ? kind : "a member"} is needed`, path);
  }
  return found;
}

function readScalar(kind: Scalar, given: unknown): unknown {
  switch (kind) {
    case "bool":
      return typeof given === "boolean" ? given : undefined;
    case "int32":
    case "safe":
      return readNumber(given, Number.isSafeInteger);
    case "double":
      return readNumber(given, Number.isFinite);
    case "int64":
      return readBigint(given);
    case "bytes":
      return typeof given === "string" ? fromBase64(given) : undefined;
    case "moment":
      return typeof given === "string" ? inUtc(given) : undefined;
    default:
      return typeof given === "string" ? given : undefined;
  }
}

/** The same moment has the same text as through protobuf, which has no offsets. */
function inUtc(text: string): string {
  const moment = text.endsWith("Z") ? undefined : momentOf(text);
  return (moment && momentText(moment)) ?? text;
}

/** Long integers come as texts of their digits. */
function readNumber(given: unknown, isGood: (number: unknown) => boolean): number | undefined {
  const number = typeof given === "string" && INTEGER.test(given) ? Number(given) : given;
  return isGood(number) ? (number as number) : undefined;
}

function readBigint(given: unknown): bigint | undefined {
  const isWhole = typeof given === "string" ? INTEGER.test(given) : Number.isSafeInteger(given);
  const found = isWhole ? BigInt(given as string | number) : undefined;
  return found !== undefined && BigInt.asIntN(64, found) === found ? found : undefined;
}

function writeTable(table: Table<unknown>, value: unknown, path: Path, skipped?: ReadonlySet<string>): string {
  if (path.length > 2 * MAX_DEPTH) {
    throw new TypeError(`${path.slice(0, 3).join(".")} is nested too deeply`);
  }
  if (!isMembers(value)) {
    throw new TypeError(`${path.join(".")}: an object is needed`);
  }
  const { fields } = "fields" in table ? table : armOf(table, value, path).record();
  const members: string[] = [];
  for (const field of fields) {
    const wire = wireOf(field);
    const given = skipped?.has(wire) ? undefined : outgoing(field, value, path);
    if (given !== undefined) {
      path.push(field.name);
      members.push(`"${wire}":${given === null ? "null" : writeField(field, given, path)}`);
      path.pop();
    }
  }
  return `{${members.join(",")}}`;
}

function writeField(field: Field, given: unknown, path: Path): string {
  if (field.many === "list") {
    return `[${itemsOf(given, path).map((item, index) => writeAt(field.kind, item, index, path)).join(",")}]`;
  }
  if (field.many === "map") {
    const members = entriesOf(given, path).map(([key, item]) => `${quote(key, path)}:${writeAt(field.kind, item, key, path)}`);
    return `{${members.join(",")}}`;
  }
  return writeValue(field.kind, given, path);
}

export function itemsOf(given: unknown, path: Path): readonly unknown[] {
  if (!Array.isArray(given)) {
    throw new TypeError(`${path.join(".")}: an array is needed`);
  }
  return given;
}

export function entriesOf(given: unknown, path: Path): [string, unknown][] {
  if (!isMembers(given)) {
    throw new TypeError(`${path.join(".")}: an object is needed`);
  }
  return Object.entries(given);
}

function writeAt(kind: Kind, item: unknown, key: string | number, path: Path): string {
  path.push(key);
  const text = writeValue(kind, item, path);
  path.pop();
  return text;
}

function quote(text: string, path: Path): string {
  check("string", text, path);
  return JSON.stringify(text);
}

function writeValue(kind: Kind, given: unknown, path: Path): string {
  if (typeof kind === "function") {
    return writeTable(kind(), given, path);
  }
  const scalar = typeof kind === "string" ? kind : "string";
  check(scalar, given, path);
  if (scalar === "bytes") {
    return `"${base64(given as Uint8Array)}"`;
  }
  if (Object.is(given, -0)) {
    return scalar === "double" ? "-0.0" : "0";
  }
  return typeof given === "string" ? JSON.stringify(given) : String(given);
}
