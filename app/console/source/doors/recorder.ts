/** What goes over the wire, seen where the client hands it to the browser: requests of `fetch`, and frames of a WebSocket. */

import type { WebSocketClass } from "@runtime/options.ts";
import { ServerSentEvents } from "@runtime/records.ts";
import { framesOf } from "./frames.ts";

export type Body = string | Uint8Array;
export type Header = readonly [name: string, value: string];

export interface HttpSeen {
  readonly sent: { readonly verb: string; readonly target: string; readonly headers: readonly Header[]; readonly body: Body | undefined };
  status?: number;
  headers?: readonly Header[];
  body?: Body;
}

/** A `fetch` that tells of each exchange before it begins, and fills it in as it goes on. */
export function recordingFetch(tell: (seen: HttpSeen) => void): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(String(input), location.href);
    const body = typeof init.body === "string" || init.body instanceof Uint8Array ? init.body : undefined;
    const seen: HttpSeen = {
      sent: { verb: init.method ?? "GET", target: url.pathname + url.search, headers: [...new Headers(init.headers)].map(concealed), body },
    };
    tell(seen);
    const response = await fetch(input, init);
    seen.status = response.status;
    seen.headers = [...response.headers];
    const copy = response.clone();
    const isText = /^(application\/([a-z.+-]*\+)?json|text\/)/.test(response.headers.get("content-type") ?? "");
    const bytes = new Uint8Array(await copy.arrayBuffer());
    seen.body = isText ? new TextDecoder().decode(bytes) : bytes;
    return response;
  };
}

export interface FetchWatcher {
  /** The verb and the target of a request. */
  readonly onAsked: (line: string) => void;
  readonly onAnswered: (line: string, status: number) => void;
  /** The data of a server-sent event. */
  readonly onEvent: (data: string) => void;
}

/** A `fetch` that tells of each exchange, and of each event of an answer that is a stream of them. */
export function watchedFetch(watcher: FetchWatcher): typeof fetch {
  return async (input, init = {}) => {
    const { pathname, search } = new URL(String(input), location.href);
    const line = `${init.method ?? "GET"} ${pathname}${search}`;
    watcher.onAsked(line);
    const response = await fetch(input, init);
    watcher.onAnswered(line, response.status);
    if (response.headers.get("content-type")?.startsWith("text/event-stream")) {
      tellEvents(response.clone(), watcher.onEvent).catch(() => undefined); // The client hears why it ended.
    }
    return response;
  };
}

async function tellEvents({ body }: Response, tell: (data: string) => void): Promise<void> {
  const events = new ServerSentEvents();
  const reader = body?.getReader();
  for (let piece = await reader?.read(); piece?.value !== undefined; piece = await reader?.read()) {
    events.feed(piece.value).forEach(({ data }) => tell(data));
  }
}

/** Tokens are not shown. */
function concealed([name, value]: [string, string]): Header {
  return name === "authorization" ? [name, `${value.slice(0, 16)}…`] : [name, value];
}

export interface SocketWatcher {
  /** A socket is dialled. */
  readonly onDial: (socket: WatchedSocket) => void;
  readonly onSent: (frame: Body) => void;
  readonly onReceived: (frame: Body) => void;
  readonly onOpen: () => void;
  readonly onClose: (code: number, reason: string) => void;
}

/** The browser's WebSocket, watched, and with a way to do it harm. */
export interface WatchedSocket extends WebSocket {
  /** From now on what comes waits, and reaches nobody. */
  deafen(): void;
  /** What waits is handed on, and all that comes. */
  hear(): void;
}

/** A class for one client, which makes sockets that tell `watcher`. */
export function recordingSocket(watcher: SocketWatcher): WebSocketClass {
  return class extends WebSocket implements WatchedSocket {
    #waiting: (() => void)[] | undefined;

    constructor(url: string, protocols: string[]) {
      super(url, protocols);
      super.addEventListener("open", () => watcher.onOpen());
      super.addEventListener("close", ({ code, reason }) => watcher.onClose(code, reason));
      super.addEventListener("message", ({ data }: MessageEvent) => {
        framesOf(typeof data === "string" ? data : new Uint8Array(data as ArrayBuffer), this.protocol).forEach((frame) => watcher.onReceived(frame));
      });
      watcher.onDial(this);
    }

    override send(data: string | Uint8Array<ArrayBuffer>): void {
      watcher.onSent(data);
      super.send(data);
    }

    override addEventListener(type: string, listener: unknown): void {
      const heard = listener as (event: Event) => void;
      super.addEventListener(type, (event) => {
        if (type === "message" && this.#waiting !== undefined) {
          this.#waiting.push(() => heard(event));
        } else {
          heard(event);
        }
      });
    }

    deafen(): void {
      this.#waiting ??= [];
    }

    hear(): void {
      const waiting = this.#waiting ?? [];
      this.#waiting = undefined;
      for (const tell of waiting) {
        tell();
      }
    }
  };
}
