/** What a page does with the client: `../test_browser.py` calls `stele` in Chromium. */

import { ApiError, createClient } from "../../../generated/sdk_typescript/src/index.ts";
import type { ClientOptions } from "../../../generated/sdk_typescript/src/index.ts";

interface Seen {
  readonly doors: readonly string[];
  readonly name: string;
  readonly event?: boolean;
  readonly refusal: { readonly code: string; readonly traceId: boolean };
  readonly warnings: readonly string[];
}

async function event(client: ReturnType<typeof createClient>, name: string): Promise<boolean> {
  const stream = client.events("artist_created");
  await stream.ready;
  const made = await client.artists.create({ name: `${name} event` });
  for await (const found of stream) {
    if (found.data.artist.id === made.id) {
      return found.data.artist.name === made.name;
    }
  }
  return false;
}

async function day(options: ClientOptions, name: string): Promise<Seen> {
  const doors: string[] = [];
  const warnings: string[] = [];
  const hooks = {
    onRequest: (info: { door: string; operation: string }) => void doors.push(`${info.operation} ${info.door}`),
    onWarning: (text: string) => void warnings.push(text),
  };
  const client = createClient({ ...options, hooks });
  try {
    const hasEvents = options.transport !== "http";
    if (hasEvents) {
      await client.connect();
    }
    const made = await client.artists.create({ name });
    const changed = await client.artists.update({ artistId: made.id, name: `${name}!`, expectedVersion: made.version });
    const refusal = await client.artists.create({ name: `${name}!` }).catch((error: unknown) => error as ApiError);
    const known = refusal instanceof ApiError ? { code: refusal.code, traceId: refusal.traceId !== "" } : { code: String(refusal), traceId: false };
    const seen = { doors: [...doors], name: changed.name, refusal: known, warnings };
    return hasEvents ? { ...seen, event: await event(client, name) } : seen;
  } finally {
    await client.close();
  }
}

/** The result, or the name of the error. */
async function tried(options: ClientOptions, name: string): Promise<Seen | string> {
  try {
    return await day(options, name);
  } catch (error) {
    return (error as Error).name;
  }
}

Object.assign(globalThis, { stele: tried });
