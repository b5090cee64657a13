/** What the codec does at its edges, on tables written by hand. Run by `test_typescript_units.py`. */

import assert from "node:assert/strict";
import { test } from "node:test";

const runtime = process.env["RUNTIME"] as string;
const { parseJson, readJson, textsOf, writeJson } = await import(`${runtime}/json.ts`);
const { decode, encode } = await import(`${runtime}/protobuf.ts`);
const { Malformed } = await import(`${runtime}/schema.ts`);
const { durationOf, durationText, momentOf, momentText } = await import(`${runtime}/spans.ts`);
const { filtered, made } = await import(`${runtime}/topic.ts`);
const { REQUEST_FRAME, RESPONSE_FRAME, NUMBER, TOPICS } = await import(`${runtime}/envelope.ts`);

const GENRE = { members: { fiction: 1, essay: 2 } };
const NODE: any = {
  fields: [
    { name: "id", no: 1, kind: "int64" },
    { name: "count", no: 2, kind: "safe", optional: true },
    { name: "ratio", no: 3, kind: "double", optional: true },
    { name: "bornOn", wire: "born_on", no: 4, kind: "string", nullable: true },
    { name: "tags", no: 5, kind: "string", many: "list", optional: true },
    { name: "genre", no: 6, kind: GENRE, optional: true },
    { name: "next", no: 7, kind: () => NODE, optional: true },
    { name: "kind", no: 8, kind: "string", constant: "node" },
    { name: "facts", no: 9, kind: "int32", many: "map", optional: true },
    { name: "data", no: 10, kind: "bytes", optional: true },
    { name: "at", no: 11, kind: "moment", optional: true },
  ],
};
const PLAIN = { id: 1n, bornOn: null, tags: [], kind: "node", facts: {} };
const JSON_PLAIN = '{"id":1,"born_on":null,"kind":"node"}';
const UNION: any = { tag: "kind", arms: [{ tag: "node", no: 1, record: () => NODE }] };
const refused = (read: () => unknown, pointer: string): void =>
  assert.throws(read, (error: any) => error instanceof Malformed && error.pointer === pointer);

test("integers of 64 bits survive JSON both ways", () => {
  for (const id of [2n ** 63n - 1n, -(2n ** 63n), 9007199254740993n, 0n]) {
    const text = `{"id":${id},"born_on":null,"kind":"node"}`;
    assert.equal(readJson(NODE, parseJson(text)).id, id);
    assert.equal(writeJson(NODE, { ...PLAIN, id }).slice(0, text.indexOf(",")), text.slice(0, text.indexOf(",")));
  }
});

test("only whole integers are quoted: neither digits in texts nor in fractions", () => {
  const text = '{"a":"12345678901234567","b":1.12345678901234567,"c":-12345678901234567,"d":1e300,"e":"\\"12345678901234567","f":12345678901234567e2}';
  const found = parseJson(text) as Record<string, unknown>;
  const wanted = JSON.parse(text.replace(":-12345678901234567,", ':"-12345678901234567",'));
  assert.deepEqual(found, wanted);
});

test("what is no JSON is Malformed", () => {
  for (const text of ["", "{", "nul", '{"a":12345678901234567', "\ufeff{}"]) {
    refused(() => parseJson(text), "");
  }
});

test("an answer that lacks a field or has another type says where", () => {
  refused(() => readJson(NODE, parseJson('{"born_on":null}')), "/id");
  refused(() => readJson(NODE, parseJson('{"id":1,"born_on":null,"next":{"id":true}}')), "/next/id");
  refused(() => readJson(NODE, parseJson('{"id":1,"born_on":null,"facts":{"a/b~":"x"}}')), "/facts/a~1b~0");
  refused(() => readJson(NODE, parseJson('{"id":1,"born_on":null,"tags":[1]}')), "/tags/0");
  refused(() => readJson(NODE, []), "");
  refused(() => readJson(UNION, {}), "/kind");
});

test("what a newer server adds is let through", () => {
  const found = readJson(NODE, parseJson('{"id":1,"born_on":null,"kind":"node","genre":"poem","added":[1]}'));
  assert.deepEqual(found, { ...PLAIN, genre: "poem" });
  const raw = { kind: "leaf", size: 3 };
  assert.deepEqual(readJson(UNION, raw), { kind: "$unknown", tag: "leaf", raw });
  assert.deepEqual(decode(NODE, Uint8Array.of(8, 1, 48, 9)), { ...PLAIN, genre: "9" });
});

