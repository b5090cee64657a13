/** Walks what `tests/contract/streams.py` serves: `node streams.ts URL`. Each claim that does not hold ends it with its words. */

import assert from "node:assert/strict";

import { connect, countUp, createClient } from "./streams_client.ts";

const [, , url] = process.argv as [string, string, string];
const credentials = { username: "admin", password: "admin" };

async function walk(transport: "http" | "ws", encoding: "json" | "protobuf"): Promise<void> {
  const client = createClient({ baseUrl: url, transport, encoding, maxRetries: 0, credentials });
  const { streams } = client;
  const numbers = async (times: number): Promise<number[]> => {
    const found = [];
    for await (const { number } of streams.countUp({ times })) {
      found.push(Number(number));
    }
    return found;
  };
  const upTo = (times: number): number[] => Array.from({ length: times }, (_, index) => index + 1);
  const [many, few, artist] = await Promise.all([numbers(200), numbers(70), client.artists.get({ artistId: 1 })]);
  assert.deepEqual([many, few, Number(artist.id)], [upTo(200), upTo(70), 1], "two streams beside a call");
  assert.deepEqual(await numbers(0), [], "an empty stream ends");

  const pieces = [];
  for await (const piece of streams.completeText({ text: "a b" })) {
    pieces.push(piece.kind);
  }
  assert.deepEqual(pieces, ["word", "word", "usage"], "a union, asked for by a body");

  for (const failsAt of [1, 3]) {
    let seen = 0;
    const failing = async (): Promise<void> => {
      for await (const _ of streams.countUp({ times: 9, fault: "refused", failsAt })) {
        seen += 1;
      }
    };
    await assert.rejects(failing(), { name: "ArtistNotFound" }, `refused at ${failsAt}`);
    assert.equal(seen, failsAt - 1, "what came before the refusal was had");
  }

  const late = async (): Promise<void> => {
    for await (const _ of streams.countUp({ times: 1000, pauseMs: 50 }, { timeoutMs: 400 })) {
      // It goes on until its time is over.
    }
  };
  await assert.rejects(late(), (error: Error) => ["TimedOut", "DeadlineExceeded", "Timeout"].includes(error.name), "its time");

  const reason = new Error("enough");
  const aborter = new AbortController();
  const aborted = async (): Promise<void> => {
    for await (const _ of streams.countUp({ times: 1000, pauseMs: 50 }, { signal: aborter.signal })) {
      aborter.abort(reason);
    }
  };
  await assert.rejects(aborted(), reason, "the caller's own reason");

  for await (const _ of streams.countUp({ times: 100_000, pauseMs: 10 })) {
    break;
  }
  const endless = streams.countUp({ times: 100_000, pauseMs: 5000 });
  await endless.next();
  const waiting = endless.next();
  await endless.return();
  assert.deepEqual(await waiting, { value: undefined, done: true }, "who waits hears of the end");
  for (let tries = 0; (await streams.getStreamState()).running > 0; tries += 1) {
    assert.ok(tries < 200, "what is left is ended at the server");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await client.close();
}

for (const transport of ["http", "ws"] as const) {
  for (const encoding of ["json", "protobuf"] as const) {
    await walk(transport, encoding);
  }
}
const connection = connect({ baseUrl: url, transport: "http", credentials });
let count = 0;
for await (const _ of countUp(connection)) {
  count += 1;
}
assert.equal(count, 3, "as a function of its own");
await connection.close();
