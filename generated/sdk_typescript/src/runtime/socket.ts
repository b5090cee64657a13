/**
 * The socket door: one connection that is kept, many calls in flight, events to those who follow.
 *
 * A call's frame is written at most once per attempt; when the connection ends, every call in flight hears of it at once;
 * where the server announces its end the next connection is opened first, and no call notices; after `close` no timer and no listener is left. An idle client does not keep Node running.
 */

import type { Addresses } from "./addresses.ts";
import type { Call } from "./call.ts";
import { timeoutMs } from "./call.ts";
import type { Codec, Reply } from "./codec.ts";
import { race } from "./deadline.ts";
import type { DeadlineExceeded } from "./errors.ts";
import { ApiError, AuthenticationLost, ClientError, ConnectionLost } from "./errors.ts";
import type { Followers } from "./followers.ts";
import { Line } from "./line.ts";
import type { Contract } from "./operation.ts";
import type { ClientOptions, Hooks, WebSocketLike } from "./options.ts";
import type { FoundSocket } from "./platform.ts";
import { findWebSocket } from "./platform.ts";
import { AttemptFailed } from "./retry.ts";
import { base64 } from "./scalars.ts";
import { Malformed } from "./schema.ts";
import type { Action, Ending } from "./session.ts";
import { afterClose, afterRefusal, reconnectMs, Session, unwanted } from "./session.ts";
import type { Tokens } from "./tokens.ts";

const MAX_IN_FLIGHT = 32;
const OPEN_MS = 5000;
const BEAT_MS = 20_000;
/** No topic: to leave it changes nothing and is answered. */
const NOTHING = [""];
/** A socket that lasted so long starts its pauses anew. */
const STABLE_MS = 10_000;
const UNREADABLE = 3002;
const NORMAL = 1000;
const ABNORMAL = 1006;

interface Ended {
  readonly ending: Ending;
  readonly code: number;
}

export interface SocketDoorOptions {
  readonly contract: Contract;
  readonly client: ClientOptions;
  readonly addresses: Addresses;
  readonly tokens: Tokens;
  readonly codec: () => Promise<Codec>;
  /** A one-time ticket for the next handshake, where tickets are used. */
  readonly ticket: (() => Promise<string>) | undefined;
}

export class SocketDoor {
  /** Of events, once somebody follows any. */
  followers: Followers | undefined;
  /** The token that the connection was opened with, or has been given since. */
  token: string | undefined;
  /** Why the socket is not opened again, until it is reset. */
  stopped: ClientError | undefined;
  readonly #options: SocketDoorOptions;
  readonly #hooks: Hooks;
  /** All that are open: the current one, and those whose place it has taken. */
  readonly #lines = new Set<Line>();
  readonly #queue: (() => void)[] = [];
  readonly #life = new AbortController();
  #inFlight = 0;
  #line: Line | undefined;
  #keeper: Promise<void> | undefined;
  readonly #opened: (() => void)[] = [];
  #count = 0;
  #failures = 0;
  #renewed = false;
  #wake: (() => void) | undefined;

  constructor(options: SocketDoorOptions) {
    this.#options = options;
    this.#hooks = options.client.hooks ?? {};
  }

  /** The current connection. */
  get line(): Line | undefined {
    return this.#line;
  }

  get isOpen(): boolean {
    return this.#line?.isOpen === true;
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
    this.#wake?.();
    this.#loseAll();
  }

  async close(): Promise<void> {
    this.#life.abort();
    this.#wake?.();
    this.#loseAll();
    await this.#keeper;
    this.followers?.end(undefined);
  }

  // Calls

