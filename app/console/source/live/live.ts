/** One client that keeps a socket, watched from without: what it is told to do, and what it does of itself. */

import { Connection } from "@runtime/connection.ts";
import type { Topic } from "@runtime/operation.ts";
import type { Encoding } from "@runtime/options.ts";
import type { Catalogue, Entry, Happening } from "../contract/catalogue.ts";
import type { AnyEvent } from "../contract/tables.ts";
import { newId, readInput } from "../doors/doors.ts";
import type { Doors } from "../doors/doors.ts";
import type { WatchedSocket } from "../doors/recorder.ts";
import { recordingSocket, watchedFetch } from "../doors/recorder.ts";
import { Log } from "./log.ts";
import type { Followed } from "./topics.ts";
import { follow } from "./topics.ts";

export interface Flight {
  readonly requestId: string;
  readonly entry: Entry;
  readonly text: string;
  readonly began: number;
  readonly stop: AbortController;
}

/** A sign of life is asked for sooner than usual, so that a socket that is deaf is soon left. */
const HEARTBEAT_MS = 4000;
const TIMEOUT_MS = 30_000;
/** A close code of the application, after which clients connect again. */
const CUT = 4000;

export class Live {
  readonly log: Log;
  state: "closed" | "connecting" | "open" | "waiting" = "closed";
  isDeaf = false;
  /** No socket opens, as behind a proxy that lets none through. */
  isBlocked = false;
  flights: readonly Flight[] = [];
  followed: readonly Followed[] = [];
  readonly #doors: Doors;
  readonly #catalogue: Catalogue;
  readonly #change: () => void;
  readonly #calls = new Map<string, { readonly entry: Entry; readonly text: string }>();
  #connection: Connection | undefined;
  #socket: WatchedSocket | undefined;

  constructor(catalogue: Catalogue, doors: Doors, change: () => void) {
    this.#catalogue = catalogue;
    this.#doors = doors;
    this.#change = change;
    this.log = new Log(catalogue);
  }

