/**
 * The socket door: one connection that is kept, many calls in flight, events to those who follow.
 *
 * A call's frame is written at most once per attempt; when the connection ends, every call in flight hears of it at once;
 * after `close` no timer and no listener is left. An idle client does not keep Node running.
 */

import type { Call } from "./call.ts";
import { timeoutMs } from "./call.ts";
import type { Codec, Frame, Reply } from "./codec.ts";
import { race } from "./deadline.ts";
import type { DeadlineExceeded } from "./errors.ts";
import { ApiError, AuthenticationLost, ClientError, ConnectionLost, RateLimited, TimedOut, Unavailable } from "./errors.ts";
import { Followers } from "./followers.ts";
import type { Contract } from "./operation.ts";
import type { ClientOptions, Hooks, WebSocketLike } from "./options.ts";
import type { FoundSocket } from "./platform.ts";
import { findWebSocket } from "./platform.ts";
import { AttemptFailed } from "./retry.ts";
import { Malformed } from "./schema.ts";
import type { Action, Ending } from "./session.ts";
import { afterClose, afterRefusal, reconnectMs, Session, unwanted } from "./session.ts";
import type { Tokens } from "./tokens.ts";

const MAX_IN_FLIGHT = 32;
const MAX_BUFFERED = 2 ** 20;
const OPEN_MS = 5000;
const CONTROL_MS = 5000;
const BEAT_MS = 20_000;
/** No topic: to leave it changes nothing and is answered. */
const NOTHING = [""];
/** A socket that lasted so long starts its pauses anew. */
const STABLE_MS = 10_000;
const UNREADABLE = 3002;
const NORMAL = 1000;
const ABNORMAL = 1006;
const OPEN = 1;

interface Slot {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface Control {
  readonly wanted: "authenticated" | "topics";
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

interface Ended {
  readonly ending: Ending;
  readonly code: number;
}

export interface SocketDoorOptions {
  readonly contract: Contract;
  readonly client: ClientOptions;
  readonly tokens: Tokens;
  readonly codec: () => Promise<Codec>;
  /** A one-time ticket for the next handshake, where tickets are used. */
  readonly ticket: (() => Promise<string>) | undefined;
}

export class SocketDoor {
  readonly followers: Followers;
  /** The token that the connection was opened with, or has been given since. */
  token: string | undefined;
  /** Why the socket is not opened again, until it is reset. */
  stopped: ClientError | undefined;
  readonly #options: SocketDoorOptions;
  readonly #hooks: Hooks;
  readonly #slots = new Map<string, Slot>();
  readonly #controls: Control[] = [];
  readonly #queue: (() => void)[] = [];
  readonly #life = new AbortController();
  #inFlight = 0;
  #socket: WebSocketLike | undefined;
  #session: Session | undefined;
  #keeper: Promise<void> | undefined;
  #opened: (() => void)[] = [];
  #count = 0;
  #failures = 0;
  #renewed = false;
  #wake: (() => void) | undefined;
  #heard = 0;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
    this.#hooks = options.client.hooks ?? {};
    this.followers = new Followers(this.#hooks);
  }

  get isOpen(): boolean {
    return this.#socket?.readyState === OPEN;
  }

  get #isOver(): boolean {
    return this.#life.signal.aborted || this.stopped !== undefined;
  }