  /** The typed result, or an open stream; throws AttemptFailed, or the caller's own reason. */
  async attempt<I, O>(call: Call<I, O>): Promise<O> {
    await this.#enter(call);
    const leave = (): void => {
      this.#inFlight -= 1;
      this.#queue.shift()?.();
    };
    const line = this.#line;
    if (line?.hasRoomFor(call.requestId) !== true) {
      leave();
      throw new AttemptFailed("not_sent", new ConnectionLost("the socket is not open", call.requestId));
    }
    return (call.operation.stream?.begin ?? exchange)(call, line, leave) as Promise<O>;
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
        await race(turn, call.deadline.signal, () => given(call, "not_sent"));
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

  // The credential

  /** The token in band, unless the connection has it; a server that does not take it within 5 s is left. */
  async present(token: string | undefined): Promise<void> {
    const line = this.#line;
    if (line?.isOpen !== true || token === undefined || token === this.token) {
      return;
    }
    try {
      await line.control("authenticated", { type: "auth", token: `Bearer ${token}` });
      this.token = token;
    } catch {
      line.socket.close(NORMAL);
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

  // The connection's life

  async #keep(): Promise<void> {
    const found = await this.#found();
    if (found === undefined) {
      this.#stop(new ClientError("no WebSocket: use Node 22, the package `ws` or the option `webSocket`"), ABNORMAL);
      return;
    }
    do {
      const began = performance.now();
      const { addresses } = this.#options;
      const { current } = addresses;
      const { ending, code } = await this.#live(found, current);
      if (this.#isOver) {
        return;
      }
      if (performance.now() - began >= STABLE_MS) {
        this.#failures = 0;
        this.#renewed = false;
      }
      const lost = ending === "stop" ? unwanted(code) : ending === "renew" ? await this.#lost(code) : undefined;
      if (lost !== undefined) {
        this.#stop(lost, code);
        return;
      }
      if (ending !== "renew") {
        addresses.leave(current);
      }
      const pauseMs = reconnectMs(this.#failures);
      this.#failures += 1;
      if (ending !== "move") {
        this.#hooks.onDisconnect?.(code, pauseMs);
      }
      if (ending !== "move" || this.#failures > 1) {
        await this.#pause(pauseMs);
      }
    } while (!this.#isOver);
  }

  async #found(): Promise<FoundSocket | undefined> {
    const given = this.#options.client.webSocket;
    return given !== undefined ? { create: given, takesHeaders: false } : findWebSocket();
  }

  /** Why there will be no other token. One that cannot be had for now is asked for again after the next close; whether it was the token that kept
   *  a socket from opening, platforms may hide, and HTTP will say. */
  async #lost(code: number): Promise<AuthenticationLost | undefined> {
    const isCertain = code !== ABNORMAL || this.#options.client.transport === "ws";
    try {
      await this.#options.tokens.renew(this.token, isCertain);
      this.#renewed = true;
    } catch (error) {
      return error instanceof AuthenticationLost ? error : undefined;
    }
    return undefined;
  }

  #stop(error: ClientError, code: number): void {
    this.stopped = error;
    this.followers?.end(error);
    this.#hooks.onDisconnect?.(code, -1);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#after(ms, () => this.#wake?.());
      this.#wake = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
    });
  }

  /** A timer that holds Node only where somebody follows events. */
  #after(ms: number, act: () => void): ReturnType<typeof setTimeout> {
    const timer = setTimeout(act, ms);
    if (!this.followers?.topics.length) {
      (timer as { unref?: () => void }).unref?.();
    }
    return timer;
  }

  /** One connection from its handshake to its end, or until the next one is to be opened. */
  async #live(found: FoundSocket, baseUrl: string): Promise<Ended> {
    let line: Line;
    try {
      line = await this.#dial(found, baseUrl);
    } catch (error) {
      if (error instanceof AuthenticationLost) {
        this.#stop(error, ABNORMAL);
      }
      return { ending: "reconnect", code: ABNORMAL };
    }
    return new Promise((resolve) => this.#listen(line, resolve));
  }

  async #dial({ create, takesHeaders }: FoundSocket, baseUrl: string): Promise<Line> {
    const { contract, tokens, ticket } = this.#options;
    const session = new Session(contract, await this.#options.codec());
    this.token = await tokens.get();
    const url = new URL(baseUrl.replace(/^http/, "ws") + contract.address);
    const protocols = session.subprotocols;
    if (ticket !== undefined) {
      url.searchParams.set("ticket", await ticket());
    } else if (this.token !== undefined && !takesHeaders) {
      protocols.push(`bearer.${base64url(this.token)}`);
    }
    const more = takesHeaders && ticket === undefined && this.token !== undefined ? [{ headers: { authorization: `Bearer ${this.token}` } }] : [];
    return new Line(new create(url.href, protocols, ...more), session);
  }

  /** Some platforms say `error` and never `close` for a handshake that failed: the first of them counts. */
  #listen(line: Line, resolve: (ended: Ended) => void): void {
    const { socket } = line;
    let isOver = false;
    let wasOpen = false;
    let hasMoved = false;
    const timer = setTimeout(() => over(ABNORMAL), OPEN_MS);
    let beat: ReturnType<typeof setInterval> | undefined;
    let move: ReturnType<typeof setTimeout> | undefined;
    const over = (code: number, status?: number): void => {
      if (isOver) {
        return;
      }
      isOver = true;
      clearTimeout(timer);
      clearTimeout(move);
      clearInterval(beat);
      this.#lose(line, code);
      close(socket);
      socket.terminate?.();
      if (hasMoved) {
        this.#hooks.onDisconnect?.(code, 0);
      }
      resolve({ ending: this.#next(code, status, wasOpen), code: status ?? code });
    };
    const moveAfter = (ms: number): void => {
      move ??= this.#after(ms, () => {
        hasMoved = true;
        resolve({ ending: "move", code: NORMAL });
      });
    };
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      clearTimeout(timer);
      if (isOver || this.#isOver) {
        over(NORMAL);
        close(socket);
      } else {
        wasOpen = true;
        beat = this.#watch(line, () => over(ABNORMAL));
        this.#open(line);
      }
    });
    socket.addEventListener("message", (event: { data: unknown }) => {
      if (wasOpen && !isOver) {
        this.#receive(line, event.data, moveAfter, over);
      }
    });
    socket.addEventListener("error", (event: { message?: unknown }) => {
      if (!wasOpen) {
        over(ABNORMAL, statusOf(event.message));
      }
    });
    socket.addEventListener("close", (event: { code: number }) => over(event.code));
  }

  /** Pages cannot send the protocol's pings, and a connection may end without a word. */
  #watch(line: Line, fail: () => void): ReturnType<typeof setInterval> {
    const beatMs = this.#options.client.heartbeatMs ?? BEAT_MS;
    line.heard = performance.now();
    const timer = setInterval(() => {
      if (performance.now() - line.heard >= beatMs) {
        line.control("topics", { type: "unsubscribe", topics: NOTHING }, beatMs).catch((error: unknown) => {
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
  #next(code: number, status: number | undefined, wasOpen: boolean): Ending {
    if (status !== undefined) {
      return afterRefusal(status, this.#renewed);
    }
    return wasOpen || this.#renewed || !this.#options.tokens.canRenew ? afterClose(code, this.#renewed) : "renew";
  }

  #open(line: Line): void {
    this.#lines.add(line);
    this.#line?.retire();
    this.#line = line;
    this.#count += 1;
    this.#tellOpened();
    this.#hooks.onConnect?.(this.#count);
    this.followers?.opened(line);
  }

  #tellOpened(): void {
    for (const tell of this.#opened.splice(0)) {
      tell();
    }
  }

  #receive(line: Line, data: unknown, moveAfter: (ms: number) => void, over: (code: number) => void): void {
    line.heard = performance.now();
    try {
      for (const action of line.session.feed(data, line.socket.protocol)) {
        this.#act(line, action, moveAfter);
      }
    } catch (error) {
      if (!(error instanceof Malformed)) {
        throw error;
      }
      line.socket.close(UNREADABLE);
      over(UNREADABLE);
    }
  }

  #act(line: Line, action: Action, moveAfter: (ms: number) => void): void {
    switch (action.kind) {
      case "reply":
        line.answered(action.requestId, action.reply);
        break;
      case "expiring":
        void this.#renew();
        break;
      case "draining":
        moveAfter(action.afterMs);
        break;
      case "refused":
        line.refused(action.error);
        break;
      case "topics":
      case "told":
        this.followers?.hear(action.members, line.session.codec, line);
        if (action.kind === "topics") {
          line.settle("topics");
        }
        break;
      case "authenticated":
        line.settle("authenticated");
    }
  }

  #lose(line: Line, code: number): void {
    this.#lines.delete(line);
    if (this.#line === line) {
      this.#line = undefined;
    }
    line.lose(new ConnectionLost(`the socket was closed (${code})`));
  }

  #loseAll(): void {
    for (const line of [...this.#lines]) {
      line.socket.close(NORMAL);
      this.#lose(line, NORMAL);
    }
  }
}

/** One call and its answer over the line. */
async function exchange(call: Call<unknown, unknown>, line: Line, leave: () => void): Promise<unknown> {
  const { requestId, deadline } = call;
  const { session } = line;
  try {
    const frame = session.codec.request(call, timeoutMs(call));
    const answered = new Promise<Reply>((resolve, reject) => line.ask(requestId, frame, { resolve, reject }));
    const reply = await race(answered, deadline.signal, () => {
      line.say({ type: "cancel", req_id: requestId });
      return given(call, "lost");
    });
    return session.result(call, reply);
  } catch (error) {
    throw error instanceof ConnectionLost ? new AttemptFailed("lost", new ConnectionLost(error.message, requestId)) : error;
  } finally {
    line.forget(requestId);
    leave();
  }
}

/** What a call gets whose time is over; the caller's own reason goes to him as it is. */
function given(call: Call<unknown, unknown>, outcome: "lost" | "not_sent"): unknown {
  const reason = call.deadline.reason(call.requestId);
  return call.deadline.isAborted ? reason : new AttemptFailed(outcome, reason as DeadlineExceeded);
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
  return base64(new TextEncoder().encode(text)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
