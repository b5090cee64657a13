/** Calls what `tests/contract/media.py` serves: `node media.ts URL`. Each claim that does not hold ends it with its words. */

import assert from "node:assert/strict";
import { openAsBlob } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient, errorsOf } from "./media_client.ts";

const [, , url] = process.argv;
const client = createClient({ baseUrl: url as string, transport: "http", credentials: { username: "admin", password: "admin" } });
const PNG = new Uint8Array(300_000).map((_, index) => (index * 7) % 256);
const folder = await mkdtemp(join(tmpdir(), "media-"));

async function named(name: string, call: Promise<unknown>): Promise<void> {
  await assert.rejects(call, (error: unknown) => errorsOf(error) === name, name);
}

try {
  await writeFile(join(folder, "picture.png"), PNG);
  const sources = [
    PNG,
    PNG.buffer,
    new Blob([PNG]),
    await openAsBlob(join(folder, "picture.png")),
    new Blob([PNG]).stream(),
    { content: PNG, mediaType: "image/jpeg" },
  ];
  for (const content of sources) {
    const given = "mediaType" in content ? content : { content, mediaType: "image/png" };
    const stored = await client.media.putPortrait({ artistId: 1, content: given });
    assert.equal(Number(stored.length), PNG.length);
  }
  const download = await client.media.getPortrait({ artistId: 1 });
  assert.deepEqual([download.mediaType, download.length, download.filename], ["image/jpeg", PNG.length, "Porträt.png"]);
  assert.deepEqual(await download.bytes(), PNG);
  let size = 0;
  for await (const chunk of (await client.media.getPortrait({ artistId: 1 })).stream) {
    size += chunk.length;
  }
  assert.equal(size, PNG.length);
  assert.equal(await (await client.media.getTail({ lines: 2 })).text(), "0\n1\n");
  const album = await client.media.createAlbum({
    title: 'A "title"',
    year: 1957,
    genres: ["slow", "quiet"],
    details: { label: "Blue" },
    cover: { content: PNG, filename: "cover.png", mediaType: "image/png" },
    tracks: [new Uint8Array(70_000), new Blob(["22"])],
  });
  assert.deepEqual([album.title, album.year, album.genres, album.details?.label], ['A "title"', 1957, ["slow", "quiet"], "Blue"]);
  assert.deepEqual([album.cover.filename, album.tracks.map((one) => Number(one.length))], ["cover.png", [70_000, 2]]);

  const png = (content: Uint8Array, artistId = 1) => client.media.putPortrait({ artistId, content: { content, mediaType: "image/png" } });
  await named("ArtistNotFound", png(PNG, 99));
  await named("TooLarge", png(new Uint8Array(9 * 2 ** 20)));
  await named("UnsupportedMediaType", client.media.putPortrait({ artistId: 1, content: { content: PNG, mediaType: "text/html" } }));
  await named("ConnectionLost", client.media.getTail({ lines: 50_000, fault: "later" }).then((tail) => tail.bytes()));
  const stream = new Blob([PNG]).stream();
  stream.getReader();
  await named("ConnectionLost", client.media.putPortrait({ artistId: 1, content: { content: stream, mediaType: "image/png" } }));

  const streamed = await client.media.createAlbum({
    title: "Ström",
    genres: ["slow"],
    cover: { content: new Blob([PNG]).stream(), filename: 'c"1.png', mediaType: "image/png" },
    tracks: [new Uint8Array(70_000), new Blob(["22"]).stream()],
  });
  assert.deepEqual([streamed.title, streamed.genres, Number(streamed.cover.length)], ["Ström", ["slow"], PNG.length]);
  assert.deepEqual(streamed.tracks.map((one) => Number(one.length)), [70_000, 2]);

  await png(PNG);
  const asked: (string | null)[] = [];
  const cutting: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    if (init?.method !== "GET") {
      return response;
    }
    asked.push(new Headers(init.headers).get("range"));
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const part = new Uint8Array(await response.arrayBuffer()).slice(0, 200_000);
    const writer = writable.getWriter();
    void writer.write(part).then(() => (part.length === 200_000 ? writer.abort(new Error("cut")) : writer.close()), () => undefined);
    return new Response(readable, { status: response.status, headers: response.headers });
  };
  const weak = createClient({ baseUrl: url as string, transport: "http", credentials: { username: "admin", password: "admin" }, fetch: cutting });
  assert.deepEqual(await (await weak.media.getPortrait({ artistId: 1 })).bytes(), PNG);
  assert.deepEqual(asked, [null, "bytes=200000-"]);
  await weak.close();
} finally {
  await rm(folder, { recursive: true });
}