  /** Open, and keep open; nothing if that is so already, or if the socket was stopped. */
  start(): void {
    if (!this.#isOver && this.#keeper === undefined) {
      this.#keeper = this.#keep().finally(() => {
        this.#keeper = undefined;
        this.#tellOpened();
      });
    }
  }

  /** Whether the socket is open, now or until the signal fires; at once false when it was stopped. */
  async opened(signal: AbortSignal): Promise<boolean> {
    this.start();
    if (!this.isOpen && this.#keeper !== undefined) {
      const open = new Promise<void>((resolve) => this.#opened.push(resolve));
      await race(open, signal, () => undefined).catch(() => undefined);
    }
    return this.isOpen;
  }

  /** Dial at once, whatever pause there is: the network or the page is back. */
  hurry(): void {
    this.#failures = 0;
    this.#wake?.();
  }

  /** Ends the connection; none is opened before `stopped` is reset. */
  stop(error: ClientError): void {
    this.#stop(error, NORMAL);
    this.#socket?.close(NORMAL);
    this.#wake?.();
    this.#lose(NORMAL);
  }

  async close(): Promise<void> {
    this.#life.abort();
    this.#wake?.();
    this.#socket?.close(NORMAL);
    this.#lose(NORMAL);
    await this.#keeper;
    this.followers.end(undefined);
  }

  // Calls

  /** The typed result; throws AttemptFailed, or the caller's own reason. */
  async attempt<I, O>(call: Call<I, O>): Promise<O> {
    await this.#enter(call);
    try {
      return await this.#exchange(call);
    } finally {
      this.#inFlight -= 1;
      this.#queue.shift()?.();
    }
  }

  /** Waits for one of 32 places; meanwhile nothing is sent. */
  async #enter(call: Call<unknown, unknown>): Promise<void> {
    if (this.#inFlight >= MAX_IN_FLIGHT) {
      let enter = (): void => undefined;
      const turn = new Promise<void>((resolve) => {
        enter = resolve;
        this.#queue.push(resolve);
      });
      try {
        await race(turn, call.deadline.signal, () => this.#given(call, "not_sent"));
      } catch (error) {
        const index = this.#queue.indexOf(enter);
        if (index >= 0) {
          this.#queue.splice(index, 1);
        } else {
          this.#queue.shift()?.();
        }
        throw error;
      }
    }
    this.#inFlight += 1;
  }

  async #exchange<I, O>(call: Call<I, O>): Promise<O> {
    const { operation, input, requestId, deadline } = call;
    const socket = this.#socket;
    const session = this.#session;
    const isFree = socket?.readyState === OPEN && socket.bufferedAmount <= MAX_BUFFERED && !this.#slots.has(requestId);
    if (!isFree || session === undefined) {
      throw new AttemptFailed("not_sent", new ConnectionLost("the socket is not open", requestId));
    }
    const frame = session.codec.request(operation, input, requestId, timeoutMs(call));
    const answered = new Promise<Reply>((resolve, reject) => this.#slots.set(requestId, { resolve, reject }));
    socket.send(frame);
    try {
      const reply = await race(answered, deadline.signal, () => {
        this.#send(session.codec.cancel(requestId));
        return this.#given(call, "lost");
      });
      return session.result(call, reply);
    } catch (error) {
      throw error instanceof ConnectionLost ? new AttemptFailed("lost", new ConnectionLost(error.message, requestId)) : error;
    } finally {
      this.#slots.delete(requestId);
    }
  }

  /** What a call gets whose time is over; the caller's own reason goes to him as it is. */
  #given(call: Call<unknown, unknown>, outcome: "lost" | "not_sent"): unknown {
    const reason = call.deadline.reason(call.requestId);
    return call.deadline.isAborted ? reason : new AttemptFailed(outcome, reason as DeadlineExceeded);
  }

  #send(frame: Frame): void {
    if (this.#socket?.readyState === OPEN) {
      this.#socket.send(frame);
    }
  }

  // The credential

  /** The token in band, unless the connection has it; a server that does not take it within 5 s is left. */
  async present(token: string | undefined): Promise<void> {
    const socket = this.#socket;
    if (socket?.readyState !== OPEN || token === undefined || token === this.token) {
      return;
    }
    try {
      await this.#control("authenticated", (codec) => codec.authenticate(token));
      this.token = token;
    } catch {
      socket.close(NORMAL);
    }
  }

  async #renew(): Promise<void> {
    try {
      await this.#options.tokens.renew(this.token);
      await this.present(await this.#options.tokens.get());
    } catch {
      // The connection ends with its token, and the keeper says so.
    }
  }

  /** Waits for the answer, which has no id in JSON: answers come in the order of their frames. */
  #control(wanted: "authenticated" | "topics", make: (codec: Codec) => Frame, withinMs: number = CONTROL_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new ClientError("the server does not answer a control frame")), withinMs);
      const settled = (settle: () => void): void => {
        clearTimeout(timer);
        settle();
      };
      this.#controls.push({ wanted, resolve: () => settled(resolve), reject: (error) => settled(() => reject(error)) });
      if (this.#session !== undefined) {
        this.#send(make(this.#session.codec));
      }
    });
  }

  // Topics

  /** Rejects with what the server refuses with; a connection that is lost meanwhile follows when it is back. */
  async follow(topics: string[]): Promise<void> {
    if (this.isOpen) {
      await this.#control("topics", (codec) => codec.subscribe(topics, this.followers.positions(topics))).catch((error: unknown) => {
        if (!(error instanceof ConnectionLost)) {
          throw error;
        }
      });
    }
  }

  leave(topics: string[]): void {
    if (this.isOpen) {
      this.#control("topics", (codec) => codec.unsubscribe(topics)).catch(() => undefined);
    }
  }

  // The connection's life

  async #keep(): Promise<void> {
    const found = await this.#found();
    if (found === undefined) {
      this.#stop(new ClientError("there is no WebSocket: use Node 22, the package `ws` or the option `webSocket`"), ABNORMAL);
      return;
    }
    do {
      const began = performance.now();
      const { ending, code } = await this.#live(found);
      if (this.#isOver) {
        return;
      }
      if (performance.now() - began >= STABLE_MS) {
        this.#failures = 0;
        this.#renewed = false;
      }
      const lost = ending === "stop" ? unwanted(code) : ending === "renew" ? await this.#lost() : undefined;
      if (lost !== undefined) {
        this.#stop(lost, code);
        return;
      }
      const pauseMs = reconnectMs(this.#failures);
      this.#failures += 1;
      this.#hooks.onDisconnect?.(code, pauseMs);
      await this.#pause(pauseMs);
    } while (!this.#isOver);
  }

  async #found(): Promise<FoundSocket | undefined> {
    const given = this.#options.client.webSocket;
    return given !== undefined ? { create: given, takesHeaders: false } : findWebSocket();
  }

  /** Why there will be no other token. One that cannot be had for now is asked for again after the next close. */
  async #lost(): Promise<AuthenticationLost | undefined> {
    try {
      await this.#options.tokens.renew(this.token);
      this.#renewed = true;
    } catch (error) {
      return error instanceof AuthenticationLost ? error : undefined;
    }
    return undefined;
  }

  #stop(error: ClientError, code: number): void {
    this.stopped = error;
    this.followers.end(error);
    this.#hooks.onDisconnect?.(code, -1);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#wake?.(), ms);
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      if (this.followers.topics.length === 0) {
        (timer as { unref?: () => void }).unref?.();
      }
    });
  }

  /** One connection from its handshake to its end. */
  async #live(found: FoundSocket): Promise<Ended> {
    let socket: WebSocketLike;
    try {
      socket = await this.#dial(found);
    } catch (error) {
      if (error instanceof AuthenticationLost) {
        this.#stop(error, ABNORMAL);
      }
      return { ending: "reconnect", code: ABNORMAL };
    }
    return new Promise((resolve) => this.#listen(socket, resolve));
  }

  async #dial({ create, takesHeaders }: FoundSocket): Promise<WebSocketLike> {
    const { client, contract, tokens, ticket } = this.#options;
    const session = new Session(contract, await this.#options.codec());
    this.#session = session;
    this.token = await tokens.get();
    const url = new URL(client.baseUrl.replace(/\/+$/, "").replace(/^http/, "ws") + contract.address);
    const protocols = [session.subprotocol];
    if (ticket !== undefined) {
      url.searchParams.set("ticket", await ticket());
    } else if (this.token !== undefined && !takesHeaders) {
      protocols.push(`bearer.${base64url(this.token)}`);
    }
    const headers = takesHeaders && ticket === undefined && this.token !== undefined ? { authorization: `Bearer ${this.token}` } : undefined;
    return headers === undefined ? new create(url.href, protocols) : new create(url.href, protocols, { headers });
  }

  /** Some platforms say `error` and never `close` for a handshake that failed: the first of them counts. */
  #listen(socket: WebSocketLike, resolve: (ended: Ended) => void): void {
    let isOver = false;
    let wasOpen = false;
    const timer = setTimeout(() => over(ABNORMAL), OPEN_MS);
    let beat: ReturnType<typeof setInterval> | undefined;
    const over = (code: number, status?: number): void => {
      if (isOver) {
        return;
      }
      isOver = true;
      clearTimeout(timer);
      clearInterval(beat);
      this.#lose(code);
      close(socket);
      socket.terminate?.();
      resolve({ ending: this.#after(code, status, wasOpen), code: status ?? code });
    };
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      clearTimeout(timer);
      if (isOver || this.#isOver) {
        over(NORMAL);
        close(socket);
      } else {
        wasOpen = true;
        beat = this.#watch(() => over(ABNORMAL));
        this.#open(socket);
      }
    });
    socket.addEventListener("message", (event: { data: unknown }) => this.#receive(socket, event.data, over));
    socket.addEventListener("error", (event: { message?: unknown }) => {
      if (this.#socket !== socket) {
        over(ABNORMAL, statusOf(event.message));
      }
    });
    socket.addEventListener("close", (event: { code: number }) => over(event.code));
  }

  /** Pages cannot send the protocol's pings, and a connection may end without a word. */
  #watch(fail: () => void): ReturnType<typeof setInterval> {
    const beatMs = this.#options.client.heartbeatMs ?? BEAT_MS;
    this.#heard = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - this.#heard >= beatMs) {
        this.#control("topics", (codec) => codec.unsubscribe(NOTHING), Math.min(beatMs, CONTROL_MS)).catch((error: unknown) => {
          if (!(error instanceof ApiError)) {
            fail();
          }
        });
      }
    }, beatMs);
    (timer as { unref?: () => void }).unref?.();
    return timer;
  }

  /** A platform that does not say why a handshake failed may hide that its token was refused. */
  #after(code: number, status: number | undefined, wasOpen: boolean): Ending {
    if (status !== undefined) {
      return afterRefusal(status, this.#renewed);
    }
    return wasOpen || this.#renewed || !this.#options.tokens.canRenew ? afterClose(code, this.#renewed) : "renew";
  }

  #open(socket: WebSocketLike): void {
    this.#socket = socket;
    this.#count += 1;
    this.#tellOpened();
    this.#hooks.onConnect?.(this.#count);
    const { topics } = this.followers;
    if (topics.length > 0) {
      this.follow(topics).catch((error: unknown) => this.#followLater(socket, error as ClientError));
    }
  }

  /** What the server cannot do for now is asked for again over the next connection. */
  #followLater(socket: WebSocketLike, error: ClientError): void {
    if (error instanceof Unavailable || error instanceof RateLimited || error instanceof TimedOut) {
      socket.close(NORMAL);
    } else {
      this.followers.end(error);
    }
  }

  #tellOpened(): void {
    const waiting = this.#opened;
    this.#opened = [];
    for (const tell of waiting) {
      tell();
    }
  }

  #receive(socket: WebSocketLike, data: unknown, over: (code: number) => void): void {
    const session = this.#session;
    if (this.#socket !== socket || session === undefined) {
      return;
    }
    this.#heard = performance.now();
    try {
      this.#act(session, session.feed(data));
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      socket.close(UNREADABLE);
      over(UNREADABLE);
    }
  }

  #act(session: Session, action: Action): void {
    switch (action.kind) {
      case "reply":
        this.#slots.get(action.requestId)?.resolve(action.reply);
        break;
      case "push":
        this.followers.offer(session.codec, action.push);
        break;
      case "expiring":
        void this.#renew();
        break;
      case "refused":
        this.#controls.shift()?.reject(action.error);
        break;
      case "missed":
        this.followers.miss(action.topic, action.position);
        break;
      case "topics":
        this.followers.start(action.starts);
      // falls through
      case "authenticated": {
        const index = this.#controls.findIndex((one) => one.wanted === action.kind);
        if (index >= 0) {
          this.#controls.splice(index, 1)[0]?.resolve();
        }
      }
    }
  }

  #lose(code: number): void {
    this.#socket = undefined;
    const error = new ConnectionLost(`the socket was closed (${code})`);
    for (const slot of this.#slots.values()) {
      slot.reject(error);
    }
    for (const control of this.#controls.splice(0)) {
      control.reject(error);
    }
  }
}

function close(socket: WebSocketLike): void {
  try {
    socket.close(NORMAL);
  } catch {
    // It never opened.
  }
}

/** `ws` says the status of a refused handshake in its message; the platforms' own sockets do not say it. */
function statusOf(message: unknown): number | undefined {
  const found = /^Unexpected server response: (\d{3})$/.exec(String(message));
  return found === null ? undefined : Number(found[1]);
}

function base64url(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
