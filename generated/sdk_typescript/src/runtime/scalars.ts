/** Single values: what may be sent as which type, and the texts that protobuf has as numbers, messages or bytes. */

import type { Scalar } from "./schema.ts";

export type Path = readonly (string | number)[];

const MOMENT = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/;
const DURATION = /^P(?=\d|T\d)(?:(\d{1,6})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?$/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const INT32 = 0x80000000;
const FIRST_SECOND = -62135596800;
const LAST_SECOND = 253402300799;

const WANTED: { readonly [kind in Scalar]: string } = {
  bool: "a boolean",
  int32: "a whole number of 32 bits",
  int64: "a bigint of 64 bits",
  safe: "a whole number that is exact",
  double: "a finite number",
  string: "a well-formed string",
  bytes: "a Uint8Array",
  moment: "a date-time of RFC 3339 with an offset",
  duration: "a duration as PnDTnHnMnS",
};

/** Throws TypeError where a value to be sent is not of its type. The contract's bounds are the server's to judge. */
export function check(kind: Scalar, value: unknown, path: Path): void {
  if (!fits(kind, value)) {
    throw new TypeError(`${path.join(".")}: ${WANTED[kind]} is needed`);
  }
}

function fits(kind: Scalar, value: unknown): boolean {
  switch (kind) {
    case "bool":
      return typeof value === "boolean";
    case "int32":
      return Number.isInteger(value) && (value as number) >= -INT32 && (value as number) < INT32;
    case "int64":
      return typeof value === "bigint" && BigInt.asIntN(64, value) === value;
    case "safe":
      return Number.isSafeInteger(value);
    case "double":
      return Number.isFinite(value);
    case "bytes":
      return value instanceof Uint8Array;
    case "moment":
      return typeof value === "string" && momentOf(value) !== undefined;
    case "duration":
      return typeof value === "string" && durationOf(value) !== undefined;
    default:
      return typeof value === "string" && !LONE_SURROGATE.test(value);
  }
}

/** Seconds since 1970 or of a span, and the nanoseconds beyond them. */
export interface Span {
  readonly seconds: number;
  readonly nanos: number;
}

/** Whole seconds go through `Date`, which is exact for them; the fraction never does. */
export function momentOf(text: string): Span | undefined {
  const found = MOMENT.exec(text);
  if (found === null) {
    return undefined;
  }
  const [, day, time, fraction, sign, hours, minutes] = found;
  const local = Date.parse(`${day}T${time}Z`);
  if (Number.isNaN(local) || new Date(local).toISOString().slice(0, 19) !== `${day}T${time}`) {
    return undefined;
  }
  if (Number(hours ?? 0) > 23 || Number(minutes ?? 0) > 59) {
    return undefined;
  }
  const offset = (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * (sign === "-" ? -60 : 60);
  const seconds = local / 1000 - offset;
  return inCalendar(seconds) ? { seconds, nanos: nanosOf(fraction) } : undefined;
}

/** In UTC, with 0, 6 or 9 digits of a second, as the server's JSON has it; undefined for what is no moment. */
export function momentText({ seconds, nanos }: Span): string | undefined {
  if (!inCalendar(seconds) || nanos < 0 || nanos > 999_999_999) {
    return undefined;
  }
  const digits = String(nanos).padStart(9, "0");
  const fraction = nanos === 0 ? "" : `.${nanos % 1000 === 0 ? digits.slice(0, 6) : digits}`;
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}${fraction}Z`;
}

export function durationOf(text: string): Span | undefined {
  const found = DURATION.exec(text);
  if (found === null) {
    return undefined;
  }
  const [days, hours, minutes, seconds] = found.slice(1, 5).map((part) => Number(part ?? 0)) as [number, number, number, number];
  return { seconds: ((days * 24 + hours) * 60 + minutes) * 60 + seconds, nanos: nanosOf(found[5]) };
}

/** In days and seconds, as the server's JSON has it; undefined where the signs of the two differ. */
export function durationText({ seconds, nanos }: Span): string | undefined {
  if (seconds * nanos < 0 || Math.abs(nanos) > 999_999_999) {
    return undefined;
  }
  const sign = seconds < 0 || nanos < 0 ? "-" : "";
  const days = Math.floor(Math.abs(seconds) / 86400);
  const rest = Math.abs(seconds) % 86400;
  const fraction = nanos === 0 ? "" : `.${String(Math.abs(nanos)).padStart(9, "0").replace(/0+$/, "")}`;
  const time = rest !== 0 || nanos !== 0 ? `T${rest}${fraction}S` : "";
  return `${sign}P${days !== 0 || time === "" ? `${days}D` : ""}${time}`;
}

function nanosOf(fraction: string | undefined): number {
  return Number((fraction ?? "").padEnd(9, "0"));
}

function inCalendar(seconds: number): boolean {
  return seconds >= FIRST_SECOND && seconds <= LAST_SECOND;
}

/** Standard base64 with padding. */
export function base64(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x2000) {
    text += String.fromCharCode(...bytes.subarray(start, start + 0x2000));
  }
  return btoa(text);
}

/** The bytes of a base64 text, or undefined. */
export function fromBase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
