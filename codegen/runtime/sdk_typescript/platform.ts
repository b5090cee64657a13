/** Where a WebSocket comes from: the platform's own, or on a Node without one the package `ws`, where it is installed. */

import type { WebSocketClass } from "./options.ts";

export interface FoundSocket {
  readonly create: WebSocketClass;
  /** Whether it takes headers, so that a token needs no subprotocol. */
  readonly takesHeaders: boolean;
}

interface Platform {
  readonly WebSocket?: WebSocketClass;
  readonly process?: { readonly versions?: { readonly node?: string } };
}

export async function findWebSocket(): Promise<FoundSocket | undefined> {
  const { WebSocket, process } = globalThis as Platform;
  if (WebSocket !== undefined) {
    return { create: WebSocket, takesHeaders: false };
  }
  if (process?.versions?.node === undefined) {
    return undefined;
  }
  try {
    const name: string = "ws"; // a variable, so that bundlers for browsers leave it alone
    const found = (await import(name)) as { readonly WebSocket: WebSocketClass };
    return { create: found.WebSocket, takesHeaders: true };
  } catch {
    return undefined;
  }
}
