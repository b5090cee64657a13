/** Calls what `tests/contract/parcels.py` serves: `node parcels.ts URL TRANSPORT ENCODING`. What does not hold ends it with its words. */

import assert from "node:assert/strict";

import { createClient, InvalidData } from "../../generated/sdk_typescript/src/index.ts";

const [, , url, transport, encoding] = process.argv;
const credentials = { username: "admin", password: "admin" };
const client = createClient({ baseUrl: url as string, transport: transport as "http" | "ws", encoding: encoding as "json" | "protobuf", credentials });
const given = {
  "@type": "gift",
  "delivery-window": "morning",
  homeAddress: { streetName: "Elm Street", "zip-code": null },
  size: { sizeKind: "tube", innerWidth: 1.5 },
  class: "A",
  tagList: ["a", "b"],
  "weight.grams": { one: 5 },
  sentAt: "2026-01-02T03:04:05Z",
} as const;
try {
  const sent = await client.parcels.send({ ...given, tagList: [...given.tagList] });
  assert.deepEqual({ ...sent }, { ...given, parcelId: sent.parcelId, rowVersion: 1 });
  assert.deepEqual(await client.parcels.get({ parcelId: sent.parcelId }), sent);
  const found = await client.parcels.find({ "@type": "gift", "sentAt[gte]": "2026-01-01T00:00:00Z", tagList: ["b"], class: "A" });
  assert.deepEqual(found.items.at(-1), sent);
  const homeAddress = { streetName: "Oak Street", "zip-code": "1" };
  const changed = await client.parcels.change({ parcelId: sent.parcelId, homeAddress, expectedVersion: 1 });
  assert.deepEqual(changed, { ...sent, homeAddress, tagList: [], rowVersion: 2 });
  const wrong = { ...given, tagList: [], "@type": "", homeAddress: { streetName: "", "zip-code": null } };
  const refused = await client.parcels.send(wrong).catch((error: unknown) => error);
  assert(refused instanceof InvalidData, String(refused));
  assert.deepEqual(refused.errors.map((one) => one.pointer).sort(), ["/@type", "/homeAddress/streetName"]);
  const label = await client.parcels.printLabel({ parcelId: 1, labelText: "text", "paper-size": "A4", labelFile: new Uint8Array(3), printedText: "more" });
  assert.deepEqual({ ...label }, { labelText: "more", "paper-size": "A4", byteCount: label.byteCount });
  assert.equal(Number(label.byteCount), 3);
} finally {
  await client.close();
}
