/**
 * Our codec between two halves of Python: answers that the service wrote must mean the same in both encodings, and
 * requests are read and written again in both. Asked on stdin, answered on stdout.
 */

import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";

const [folder] = process.argv.slice(2) as [string];
const { decode, encode } = await import(`${folder}/src/runtime/protobuf.ts`);
const { readJson, writeJson, parseJson } = await import(`${folder}/src/runtime/json.ts`);
const { Malformed } = await import(`${folder}/src/runtime/schema.ts`);
const tables = await import(`${folder}/src/tables.ts`);
const asked = JSON.parse(readFileSync(0, "utf8"));
const wrong: string[] = [];
let noise = 0;

const bytesOf = (hex: string): Uint8Array => new Uint8Array(Buffer.from(hex, "hex"));
const show = (value: unknown): string => JSON.stringify(value, (_, one) => (typeof one === "bigint" ? `${one}n` : one));

for (const one of asked.results) {
  const table = tables[one.table];
  const [json, binary] = [readJson(table, parseJson(one.json)), decode(table, bytesOf(one.protobuf))];
  if (!isDeepStrictEqual(json, binary)) {
    wrong.push(`${one.table} ${one.json}\n  json   ${show(json)}\n  binary ${show(binary)}`);
  }
  one.noise.forEach((each: { protobuf: string; json: string | null }) => compareNoise(one.table, each));
}

/** Where both read what was disturbed, they read the same; Python is the laxer in what is missing, we in what is unknown. */
function compareNoise(name: string, each: { protobuf: string; json: string | null }): void {
  let binary: unknown;
  try {
    binary = decode(tables[name], bytesOf(each.protobuf));
  } catch (error) {
    if (error instanceof Malformed) {
      return;
    }
    throw error;
  }
  if (each.json === null || /\.\d{9}Z|\.\d{7,9}S/.test(show(binary))) {
    return;
  }
  noise++;
  const json = readJson(tables[name], parseJson(each.json));
  if (!isDeepStrictEqual(blurred(json), blurred(binary))) {
    wrong.push(`noise ${name} ${each.protobuf}\n  python ${show(json)}\n  ours   ${show(binary)}`);
  }
}

/**
 * Without texts that were a UUID: Python writes those anew, in its own spelling. Without entries of the empty key: an entry
 * whose key became an unknown field is unknown as a whole to Python's protobuf, and to that of others one without a key.
 */
function blurred(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(blurred);
  }
  if (typeof value === "object" && value !== null && !(value instanceof Uint8Array)) {
    const entries = Object.entries(value).filter(([key]) => key !== "");
    return Object.fromEntries(entries.map(([key, item]) => [key, blurred(item)]));
  }
  return typeof value === "string" && value.length > 30 && value.replace(/[^0-9a-f]/gi, "").length > 29 ? "uuid" : value;
}

const requests = asked.requests.map((one: { table: string; json: string }) => {
  const table = tables[one.table];
  const value = readJson(table, parseJson(one.json));
  return { ...one, written: writeJson(table, value), protobuf: Buffer.from(encode(table, value)).toString("hex") };
});
console.log(JSON.stringify({ wrong: wrong.slice(0, 10), total: wrong.length, noise, requests }).replace(/[\u2028\u2029]/g, (one) => `\\u${one.charCodeAt(0).toString(16)}`));
