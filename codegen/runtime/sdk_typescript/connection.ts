/**
 * From a call to its result: which door, which token, and what is done when an attempt fails.
 *
 * One request id and one deadline for all attempts, one attempt at a time, and every failure typed.
 */

import { Addresses } from "./addresses.ts";
import type { Call } from "./call.ts";
import type { Codec } from "./codec.ts";
import { Deadline, sleep } from "./deadline.ts";
import { ApiError, AuthenticationLost, ClientClosed, ClientError, ConnectionLost } from "./errors.ts";
import type { AttendanceStream, Following, Received, Stream } from "./events.ts";
import type { Parts } from "./following.ts";
import { HttpDoor } from "./http.ts";
import { JSON_CODEC } from "./json_codec.ts";
import type { AttendedTopic, Contract, Event, Operation, SessionOperations, SessionTokens, Topic } from "./operation.ts";
import type { AttemptInfo, CallOptions, ClientOptions, Door, Hooks, Token, TokenProvider } from "./options.ts";
import type { Verdict } from "./retry.ts";
import { AttemptFailed, backoffMs, IN_PROGRESS_MS, isEcho, mayRepeat, RetryBudget, unknown } from "./retry.ts";
import { SocketDoor } from "./socket.ts";
import type { TokenSource } from "./tokens.ts";
import { Tokens } from "./tokens.ts";

export type { Attendance } from "./attendance.ts";
export type { AttendanceStream, Received, Stream } from "./events.ts";
export type { AttendedTopic } from "./operation.ts";
export type * from "./options.ts";
export type { Pager } from "./paging.ts";
export type { ItemStream } from "./stream.ts";

/** Of a call, and of whatever else a caller waits for. */
export const TIMEOUT_MS = 30_000;
const MAX_RETRIES = 6;
/** The most that a call waits before it goes from a lost socket to HTTP. */
const MOVE_MS = 50;

export class Connection {
  readonly contract: Contract;
  readonly #options: ClientOptions;
  readonly #hooks: Hooks;
  readonly #tokens = new Tokens();
  readonly #budget = new RetryBudget();
  readonly #life = new AbortController();
  readonly #http: HttpDoor;
  readonly #socket: SocketDoor;
  #isWarned = false;

