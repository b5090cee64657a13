/** Single values: what may be sent as which type, and bytes as JSON has them. */

import type { Scalar } from "./schema.ts";

export type Path = readonly (string | number)[];

const LONE_SURROGATE = /\p{Surrogate}/u;
const INT32 = 0x80000000;

const WANTED: { readonly [kind in Scalar]: string } = {
  bool: "a boolean",
  int32: "a whole number of 32 bits",
  int64: "a bigint of 64 bits",
  safe: "a whole number that is exact",
  double: "a finite number",
  string: "a well-formed string",
  bytes: "a Uint8Array",
  moment: "a string",
  duration: "a string",
};

/** Throws TypeError where a value to be sent is not of its type. Bounds and forms are the server's to judge. */
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
    default:
      return typeof value === "string" && !LONE_SURROGATE.test(value);
  }
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
