/**
 * Topics over HTTP, as server-sent events, for networks that let no socket through.
 *
 * What comes goes to the same followers as a socket's events, which pass over what they have seen: so streams resume where the
 * socket was, and the socket takes over again, at any moment, once it opens.
 */

import { Addresses } from "./addresses.ts";
import { Deadline, race, sleep } from "./deadline.ts";
import { ApiError, ClientError, ConnectionLost, codeOfStatus, makeError } from "./errors.ts";
import type { Followers } from "./followers.ts";
import { isMembers, parseJson } from "./json.ts";
import { JSON_CODEC } from "./json_codec.ts";
import type { Contract } from "./operation.ts";
import type { ClientOptions } from "./options.ts";
import { ServerSentEvents } from "./records.ts";
import { outcomeOf } from "./retry.ts";
import { reconnectMs } from "./session.ts";
import type { SocketDoor } from "./socket.ts";
import type { Tokens } from "./tokens.ts";

const PATH = "/events";
/** Of one stream; more topics are several streams. */
const MAX_TOPICS = 16;
/** Three of the service's signs of life. */
const SILENT_MS = 45_000;
const RETRY_MS = 3000;
/** How long the socket may be away before HTTP is asked. */
export const PATIENCE_MS = 3000;
const LOOK_MS = 1000;

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Of one client, whose `life` it ends with. */
export interface Parts {
  readonly socket: SocketDoor;
  readonly followers: Followers;
  readonly tokens: Tokens;
  readonly options: ClientOptions;
  readonly contract: Contract;
  readonly life: AbortSignal;
}

export class TopicsOverHttp {
  readonly #parts: Parts;
  readonly #addresses: Addresses;
  readonly #waiting: Waiter[] = [];
  #turn = new AbortController();
  #isRunning = false;
  #isRenewed = false;
  #watch: ReturnType<typeof setInterval> | undefined;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#addresses = new Addresses(parts.options.baseUrl);
    parts.life.addEventListener("abort", () => this.#turn.abort());
  }