  constructor(contract: Contract, options: ClientOptions) {
    this.contract = contract;
    this.#options = options;
    this.#hooks = options.hooks ?? {};
    const codec = (): Promise<Codec> =>
      options.encoding === "protobuf" ? import("./protobuf_codec.ts").then((found) => found.PROTOBUF_CODEC) : Promise.resolve(JSON_CODEC);
    const addresses = new Addresses(options.baseUrl);
    this.#http = new HttpDoor({
      contract,
      addresses,
      codec,
      fetch: options.fetch ?? ((input, init) => fetch(input, init)),
      onContract: (text) => this.#noteContract(text),
    });
    const ticket = options.useTicket === true ? () => this.#ticket() : undefined;
    this.#socket = new SocketDoor({ contract, client: options, addresses, tokens: this.#tokens, codec, ticket });
    const { credentials, token } = options;
    if (credentials !== undefined) {
      this.#tokens.use(this.#passwordSource(credentials.username, credentials.password));
    } else if (token !== undefined) {
      this.setToken(token);
    }
    watchPage(this.#socket, this.#life.signal);
  }

  /** The typed result. Throws ApiError for a refusal, the caller's own reason, or another ClientError. */
  async call<I, O>(operation: Operation<I, O>, input: I, options: CallOptions = {}): Promise<O> {
    const deadline = new Deadline(options.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS, options.signal);
    const requestId = options.idempotencyKey ?? newId();
    const call: Call<I, O> = { operation, input, requestId, deadline, traceparent: this.#options.traceparent?.() };
    try {
      return await this.#run(call);
    } finally {
      deadline.done();
    }
  }

  async #run<I, O>(call: Call<I, O>): Promise<O> {
    const { operation, requestId, deadline } = call;
    let refreshed = false;
    let isUnsure = false;
    let leftSocket = false;
    for (let number = 1; ; number += 1) {
      const info: AttemptInfo = { operation: operation.name, requestId, door: await this.#choose(call, leftSocket), number };
      let token: string | undefined;
      try {
        token = await this.#token(info.door, operation);
        return await this.#attempt(call, info, token);
      } catch (failure) {
        if (!(failure instanceof AttemptFailed)) {
          throw failure;
        }
        const canRefresh = this.#tokens.canRenew && !refreshed && operation.public !== true;
        const verdict = mayRepeat(operation, failure.outcome, canRefresh);
        const pauseMs = this.#judge(call, failure, verdict, number, isUnsure);
        isUnsure ||= failure.outcome === "lost" || failure.outcome === "outcome_unknown";
        leftSocket ||= info.door === "ws" && failure.error instanceof ConnectionLost;
        if (verdict === "refresh_then_repeat") {
          refreshed = true;
          await this.#refresh(info.door, token);
        }
        this.#hooks.onRetry?.(info, failure.error, pauseMs);
        await sleep(pauseMs, deadline.signal, () => (deadline.isAborted ? deadline.reason(requestId) : failure.error));
      }
    }
  }

  async #attempt<I, O>(call: Call<I, O>, info: AttemptInfo, token: string | undefined): Promise<O> {
    this.#hooks.onRequest?.(info);
    const began = performance.now();
    try {
      const result = await (info.door === "ws" ? this.#socket.attempt(call) : this.#http.attempt(call, token));
      this.#budget.refund();
      return result;
    } finally {
      this.#hooks.onResponse?.(info, performance.now() - began);
    }
  }

  /** The open socket, unless the call was lost on it; else HTTP. An operation of one door goes there. */
  async #choose(call: Call<unknown, unknown>, leftSocket: boolean): Promise<Door> {
    const { operation, requestId, deadline } = call;
    if (this.#life.signal.aborted) {
      throw new ClientClosed("the client is closed", requestId);
    }
    const transport = this.#options.transport ?? "auto";
    const hasHttp = operation.http !== undefined;
    const lacksMessages = this.#options.encoding === "protobuf" && operation.protobuf !== true;
    if (operation.pkgId === undefined || (hasHttp && (transport === "http" || lacksMessages))) {
      return "http";
    }
    if (this.#socket.isOpen && !(leftSocket && transport === "auto" && hasHttp)) {
      return "ws";
    }
    if (transport === "auto" && hasHttp) {
      if (operation.public !== true) {
        this.#socket.start();
      }
      return "http";
    }
    if (!(await this.#socket.opened(deadline.signal))) {
      throw this.#socket.stopped ?? deadline.reason(requestId);
    }
    return "ws";
  }

  #token(door: Door, operation: Operation<unknown, unknown>): Promise<string | undefined> {
    if (operation.public === true) {
      return Promise.resolve(undefined);
    }
    return door === "ws" ? Promise.resolve(this.#socket.token) : this.#tokens.get();
  }

  async #refresh(door: Door, used: string | undefined): Promise<void> {
    await this.#tokens.renew(used);
    if (door === "ws") {
      await this.#socket.present(await this.#tokens.get());
    }
  }

  /** The pause before the next attempt; throws what the caller gets if there is none. */
  #judge(call: Call<unknown, unknown>, failure: AttemptFailed, verdict: Verdict, number: number, isUnsure: boolean): number {
    const { error } = failure;
    if (verdict === "outcome_unknown" || (verdict === "raise" && isUnsure && isEcho(call.operation, error))) {
      throw unknown(error);
    }
    if (verdict === "raise") {
      throw error;
    }
    const pauseMs = this.#pauseMs(failure, verdict, number);
    const retries = this.#options.maxRetries ?? MAX_RETRIES;
    const isFree = failure.outcome === "not_sent"; // it has cost the server nothing
    if (number > retries || pauseMs >= call.deadline.leftMs || !(isFree || this.#budget.take())) {
      throw error;
    }
    return pauseMs;
  }

  #pauseMs(failure: AttemptFailed, verdict: Verdict, number: number): number {
    if (verdict === "refresh_then_repeat") {
      return 0;
    }
    const told = failure.error instanceof ApiError ? failure.error.retryAfterMs : undefined;
    if (failure.outcome === "in_progress") {
      return Math.max(told ?? 0, IN_PROGRESS_MS);
    }
    const isMoving = failure.error instanceof ConnectionLost && !this.#socket.isOpen && number === 1;
    return isMoving ? Math.min(MOVE_MS, backoffMs(number)) : backoffMs(number, told);
  }

  // Events

  /** The events as they come, from when the first is asked for; leaving the loop unsubscribes. */
  events<T>(event: Event<T> | Topic<T>): Stream<T> {
    return this.#later(({ follow }, parts) => follow(parts, event));
  }

  /** Who follows the topic: all of them first, then each change; leaving the loop unsubscribes. */
  presence(topic: AttendedTopic<unknown>): AttendanceStream {
    return this.#later(({ watch }, parts) => watch(parts, topic));
  }

  /** A stream whose module is still being loaded. */
  #later<R>(begin: (module: typeof import("./following.ts"), parts: Parts) => Following<R>): Following<R> {
    const parts: Parts = { client: this, socket: this.#socket, tokens: this.#tokens, options: this.#options, life: this.#life.signal };
    const stream = following().then((module) => begin(module, parts));
    const ready = stream.then((found) => found.ready);
    ready.catch(() => undefined);
    return {
      ready,
      next: () => stream.then((found) => found.next()),
      return: () => stream.then((found) => found.return?.() as Promise<IteratorResult<R>>),
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  }

  /** Calls the listener for each event in turn until the answered function is called; what ends it otherwise is warned of. */
  on<T>(event: Event<T> | Topic<T>, listener: (event: Received<T>) => unknown): () => void {
    const stream = this.events(event);
    void following().then(({ listen }) => listen(stream, event, listener, (message) => this.#warn(message)));
    return () => void stream.return?.();
  }

  /** Opens the socket now and not beside the first calls; throws why it does not open within the client's time. */
  async connect(): Promise<void> {
    if (this.#options.transport === "http") {
      throw new ClientError("no socket: the transport is 'http'");
    }
    const deadline = new Deadline(this.#options.timeoutMs ?? TIMEOUT_MS);
    try {
      if (!(await this.#socket.opened(deadline.signal))) {
        throw this.#socket.stopped ?? new ConnectionLost("the socket does not open");
      }
    } finally {
      deadline.done();
    }
  }

  // The session

  /** Starts a session; it is renewed by its refresh token, and the password is not kept. */
  async login(username: string, password: string): Promise<void> {
    const askedAt = performance.now();
    const token = await this.#begin(username, password);
    this.#tokens.use((held) => this.#renewed(held?.refresh ?? ""));
    this.#tokens.set(token, askedAt);
    this.#socket.stopped = undefined;
  }

  /** From now on this token, or what the function answers; a socket that was stopped may be opened again. */
  setToken(token: string | TokenProvider): void {
    this.#socket.stopped = undefined;
    if (typeof token === "string") {
      this.#tokens.use(undefined);
      this.#tokens.set({ access: token });
      return;
    }
    this.#tokens.set(undefined);
    this.#tokens.use(async () => {
      try {
        const given = await token({ signal: this.#life.signal });
        return typeof given === "string" ? { access: given } : given;
      } catch (error) {
        throw error instanceof ClientError ? error : new ClientError("the token's source failed", undefined, error);
      }
    });
  }

  /** Ends the session here and, if it has a refresh token, at the server. */
  async logout(): Promise<void> {
    const refreshToken = this.#tokens.current?.refresh;
    this.#tokens.use(undefined);
    this.#tokens.set(undefined);
    this.#socket.stop(new AuthenticationLost("logged out"));
    const { logout } = this.contract.session;
    if (refreshToken !== undefined && logout !== undefined) {
      await this.call(logout, { refreshToken });
    }
  }

  /** Calls in flight fail; nothing is left running. */
  async close(): Promise<void> {
    this.#life.abort();
    await this.#socket.close();
  }

  #passwordSource(username: string, password: string): TokenSource {
    return async (held) => {
      if (held?.refresh !== undefined) {
        try {
          return await this.#renewed(held.refresh);
        } catch {
          // The session may have ended: begin another.
        }
      }
      return this.#begin(username, password);
    };
  }

  async #begin(username: string, password: string): Promise<Token> {
    return tokenOf(await this.call(this.#serving("login"), { username, password }));
  }

  async #renewed(refreshToken: string): Promise<Token> {
    return tokenOf(await this.call(this.#serving("refresh"), { refreshToken }));
  }

  async #ticket(): Promise<string> {
    return (await this.call(this.#serving("ticket"), {})).ticket;
  }

  #serving<K extends keyof SessionOperations>(name: K): NonNullable<SessionOperations[K]> {
    const found = this.contract.session[name];
    if (found === undefined) {
      throw new ClientError(`the contract has no operation for ${name}: give a token instead`);
    }
    return found;
  }

  /** Warns once if the server's contract is of another major version. */
  #noteContract(text: string): void {
    const theirs = text.split(".", 1)[0];
    if (theirs && theirs !== this.contract.version.split(".", 1)[0] && !this.#isWarned) {
      this.#isWarned = true;
      this.#warn(`${this.contract.client} is made for another major version of the contract; the server has ${text}`);
    }
  }

  #warn(message: string): void {
    const { onWarning } = this.#hooks;
    if (onWarning !== undefined) {
      onWarning(message);
    } else {
      console.warn(message);
    }
  }
}

const following = (): Promise<typeof import("./following.ts")> => import("./following.ts");

function tokenOf(given: SessionTokens): Token {
  return { access: given.accessToken, expiresInMs: Number(given.expiresIn) * 1000, refresh: given.refreshToken };
}

/** A UUID; `crypto.randomUUID` is missing on pages without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

/** A page that comes back to life, or to the network, dials at once. */
function watchPage(socket: SocketDoor, signal: AbortSignal): void {
  if (typeof document === "undefined") {
    return;
  }
  const hurry = (): void => {
    if (document.visibilityState === "visible") {
      socket.hurry();
    }
  };
  globalThis.addEventListener("online", hurry, { signal });
  globalThis.addEventListener("pageshow", hurry, { signal });
  document.addEventListener("visibilitychange", hurry, { signal });
}