test("names of Object.prototype are neither found nor set", () => {
  assert.deepEqual(readJson({ fields: [{ name: "constructor_", wire: "constructor", no: 1, kind: "string", optional: true }] }, {}), {});
  const facts = JSON.parse('{"__proto__":1,"constructor":2}');
  const value = { ...PLAIN, facts };
  assert.deepEqual(readJson(NODE, parseJson(writeJson(NODE, value))), value);
  assert.deepEqual(decode(NODE, encode(NODE, value)), value);
  assert.equal(Object.getPrototypeOf(decode(NODE, encode(NODE, value)).facts), Object.prototype);
});

test("what is left out is not sent, but for a required null and a constant", () => {
  assert.equal(writeJson(NODE, { id: 1n, bornOn: null, count: undefined, next: null }), JSON_PLAIN);
  assert.equal(writeJson(NODE, { id: 1n }), JSON_PLAIN);
  assert.equal(writeJson(NODE, { id: 1n }, new Set(["id"])), '{"born_on":null,"kind":"node"}');
  assert.deepEqual(decode(NODE, encode(NODE, { id: 1n })), PLAIN);
  assert.throws(() => writeJson(NODE, { bornOn: null }), /^TypeError: id is missing/);
  assert.throws(() => encode(NODE, { bornOn: null }), /^TypeError: id is missing/);
});

test("both encodings refuse the same values, and say which", () => {
  const wrong: [string, unknown][] = [
    ["id", 1], ["id", 2n ** 63n], ["count", 1.5], ["count", 2 ** 53], ["ratio", NaN], ["ratio", Infinity], ["bornOn", 3],
    ["bornOn", "\ud800"], ["tags", "a"], ["tags", [1]], ["facts", []], ["facts", { a: 2 ** 31 }], ["data", [1]],
    ["at", 1700000000], ["next", 1],
  ];
  for (const [name, value] of wrong) {
    const record = { ...PLAIN, [name]: value };
    assert.throws(() => writeJson(NODE, record), (error: any) => error instanceof TypeError && error.message.startsWith(name), name);
    assert.throws(() => encode(NODE, record), (error: any) => error instanceof TypeError && error.message.startsWith(name), name);
  }
});

test("a text that is no moment is the server's to refuse in JSON, and cannot be written in protobuf", () => {
  const record = { ...PLAIN, at: "2024-02-30T00:00:00Z" };
  assert.match(writeJson(NODE, record), /2024-02-30/);
  assert.throws(() => encode(NODE, record), /^TypeError: at: a date-time of RFC 3339 with an offset is needed/);
});

test("a value without an end is refused, and one of a hundred levels is not", () => {
  const circle: any = { ...PLAIN };
  circle.next = circle;
  assert.throws(() => writeJson(NODE, circle), TypeError);
  assert.throws(() => encode(NODE, circle), TypeError);
  let deep: any = PLAIN;
  for (let level = 0; level < 100; level++) {
    deep = { ...PLAIN, next: deep };
  }
  assert.deepEqual(decode(NODE, encode(NODE, deep)), deep);
  assert.deepEqual(readJson(NODE, parseJson(writeJson(NODE, deep))), deep);
});

test("a message that is nested without an end is Malformed", () => {
  let bytes: number[] = [];
  for (let level = 0; level < 300; level++) {
    const length = bytes.length < 128 ? [bytes.length] : [(bytes.length & 127) | 128, bytes.length >> 7];
    bytes = [58, ...length, ...bytes];
  }
  assert.throws(() => decode(NODE, Uint8Array.from(bytes)), Malformed);
});

test("an unknown arm cannot be sent", () => {
  const arm = { kind: "$unknown", tag: "leaf", raw: {} };
  assert.throws(() => writeJson(UNION, arm), /kind: one of node is needed/);
  assert.throws(() => encode(UNION, arm), /kind: one of node is needed/);
});