  /** Whether it is what follows now, or tries to. */
  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Whether somebody follows, and the socket does not. */
  get #isNeeded(): boolean {
    const { followers, socket, life } = this.#parts;
    return followers.topics.length > 0 && !socket.isOpen && !life.aborted;
  }

  /** Settles when every topic of the followers is followed; rejects with what the service refuses with. */
  begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#start();
    });
  }

  /** Other topics are followed than before. */
  changed(): void {
    if (this.#isRunning) {
      this.#start();
    }
  }

  /** From now on HTTP is asked whenever the socket has been away for too long, for as long as somebody follows. */
  watch(): void {
    const { followers, socket, life } = this.#parts;
    let seen = performance.now();
    this.#watch ??= setInterval(() => {
      if (followers.topics.length === 0 || life.aborted) {
        clearInterval(this.#watch);
        this.#watch = undefined;
      } else if (socket.isOpen) {
        seen = performance.now();
      } else if (performance.now() - seen >= PATIENCE_MS && !this.#isRunning) {
        this.#start();
      }
    }, LOOK_MS);
  }

  /** The socket follows every topic. */
  taken(): void {
    for (const { resolve } of this.#waiting.splice(0)) {
      resolve();
    }
    this.changed();
  }

  /** What was begun with other topics ends. */
  #start(): void {
    this.#turn.abort();
    this.#turn = new AbortController();
    if (!this.#isRunning) {
      this.#isRunning = true;
      void this.#run();
    }
  }

  async #run(): Promise<void> {
    for (let failures = 0; this.#isNeeded; failures += 1) {
      const { signal } = this.#turn;
      let pauseMs = 0;
      try {
        pauseMs = await this.#follow(signal);
        failures = -1;
      } catch (error) {
        if (signal.aborted || isPassing(error)) {
          pauseMs = Math.max(reconnectMs(failures), error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0);
        } else {
          pauseMs = LOOK_MS; // Whoever was refused leaves, and so begins the next turn.
          this.#refuse(error as ClientError);
        }
      }
      await sleep(pauseMs, signal, () => undefined).catch(() => undefined);
    }
    this.#isRunning = false;
  }

  /** Those who wait for their topic; where nobody does, all streams end. */
  #refuse(error: ClientError): void {
    const waiting = this.#waiting.splice(0);
    if (waiting.length === 0) {
      this.#parts.followers.end(error);
    }
    for (const { reject } of waiting) {
      reject(error);
    }
  }

  /** Until one of the streams ends; answers the pause before the next. */
  async #follow(signal: AbortSignal): Promise<number> {
    const { topics } = this.#parts.followers;
    const all = new AbortController();
    const end = (): void => all.abort();
    signal.addEventListener("abort", end, { once: true });
    const groups = Array.from({ length: Math.ceil(topics.length / MAX_TOPICS) }, (_, index) =>
      topics.slice(index * MAX_TOPICS, (index + 1) * MAX_TOPICS),
    );
    let left = groups.length;
    const begun = (): void => {
      left -= 1;
      if (left === 0 && !signal.aborted) {
        this.#isRenewed = false;
        this.#waiting.splice(0).forEach(({ resolve }) => resolve());
      }
    };
    try {
      return await Promise.race(groups.map((few) => this.#stream(few, all.signal, begun)));
    } finally {
      signal.removeEventListener("abort", end);
      all.abort();
    }
  }

  async #stream(topics: readonly string[], signal: AbortSignal, begun: () => void): Promise<number> {
    const { tokens } = this.#parts;
    const token = await tokens.get();
    const response = await this.#ask(topics, token, signal);
    if (response.status === 401 && !this.#isRenewed && tokens.canRenew) {
      this.#isRenewed = true;
      await tokens.renew(token);
      return 0;
    }
    if (!response.ok || response.body === null) {
      throw await this.#refusal(response);
    }
    const reader = response.body.getReader();
    const events = new ServerSentEvents();
    try {
      for (;;) {
        const piece = await heard(reader);
        if (piece === undefined) {
          return events.retryMs ?? RETRY_MS;
        }
        for (const { event, data } of events.feed(piece)) {
          if (event === "end") {
            return await this.#renewed(parseJson(data), token, events.retryMs ?? RETRY_MS);
          }
          this.#hear(data, signal, begun);
        }
      }
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }

  async #ask(topics: readonly string[], token: string | undefined, signal: AbortSignal): Promise<Response> {
    const { contract, followers, options } = this.#parts;
    const { current } = this.#addresses;
    const headers = new Headers({ accept: "text/event-stream", "x-stele-client": contract.client });
    if (token !== undefined) {
      headers.set("authorization", `Bearer ${token}`);
    }
    const seen = followers.positions(topics);
    if (seen.size > 0) {
      headers.set("last-event-id", topics.map((topic) => place(seen.get(topic))).join());
    }
    const query = new URLSearchParams(topics.map((topic) => ["topic", topic]));
    followers.watched(topics).forEach((topic) => query.append("presence", topic));
    try {
      const asked = options.fetch ?? fetch;
      return await asked(`${current}${PATH}?${query}`, { headers, signal, credentials: "omit", redirect: "manual" });
    } catch (error) {
      this.#addresses.leave(current);
      throw new ConnectionLost(`topics over HTTP: ${String(error)}`, undefined, error);
    }
  }

  /** A service that has no such path is one that cannot be reached so. */
  async #refusal(response: Response): Promise<ClientError> {
    const told = await response.json().catch(() => undefined) as unknown;
    const problem = isMembers(told) ? told : {};
    if (!problem["code"]) {
      return new ConnectionLost(`the socket does not open, and ${PATH} answered ${response.status}`);
    }
    const after = Number(response.headers.get("retry-after") ?? NaN);
    const known = { ...problem, retry_after: Number.isFinite(after) ? after : undefined };
    return makeError(this.#parts.contract.errors, known, codeOfStatus(response.status), undefined);
  }

  /** The pause after the service has ended a stream: none where it was the token's end. */
  async #renewed(told: unknown, token: string | undefined, pauseMs: number): Promise<number> {
    const reason = isMembers(told) ? told["reason"] : undefined;
    if (reason === "token_expired" || reason === "session_ended") {
      await this.#parts.tokens.renew(token);
      return 0;
    }
    return pauseMs;
  }

  /** `over` is the stream that it came on. */
  #hear(data: string, over: AbortSignal, begun: () => void): void {
    const read = JSON_CODEC.read(data);
    if (read.kind === "topics" || read.kind === "told") {
      this.#parts.followers.hear(read.members, JSON_CODEC, over);
    }
    if (read.kind === "topics") {
      begun();
    }
  }
}

function place(position: { readonly epoch: string; readonly offset: number } | undefined): string {
  return position === undefined ? "-" : `${position.epoch}:${position.offset}`;
}

/** The next piece, nothing at the end; a stream that shows no sign of life is cut. */
async function heard(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<Uint8Array | undefined> {
  const deadline = new Deadline(SILENT_MS);
  try {
    return (await race(reader.read(), deadline.signal, () => new ConnectionLost("topics over HTTP: silence"))).value;
  } finally {
    deadline.done();
  }
}

/** Whether another try may do better. */
function isPassing(error: unknown): boolean {
  if (error instanceof ApiError) {
    const outcome = outcomeOf(error);
    return outcome !== "refused" && outcome !== "unauthenticated";
  }
  return !(error instanceof ClientError) || error.name === "ConnectionLost";
}
