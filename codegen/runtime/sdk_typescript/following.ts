/** Following topics: loaded when somebody does, so that a bundle for calls alone can leave it out. */

import type { Connection } from "./connection.ts";
import { TIMEOUT_MS } from "./connection.ts";
import { Deadline, race } from "./deadline.ts";
import { AuthenticationLost, ClientClosed, ClientError, ConnectionLost } from "./errors.ts";
import type { Feed, Received, Stream } from "./events.ts";
import { Attending, EventStream } from "./events.ts";
import { Followers } from "./followers.ts";
import type { AttendedTopic, Event, Topic } from "./operation.ts";
import type { ClientOptions } from "./options.ts";
import type { SocketDoor } from "./socket.ts";
import type { Tokens } from "./tokens.ts";
import { PATIENCE_MS, TopicsOverHttp } from "./topics_over_http.ts";

/** Events that may wait for their taker. */
const MAX_QUEUED = 1000;

/** What a client has that follows; `life` is its own. */
export interface Parts {
  readonly client: Connection;
  readonly socket: SocketDoor;
  readonly tokens: Tokens;
  readonly options: ClientOptions;
  readonly life: AbortSignal;
}

/** The events of a topic, over the socket, or over HTTP where it does not open. */
export function follow<T>(parts: Parts, what: Event<T> | Topic<T>): EventStream<T> {
  const followed: Topic<T> = "kinds" in what ? what : { name: what.topic, kinds: [what], ...(what.isSparse && { isSparse: true }) };
  const fault = followed.name === "" ? "the event is told on topics with parameters: follow one of `topics`" : undefined;
  const begin = (leave: () => void): EventStream<T> => new EventStream<T>(parts.options.maxQueuedEvents ?? MAX_QUEUED, leave);
  return started(parts, followed.name, fault, begin, (followers, stream) => followers.add(followed, stream));
}

/** Who follows a topic, by the same ways. */
export function watch(parts: Parts, topic: AttendedTopic<unknown>): Attending {
  const { name } = topic;
  const fault = name.includes("?") ? `who follows a part of a topic is not told: leave the filter of ${name} out` : undefined;
  const begin = (leave: () => void): Attending => new Attending(name, leave);
  return started(parts, name, fault, begin, (followers, stream) => followers.watch(topic, stream));
}

/** `add` answers whether the topic has to be asked for. */
function started<S extends Pick<Feed<unknown>, "ready" | "end">>(
  parts: Parts,
  name: string,
  fault: string | undefined,
  begin: (leave: () => void) => S,
  add: (followers: Followers, stream: S) => boolean,
): S {
  const { client, socket, tokens, options, life } = parts;
  const followers = (socket.followers ??= new Followers(options.hooks ?? {}));
  const overHttp = (followers.overHttp ??= new TopicsOverHttp({ socket, followers, tokens, options, contract: client.contract, life }));
  const leave = (): void => {
    const topic = followers.remove(stream);
    if (topic !== undefined) {
      followers.leave(topic, socket.line);
      overHttp.changed();
    }
  };
  const stream = begin(leave);
  const ask = async (): Promise<void> => {
    const isOpen = !overHttp.isRunning && (await hasSocket(client, socket, options));
    if (life.aborted) {
      throw new ClientClosed("the client is closed");
    }
    if (fault !== undefined) {
      throw new ClientError(fault);
    }
    if (add(followers, stream)) {
      await (isOpen ? followers.follow([name], socket.line) : within(options, overHttp.begin()));
    }
    if (options.transport !== "ws") {
      overHttp.watch();
    }
  };
  stream.ready = ask();
  stream.ready.catch((error: unknown) => {
    leave();
    stream.end(error instanceof ClientError ? error : new ClientError(String(error)));
  });
  return stream;
}

/** False where HTTP is to be asked, at least until the socket opens. */
async function hasSocket(client: Connection, socket: SocketDoor, { transport }: ClientOptions): Promise<boolean> {
  if (transport === "ws") {
    await client.connect();
    return true;
  }
  const patience = new Deadline(PATIENCE_MS);
  const isOpen = transport !== "http" && (await socket.opened(patience.signal).finally(() => patience.done()));
  if (socket.stopped instanceof AuthenticationLost) {
    throw socket.stopped;
  }
  return isOpen;
}

/** In the client's own time, as a call. */
async function within({ timeoutMs = TIMEOUT_MS }: ClientOptions, followed: Promise<void>): Promise<void> {
  const deadline = new Deadline(timeoutMs);
  try {
    await race(followed, deadline.signal, () => new ConnectionLost("neither the socket nor topics over HTTP can be had"));
  } finally {
    deadline.done();
  }
}

/** Calls the listener for each event in turn, and survives its failures. */
export async function listen<T>(
  stream: Stream<T>,
  event: Event<T> | Topic<T>,
  listener: (event: Received<T>) => unknown,
  warn: (message: string) => void,
): Promise<void> {
  try {
    for await (const one of stream) {
      try {
        await listener(one);
      } catch (error) {
        warn(`a listener of ${event.name} failed: ${String(error)}`);
      }
    }
  } catch (error) {
    warn(`the events ${event.name} have ended: ${String(error)}`);
  }
}
