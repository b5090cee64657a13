/** Following events: loaded when somebody does, so that a bundle for calls alone can leave it out. */

import { ClientError } from "./errors.ts";
import type { Received, Stream } from "./events.ts";
import { EventStream } from "./events.ts";
import { Followers } from "./followers.ts";
import type { Event, Topic } from "./operation.ts";
import type { ClientOptions } from "./options.ts";
import type { SocketDoor } from "./socket.ts";

/** Events that may wait for their taker. */
const MAX_QUEUED = 1000;

/** `connect` opens the socket, or throws why it does not open. */
export function follow<T>(socket: SocketDoor, options: ClientOptions, connect: () => Promise<void>, what: Event<T> | Topic<T>): EventStream<T> {
  socket.followers ??= new Followers(options.hooks ?? {});
  const { followers } = socket;
  const followed = "kinds" in what ? what : { name: what.topic, kinds: [what] };
  const leave = (): void => {
    const topic = followers.remove(stream);
    if (topic !== undefined) {
      socket.leave([topic]);
    }
  };
  const stream: EventStream<T> = new EventStream<T>(options.maxQueuedEvents ?? MAX_QUEUED, leave);
  const begin = async (): Promise<void> => {
    await connect();
    if (followed.name === "") {
      throw new ClientError("the event is told on topics with parameters: follow one of `topics`");
    }
    if (followers.add(followed, stream)) {
      await socket.follow([followed.name]);
    }
  };
  stream.ready = begin();
  stream.ready.catch((error: unknown) => {
    leave();
    stream.end(error instanceof ClientError ? error : new ClientError(String(error)));
  });
  return stream;
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
