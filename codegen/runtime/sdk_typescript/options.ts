/** How a client is set, and what it tells while it works. */

/** `auto` is the socket once it is open, else HTTP; the others pin a door. */
export type Transport = "auto" | "http" | "ws";
/** How calls, answers and events are written, at both doors. */
export type Encoding = "json" | "protobuf";
/** The way that an attempt takes. */
export type Door = "http" | "ws";

/** An access token, and what is known of it. `expiresInMs` counts from the moment the token was asked for. */
export interface Token {
  readonly access: string;
  readonly expiresInMs?: number | undefined;
  readonly refresh?: string | undefined;
}

/** Asked for a token whenever one is needed; `signal` is the client's life, never a caller's. */
export type TokenProvider = (context: { readonly signal: AbortSignal }) => Promise<string | Token> | string | Token;

/** One attempt of a call; `number` counts from 1. */
export interface AttemptInfo {
  readonly operation: string;
  readonly requestId: string;
  readonly door: Door;
  readonly number: number;
}

/** Called where the work is done, so they should be quick. No hook is given a token or a content. */
export interface Hooks {
  readonly onRequest?: (info: AttemptInfo) => void;
  readonly onResponse?: (info: AttemptInfo, tookMs: number) => void;
  readonly onRetry?: (info: AttemptInfo, error: Error, pauseMs: number) => void;
  /** The socket is open, for the n-th time. */
  readonly onConnect?: (count: number) => void;
  /** The socket's close code, and the pause before it is opened again; below zero if it is not. */
  readonly onDisconnect?: (code: number, pauseMs: number) => void;
  /** After a reconnect: a topic that is followed again, and whether every event that was missed comes now. */
  readonly onResubscribe?: (topic: string, recovered: boolean) => void;
  /** A topic of which events were missed that will never come; the next event of each stream has `afterGap`. */
  readonly onMissed?: (topic: string) => void;
  /** Something that a developer should know; by default `console.warn`. */
  readonly onWarning?: (message: string) => void;
}

/** As much of a WebSocket as is used here; the platform's own, or the package `ws`. */
export interface WebSocketLike {
  binaryType: string;
  readonly readyState: number;
  /** Which subprotocol was agreed on. */
  readonly protocol?: string;
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Only `ws` has it: ends without the peer's farewell. */
  terminate?(): void;
  addEventListener(type: string, listener: (event: never) => void): void;
}

/** The constructor of such a one; `options` are given where headers can be sent. */
export interface WebSocketClass {
  new (url: string, protocols: string[], options?: { headers: { [name: string]: string } }): WebSocketLike;
}

/** All that can be set; only `baseUrl` must be. */
export interface ClientOptions {
  /** Several are nodes of one service: the next is taken where one ends or does not answer. */
  readonly baseUrl: string | readonly string[];
  /** A text, or a function that answers one whenever it is needed. */
  readonly token?: string | TokenProvider;
  /** Log in at the first call that needs it, and again whenever the session has ended. */
  readonly credentials?: { readonly username: string; readonly password: string };
  /** `auto` if it is not said. */
  readonly transport?: Transport;
  /** `json` if it is not said. */
  readonly encoding?: Encoding;
  /** A call's own time, all attempts included; 30 s if it is not said. */
  readonly timeoutMs?: number;
  /** Attempts of a call after its first; 6 if it is not said. */
  readonly maxRetries?: number;
  /** Events that wait for one reader before it ends with EventsDropped; 1000 if it is not said. */
  readonly maxQueuedEvents?: number;
  /** A socket that was silent for so long is asked for a sign of life, and left if it gives none; 20 s if it is not said. */
  readonly heartbeatMs?: number;
  readonly hooks?: Hooks;
  /** Asked once for each call: to which span it belongs, as W3C Trace Context writes it. */
  readonly traceparent?: () => string | undefined;
  /** For platforms without a WebSocket of their own. */
  readonly webSocket?: WebSocketClass;
  /** In place of the platform's own: for a proxy, a header, a measure; `withMiddleware` makes one. */
  readonly fetch?: typeof fetch;
  /** Open the socket with a one-time ticket instead of the token. */
  readonly useTicket?: boolean;
}

/** What one call sets for itself. */
export interface CallOptions {
  /** Its own time, all attempts included; else the client's. */
  readonly timeoutMs?: number;
  /** A UUID; the same for a call that is made again after a restart. */
  readonly idempotencyKey?: string;
  /** Ends the call here, and tells the server. */
  readonly signal?: AbortSignal;
}
