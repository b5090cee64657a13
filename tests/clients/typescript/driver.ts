/**
 * A client that is driven from outside: one JSON object a line, on standard input and output (`../twins.py` drives it).
 *
 * After the end of its input only the client could keep the process alive, so that it ends by itself says that nothing is left.
 */

import { createInterface } from "node:readline";
import type { Client, ClientOptions, Events } from "../../../generated/sdk_typescript/src/index.ts";
import { ApiError, createClient, EventsDropped, InvalidResponse, topics } from "../../../generated/sdk_typescript/src/index.ts";

type Line = { readonly [member: string]: unknown };
type Method = (input: unknown, options: { readonly signal: AbortSignal }) => Promise<unknown>;
type Stream = ReturnType<Client["events"]> | ReturnType<Client["presence"]>;
type Told = Omit<ClientOptions, "traceparent"> & { readonly provides: boolean; readonly traceparent?: string };

const { provides, traceparent, ...settings } = JSON.parse(process.argv[2] ?? "{}") as Told;
const aborts = new Map<unknown, AbortController>();
const streams = new Map<unknown, Stream>();
const waiting = new Map<unknown, (answer: never) => void>();
let asked = 0;

function say(line: Line): void {
  const numbers = (_: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value);
  process.stdout.write(`${JSON.stringify(line, numbers)}\n`);
}

const tell =
  (hook: string) =>
  (...args: unknown[]): void =>
    say({ hook, args: args.map((one) => (one instanceof Error ? one.name : one)) });

function ask(): Promise<string> {
  asked += 1;
  say({ ask: asked });
  return new Promise((resolve) => waiting.set(asked, resolve));
}

function told(error: unknown): Line {
  const { name, message, cause } = error as Error;
  const known = error as { readonly requestId?: string };
  return {
    name,
    message,
    requestId: known.requestId,
    ...(error instanceof ApiError && { code: error.code, status: error.status, errors: error.errors, retryAfterMs: error.retryAfterMs }),
    ...(error instanceof InvalidResponse && { pointer: error.pointer }),
    ...(error instanceof EventsDropped && { count: error.count }),
    ...(cause instanceof Error && { cause: cause.name }),
  };
}

const client = createClient({
  ...settings,
  ...(provides && { token: ask }),
  ...(traceparent !== undefined && { traceparent: () => traceparent }),
  hooks: {
    onRetry: (info, error, pauseMs) => tell("retry")(info.number, error, pauseMs),
    onConnect: tell("connect"),
    onDisconnect: tell("disconnect"),
    onResubscribe: tell("resubscribe"),
    onMissed: tell("missed"),
    onWarning: tell("warning"),
  },
});

function call(name: string, fields: { readonly [name: string]: string }, options: Line, signal: AbortSignal): Promise<unknown> {
  const [feature, method] = name.split(".", 2) as [string, string];
  if (feature !== "") {
    const found = client as unknown as { readonly [feature: string]: { readonly [method: string]: Method } };
    return found[feature]![method]!(fields, { ...options, signal });
  }
  const own = {
    login: () => client.login(fields["username"] ?? "", fields["password"] ?? ""),
    setToken: () => Promise.resolve(client.setToken(fields["token"] ?? "")),
    logout: () => client.logout(),
    connect: () => client.connect(),
    close: () => client.close(),
  };
  return own[method as keyof typeof own]();
}

function listen(event: keyof Events, fails: unknown): () => void {
  return client.on(event, (one) => {
    tell("event")(one.offset);
    if (one.offset === fails) {
      throw new Error("mine");
    }
  });
}

async function act(line: Line): Promise<unknown> {
  const { id, stream } = line;
  if ("call" in line) {
    const abort = new AbortController();
    aborts.set(id, abort);
    return call(line["call"] as string, line["fields"] as { [name: string]: string }, line["options"] as Line, abort.signal);
  }
  if ("follow" in line) {
    const named = topics as unknown as { readonly [topic: string]: (...values: unknown[]) => ReturnType<typeof topics.artistsByArtistId> };
    const made = line["topic"]
      ? client.events(named[line["topic"] as string]!(...(line["values"] as unknown[])))
      : client.events(line["follow"] as keyof Events);
    streams.set(stream, made);
    await made.ready;
  } else if ("attend" in line) {
    const made = client.presence(topics.artistNamesByArtistName(...(line["values"] as [string])));
    streams.set(stream, made);
    await made.ready;
  } else if ("next" in line) {
    return streams.get(stream)?.next();
  } else if ("leave" in line) {
    await streams.get(stream)?.return?.();
  } else if ("listen" in line) {
    return void listen(line["listen"] as keyof Events, line["fails"]);
  }
  return undefined;
}

for await (const text of createInterface({ input: process.stdin })) {
  const line = JSON.parse(text) as Line;
  if ("answer" in line) {
    waiting.get(line["answer"])?.(line["token"] as never);
  } else if ("abort" in line) {
    aborts.get(line["abort"])?.abort();
  } else {
    act(line).then(
      (result) => say({ id: line["id"], result }),
      (error: unknown) => say({ id: line["id"], error: told(error) }),
    );
  }
}
await client.close();
