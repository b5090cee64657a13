/** How a client is set, and what it tells while it works. */

export type Transport = "auto" | "http" | "ws";
export type Encoding = "json" | "protobuf";
export type Door = "http" | "ws";

/** `expiresInMs` counts from the moment the token was asked for. */
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
  readonly bufferedAmount: number;
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** Only `ws` has it: ends without the peer's farewell. */
  terminate?(): void;
  addEventListener(type: string, listener: (event: never) => void): void;
}

export interface WebSocketClass {
  new (url: string, protocols: string[], options?: { headers: { [name: string]: string } }): WebSocketLike;
}

export interface ClientOptions {
  /** Several are nodes of one service: the next is taken where one ends or does not answer. */
  readonly baseUrl: string | readonly string[];
  /** A text, or a function that answers one whenever it is needed. */
  readonly token?: string | TokenProvider;
  /** Log in at the first call that needs it, and again whenever the session has ended. */
  readonly credentials?: { readonly username: string; readonly password: string };
  readonly transport?: Transport;
  readonly encoding?: Encoding;
  /** A call's own time, all attempts included; 30 s if it is not said. */
  readonly timeoutMs?: number;
  readonly maxRetries?: number;
  readonly maxQueuedEvents?: number;
  /** A socket that was silent for so long is asked for a sign of life, and left if it gives none; 20 s if it is not said. */
  readonly heartbeatMs?: number;
  readonly hooks?: Hooks;
  /** For platforms without a WebSocket of their own. */
  readonly webSocket?: WebSocketClass;
  readonly fetch?: typeof fetch;
  /** Open the socket with a one-time ticket instead of the token. */
  readonly useTicket?: boolean;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  /** A UUID; the same for a call that is made again after a restart. */
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}