test("moments keep their fraction and are in UTC", () => {
  const texts = [
    ["2024-02-29T12:30:45.123456Z", "2024-02-29T12:30:45.123456Z"],
    ["2024-02-29T14:30:45.5+02:00", "2024-02-29T12:30:45.500000Z"],
    ["2024-02-29t12:30:45z", "2024-02-29T12:30:45Z"],
    ["0001-01-01T00:00:00.000000001Z", "0001-01-01T00:00:00.000000001Z"],
    ["1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"],
    ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z"],
  ] as const;
  texts.forEach(([given, wanted]) => assert.equal(momentText(momentOf(given)), wanted));
  const wrong = ["2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "2024-01-01T00:00:60Z", "2024-01-01", "0001-01-01T00:00:00+01:00", "2024-01-01T00:00:00+24:00"];
  wrong.forEach((text) => assert.equal(momentOf(text), undefined, text));
});

test("durations are in days and seconds", () => {
  const texts = [["PT90M", "PT5400S"], ["P1DT24H0M0.120S", "P2DT0.12S"], ["PT0S", "P0D"], ["P3D", "P3D"]] as const;
  texts.forEach(([given, wanted]) => assert.equal(durationText(durationOf(given)), wanted, given));
  assert.equal(durationText({ seconds: -5, nanos: -1000 }), "-PT5.000001S");
  assert.equal(durationText({ seconds: 1, nanos: -1 }), undefined);
  ["P", "PT", "P1Y", "1D", "-P1D", "P1DT"].forEach((text) => assert.equal(durationOf(text), undefined, text));
});

test("fields have texts for paths, queries and headers", () => {
  const value = { id: 2n ** 60n, bornOn: 'a"b', tags: ["x", "ü"], ratio: 0.5, data: Uint8Array.of(255) };
  const texts = (name: string): string[] => textsOf(NODE, name, value);
  assert.deepEqual(["id", "born_on", "tags", "ratio", "data", "count", "strange"].map(texts), [["1152921504606846976"], ['a"b'], ["x", "ü"], ["0.5"], ["/w=="], [], []]);
});

test("a frame's meta is put into its list", () => {
  const PAGE: any = { fields: [{ name: "items", no: 1, kind: "string", many: "list" }, { name: "meta", no: 2, kind: () => META }] };
  const META: any = { fields: [{ name: "total", no: 3, kind: "safe" }] };
  assert.deepEqual(decode(PAGE, encode({ fields: [PAGE.fields[0]] } as any, { items: ["a"] }), encode(META, { total: 7 })), { items: ["a"], meta: { total: 7 } });
  refused(() => decode(PAGE, new Uint8Array()), "/meta");
});

test("frames are what the service reads and writes", () => {
  const frame = { pkgId: 3, reqId: "x", data: Uint8Array.of(1, 2), meta: { timeoutMs: 100, traceparent: "00-1" } };
  assert.deepEqual(decode(REQUEST_FRAME, encode(REQUEST_FRAME, frame)), frame);
  assert.deepEqual(decode(RESPONSE_FRAME, Uint8Array.of(8, 3, 32, 0)), { pkgId: 3, data: new Uint8Array(), statusCode: 0 });
  assert.deepEqual([...encode(TOPICS, { topics: ["a"], positions: [], presence: ["b"] })], [10, 1, 97, 26, 1, 98]);
  assert.deepEqual(decode(NUMBER, Uint8Array.of(8, 30)), { value: 30 });
});

test("a filter stands behind a topic's name, spelled in one way, and its offsets have holes", () => {
  const topic = made("rooms/{id}", [], 7);
  const { name, isSparse } = filtered(made("rooms", []), [["kind", ["b", "a b&c=\u00fc!", "b"]], ["author.id", undefined], ["done", false]]);
  assert.deepEqual([name, isSparse], ["rooms?kind=a%20b%26c%3D%C3%BC%21&kind=b&done=false", true]);
  assert.equal(filtered(topic, [["kind", "a"]]).name, "rooms/7?kind=a");
  assert.equal(filtered(topic, [["kind", undefined]]), topic);
  assert.throws(() => filtered(topic, [["kind", []]]), RangeError);
});

test("a Buffer of Node is read like any other bytes, and what was read is a copy", () => {
  const given = Buffer.from(encode(NODE, { ...PLAIN, data: Uint8Array.of(1, 2, 3) }));
  const { data } = decode(NODE, given);
  given.fill(0);
  assert.deepEqual(data, Uint8Array.of(1, 2, 3));
  assert.equal(Object.getPrototypeOf(data), Uint8Array.prototype);
});
