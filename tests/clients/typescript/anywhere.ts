/**
 * One small day of the client, in whatever runs it: Node, Deno and Bun give the arguments of the command, a page those of its worker.
 * Address, door, encoding, name; the answer is JSON on stdout, or a message of the worker.
 */

import { ArtistNameTaken, createClient, withMiddleware } from "../../../generated/sdk_typescript/src/index.ts";
import type { ClientOptions } from "../../../generated/sdk_typescript/src/index.ts";

interface Worker {
  onmessage?: (message: { readonly data: readonly string[] }) => void;
  postMessage(answer: string): void;
}

async function day([baseUrl = "", transport = "auto", encoding = "json", name = ""]: readonly string[]): Promise<string> {
  const passed: string[] = [];
  const client = createClient({
    baseUrl,
    credentials: { username: "editor", password: "editor" },
    transport: transport as "auto",
    encoding: encoding as "json",
    fetch: withMiddleware([
      (url, init, next) => {
        passed.push(new URL(url).pathname);
        return next(url, init);
      },
    ]),
  } satisfies ClientOptions);
  const stream = client.events("artist_created");
  if (transport !== "http") await stream.ready;
  const made = await client.artists.create({ name });
  const refused = await client.artists.create({ name }).catch((error: unknown) => error instanceof ArtistNameTaken);
  let heard: boolean | undefined;
  while (transport !== "http" && heard === undefined) {
    const { value } = await stream.next();
    if (value?.data.artist.id === made.id) heard = true;
  }
  await client.close();
  return JSON.stringify({ name: made.name, refused, heard: heard ?? null, login: passed.includes("/auth/login") });
}

const { process } = globalThis as { process?: { readonly argv: string[] } };
if (process?.argv !== undefined) {
  console.log(await day(process.argv.slice(2)));
} else {
  const worker = globalThis as unknown as Worker;
  worker.onmessage = ({ data }) => void day(data).then((answer) => worker.postMessage(answer));
  worker.postMessage("ready");
}
