/** Asks what `tests/contract/keywords.py` serves: `node keywords.ts URL TRANSPORT ENCODING CASES`. What does not hold ends it with its words. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

import { createClient, InvalidData } from "../../generated/sdk_typescript/src/index.ts";

const [, , url, transport, encoding, file] = process.argv;
const credentials = { username: "admin", password: "admin" };
const client = createClient({ baseUrl: url as string, transport: transport as "http" | "ws", encoding: encoding as "json" | "protobuf", credentials });
const cases = JSON.parse(readFileSync(file as string, "utf8"));
try {
  for (const method of ["body", "address"] as const) {
    const call = client.probes[method] as (input: unknown) => Promise<object>;
    for (const [input, pointers] of cases[method]) {
      const answer = await call(input).catch((error: unknown) => error);
      if (pointers.length === 0) {
        assert(!(answer instanceof Error), String(answer));
        assert(method === "address" || JSON.stringify(sorted(answer)) === JSON.stringify(sorted(input)), JSON.stringify(answer));
      } else {
        assert(answer instanceof InvalidData, `${method} ${JSON.stringify(input)}: ${String(answer)}`);
        const told = answer.errors.map((one) => one.pointer.replace("/arm/text~1full/", "/arm/")).sort();
        assert.deepEqual(told, pointers, method);
      }
    }
  }
} finally {
  await client.close();
}

/** Plain data in one order of its members. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  if (typeof value === "bigint") {
    return Number(value);
  }
  if (typeof value !== "object" || value === null) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)).map(([key, below]) => [key, sorted(below)]));
}
