/** The twin of `../scenario.py`: called with the address, a transport, an encoding, a label, and the package's folder. */

import type { Artist, Client } from "../../../generated/sdk_typescript/src/index.ts";

const [url = "", transport = "auto", encoding = "json", label = "", source = ""] = process.argv.slice(2);
const { createClient, ArtistNameTaken, ClientError, InvalidData, VersionMismatch } = (await import(
  source
)) as typeof import("../../../generated/sdk_typescript/src/index.ts");

const PAGES = 250;
const AT_ONCE = 10;
const READERS = 50;
const WRITERS = 10;
const TOKEN_LIFE_MS = 8000;
const seen: { [what: string]: unknown } = {};
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function refusals(client: Client): Promise<Artist> {
  const artist = await client.artists.create({ name: label, bio: "first" });
  await client.artists.create({ name: label }).catch((error: unknown) => {
    if (error instanceof ArtistNameTaken) {
      seen["conflict"] = [error.code, error.traceId !== "", error.requestId !== undefined];
    }
  });
  await client.artists.create({ name: "" }).catch((error: unknown) => {
    if (error instanceof InvalidData) {
      seen["pointers"] = error.errors.map((fault) => fault.pointer);
    }
  });
  const change = { artistId: artist.id, name: label, expectedVersion: artist.version };
  const changed = await client.artists.update(change);
  await client.artists.update(change).catch((error: unknown) => {
    if (error instanceof VersionMismatch) {
      seen["stale"] = error.code;
    }
  });
  return changed;
}

async function events(client: Client): Promise<void> {
  if (transport === "http") {
    return;
  }
  const stream = client.events("artist_created");
  await stream.ready;
  const made = await client.artists.create({ name: `${label} event` });
  for await (const event of stream) {
    if (event.data.artist.id === made.id) {
      seen["event"] = JSON.stringify(event.data.artist) === JSON.stringify(made);
      return;
    }
  }
}

async function named(client: Client, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const one of client.artists.paginate({ perPage: 100 })) {
    if (one.name.startsWith(prefix)) {
      found.push(one.name);
    }
  }
  return found;
}

async function pages(client: Client): Promise<void> {
  for (let first = 0; first < PAGES; first += AT_ONCE) {
    const names = Array.from({ length: AT_ONCE }, (_, number) => `${label} page ${first + number}`);
    await Promise.all(names.map((name) => client.artists.create({ name })));
  }
  const found = await named(client, `${label} page `);
  seen["paginated"] = [found.length, new Set(found).size];
}

async function crash(client: Client, artist: Artist): Promise<void> {
  const results: boolean[] = [];
  const failures: string[] = [];
  console.log("kill");
  const ends = performance.now() + 9000;
  const read = async (): Promise<void> => {
    while (performance.now() < ends) {
      try {
        results.push(JSON.stringify(await client.artists.get({ artistId: artist.id })) === JSON.stringify(artist));
      } catch (error) {
        if (!(error instanceof ClientError)) {
          throw error;
        }
        failures.push(error.name);
      }
      await sleep(10);
    }
  };
  const write = async (number: number): Promise<void> => {
    await sleep(number * 100);
    await client.artists.create({ name: `${label} crash ${number}` });
  };
  await Promise.all([
    ...Array.from({ length: READERS }, read),
    ...Array.from({ length: WRITERS }, (_, number) => write(number)),
  ]);
  const names = await named(client, `${label} crash `);
  seen["read"] = [results.every(Boolean), results.length >= READERS, failures];
  seen["written"] = [names.length, new Set(names).size];
}

const began = performance.now();
const client = createClient({
  baseUrl: url,
  transport: transport as "auto",
  encoding: encoding as "json",
  timeoutMs: 60_000,
  maxRetries: 12,
  credentials: { username: "admin", password: "admin" },
});
const artist = await refusals(client);
await events(client);
await pages(client);
while (performance.now() - began < TOKEN_LIFE_MS * 1.5) {
  await client.artists.get({ artistId: artist.id });
  await sleep(200);
}
seen["expiry"] = "survived";
await crash(client, artist);
await client.close();
console.log(JSON.stringify(seen));
