/**
 * What a frontend does before there is a service: a call, an event and a refusal that it asked for. Its arguments are the mock's address, a door, an encoding.
 */

import { ArtistNameTaken, ArtistNotFound, createClient, withMiddleware } from "../../../generated/sdk_typescript/src/index.ts";
import type { ClientOptions } from "../../../generated/sdk_typescript/src/index.ts";

const [baseUrl = "", transport = "auto", encoding = "json"] = process.argv.slice(2);
const spoken = { baseUrl, encoding: encoding as "json" } satisfies Partial<ClientOptions>;

/** A client all of whose calls ask the mock for this answer. */
function preferring(wish: string): ReturnType<typeof createClient> {
  const wishing = withMiddleware([
    (url, init, next) => {
      const headers = new Headers(init?.headers);
      headers.set("prefer", wish);
      return next(url, { ...init, headers });
    },
  ]);
  return createClient({ ...spoken, transport: "http", token: "admin", fetch: wishing });
}

async function refused(wish: string, call: (client: ReturnType<typeof createClient>) => Promise<unknown>): Promise<unknown> {
  const client = preferring(wish);
  const error = await call(client).catch((one: unknown) => one);
  await client.close();
  return error;
}

const client = createClient({ ...spoken, transport: transport as "auto", credentials: { username: "editor", password: "any" } });
const stream = client.events("artist_created");
if (transport !== "http") await stream.ready;
const made = await client.artists.create({ name: "Berthe Morisot", bio: "The Cradle" });
const heard = transport === "http" ? undefined : (await stream.next()).value?.data.artist.id;
const read = await client.artists.get({ artistId: made.id });
await client.close();

const taken = await refused("error=artist_name_taken", (one) => one.artists.create({ name: "Berthe Morisot" }));
const gone = await refused("code=404", (one) => one.artists.get({ artistId: made.id }));
console.log(
  JSON.stringify({
    name: read.name,
    heard: transport === "http" ? null : heard === made.id,
    taken: taken instanceof ArtistNameTaken,
    gone: gone instanceof ArtistNotFound,
  }),
);
