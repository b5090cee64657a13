/** Following events: all that the console knows of topics, which the client's runtime follows for it. */

import type { Connection } from "@runtime/connection.ts";
import type { Happening } from "../contract/catalogue.ts";

export interface Followed {
  readonly happening: Happening;
  readonly stop: () => void;
}

/** `tell` hears why the events have ended, if nobody stopped them. */
export function follow(connection: Connection, happening: Happening, tell: (reason: string) => void): Followed {
  const stream = connection.events(happening.event);
  let isStopped = false;
  const read = async (): Promise<void> => {
    for await (const _ of stream) {
      // The frame is in the log already.
    }
  };
  read().then(() => undefined, (error: unknown) => {
    if (!isStopped) {
      tell(String((error as Error).message));
    }
  });
  return {
    happening,
    stop: () => {
      isStopped = true;
      void stream.return?.();
    },
  };
}