  connect(encoding: Encoding): void {
    this.state = "connecting";
    let asked = 0; // The client keeps the token that it is given: when it asks again, it wants another.
    this.#connection = new Connection(this.#catalogue.driven.contract, {
      baseUrl: this.#doors.base,
      transport: "auto",
      encoding,
      heartbeatMs: HEARTBEAT_MS,
      webSocket: this.#watched(),
      fetch: watchedFetch({
        onAsked: (line) => this.#say("asks over HTTP", line),
        onAnswered: (line, status) => this.#say("is answered over HTTP", `${line}: ${status}`),
        onEvent: (data) => this.#frame("received", data, "over HTTP"),
      }),
      hooks: {
        onConnect: (count) => this.#say(count > 1 ? "connected again" : "connected", `socket ${count}`),
        onDisconnect: (code, pauseMs) => this.#disconnected(code, pauseMs),
        onRetry: ({ operation, number }, error, pauseMs) => this.#say("tries again", `${operation}, attempt ${number} failed: ${error.message}; after ${Math.round(pauseMs)} ms`),
        onResubscribe: (topic, recovered) => this.#say("resumes", `topic ${topic}, ${recovered ? "nothing is missed" : "something is missed for good"}`),
        onMissed: (topic) => this.#say("misses events", `of topic ${topic}, which will never come`),
        onWarning: (message) => this.#say("warns", message),
      },
      ...(this.#doors.session.isLoggedIn ? { token: () => this.#doors.session.token((asked += 1) > 1) } : {}),
    });
    this.#connection.connect().catch((error: unknown) => this.#say("does not connect", String((error as Error).message)));
    this.#change();
  }

  /** Ends the client, its calls and what it follows. */
  async close(): Promise<void> {
    const connection = this.#connection;
    this.#connection = undefined;
    this.followed.forEach((one) => one.stop());
    this.followed = [];
    this.state = "closed";
    this.isDeaf = false;
    this.isBlocked = false;
    await connection?.close();
    this.#say("closed");
  }

  async call(entry: Entry, text: string): Promise<void> {
    const flight: Flight = { requestId: newId(), entry, text, began: performance.now(), stop: new AbortController() };
    this.#calls.set(flight.requestId, { entry, text });
    this.flights = [...this.flights, flight];
    this.#change();
    try {
      await this.#connection?.call(entry.operation, readInput(entry, text), { idempotencyKey: flight.requestId, signal: flight.stop.signal, timeoutMs: TIMEOUT_MS });
    } catch (error) {
      this.#say(flight.stop.signal.aborted ? "cancelled" : "failed", `${entry.name}: ${String((error as Error).message)}`);
    } finally {
      this.flights = this.flights.filter((one) => one !== flight);
      this.#change();
    }
  }

  /** Whether a frame can be sent again, as a call of its own. */
  canReplay(requestId: string | undefined): boolean {
    return requestId !== undefined && this.#calls.has(requestId) && this.#connection !== undefined;
  }

  replay(requestId: string | undefined): void {
    const call = this.#calls.get(requestId ?? "");
    if (call !== undefined) {
      void this.call(call.entry, call.text);
    }
  }

  toggle({ name, event }: Happening): void {
    if (this.follows(name)) {
      this.leave(name);
    } else {
      this.follow(name, event);
    }
  }

  follows(name: string): boolean {
    return this.followed.some((one) => one.name === name);
  }

  /** An event by its name, or a topic; once. */
  follow(name: string, what: AnyEvent | Topic<unknown>): void {
    if (this.#connection === undefined || this.follows(name)) {
      return;
    }
    const followed = follow(this.#connection, name, what, (reason) => {
      this.followed = this.followed.filter((one) => one !== followed);
      this.#say("follows no more", `${name}: ${reason}`);
    });
    this.followed = [...this.followed, followed];
    this.#change();
  }

  leave(name: string): void {
    this.followed.find((one) => one.name === name)?.stop();
    this.followed = this.followed.filter((one) => one.name !== name);
    this.#change();
  }

  cut(): void {
    this.#say("you cut the socket");
    this.#socket?.close(CUT, "cut in the console");
  }

  toggleBlock(): void {
    this.isBlocked = !this.isBlocked;
    this.#say(this.isBlocked ? "you let no socket through" : "you let sockets through", this.isBlocked ? "the client has HTTP alone" : "the client's next one opens");
    if (this.isBlocked) {
      this.#socket?.close(CUT, "blocked in the console");
    }
  }

  toggleDeaf(): void {
    this.isDeaf = !this.isDeaf;
    if (this.isDeaf) {
      this.#say("you stopped reading", "what comes reaches the client no more");
      this.#socket?.deafen();
    } else {
      this.#say("you read on");
      this.#socket?.hear();
    }
  }

  toggleHold(): void {
    const { session } = this.#doors;
    session.isHeld = !session.isHeld;
    this.#say(session.isHeld ? "you hold renewals" : "you renew again", session.isHeld ? "the token will expire" : "");
  }

  #watched(): ReturnType<typeof recordingSocket> {
    return recordingSocket({
      onDial: (socket) => {
        this.#socket = socket;
        this.isDeaf = false;
        this.#become("connecting");
        if (this.isBlocked) {
          socket.close();
        }
      },
      onOpen: () => this.#become("open"),
      onSent: (frame) => this.#frame("sent", frame),
      onReceived: (frame) => this.#frame("received", frame),
      onClose: (code, reason) => this.#say("the socket ended", `${code} ${this.#nameOf(code)} ${reason}`.trim()),
    });
  }

  #disconnected(code: number, pauseMs: number): void {
    this.#say(pauseMs < 0 ? "gives up" : "will connect again", pauseMs < 0 ? `${code} ${this.#nameOf(code)}` : `after ${Math.round(pauseMs)} ms`);
    this.#become(pauseMs < 0 ? "closed" : "waiting");
  }

  #nameOf(code: number): string {
    return Object.entries(this.#catalogue.documents.client.close_codes).find(([, one]) => one === code)?.[0] ?? "";
  }

  #frame(direction: "sent" | "received", frame: string | Uint8Array, way?: string): void {
    this.log.frame(direction, frame, way);
    this.#change();
  }

  #become(state: Live["state"]): void {
    this.state = this.#connection === undefined ? "closed" : state;
    this.#change();
  }

  #say(name: string, note = ""): void {
    this.log.say(name, note);
    this.#change();
  }
}
