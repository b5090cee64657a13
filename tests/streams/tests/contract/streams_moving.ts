/** Walks what `tests/contract/streams_moving.py` plays: `node streams_moving.ts URL`. */

import assert from "node:assert/strict";

import { createClient } from "./streams_client.ts";

const [, , url] = process.argv as [string, string, string];
let moved = (): void => undefined;
let left = (): void => undefined;
const hasMoved = new Promise<void>((resolve) => (moved = resolve));
const hasLeft = new Promise<void>((resolve) => (left = resolve));
const hooks = { onConnect: (count: number) => (count === 2 ? moved() : undefined), onDisconnect: () => left() };
const client = createClient({ baseUrl: url, transport: "ws", maxRetries: 0, token: "t", hooks });

const ticks = client.streams.countUp({ times: 2 });
const numbers = [Number((await ticks.next()).value?.number)];
await hasMoved;
assert.equal(Number((await client.artists.get({ artistId: 7 })).id), 7, "a call goes to the next connection");
for await (const { number } of ticks) {
  numbers.push(Number(number));
}
assert.deepEqual(numbers, [1, 2], "the stream comes to its end on the first one");
await hasLeft;
await client.close();
