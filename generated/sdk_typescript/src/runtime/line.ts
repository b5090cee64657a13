/** One connection of the socket door, with all who wait for an answer on it. Another may take its place while they still wait. */

import type { Frame, Reply, Said } from "./codec.ts";
import { ClientError } from "./errors.ts";
import type { WebSocketLike } from "./options.ts";
import type { Session } from "./session.ts";

const MAX_BUFFERED = 2 ** 20;
const CONTROL_MS = 5000;
const NORMAL = 1000;
const OPEN = 1;

export interface Slot {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

interface Control {
  readonly wanted: "authenticated" | "topics";
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

export class Line {
  readonly socket: WebSocketLike;
  readonly session: Session;
  /** When something came last, on the clock of `performance`. */
  heard: number = performance.now();
  readonly #slots = new Map<string, Slot>();
  readonly #controls: Control[] = [];
  #isRetired = false;

  constructor(socket: WebSocketLike, session: Session) {
    this.socket = socket;
    this.session = session;
  }

  get isOpen(): boolean {
    return this.socket.readyState === OPEN;
  }

  /** Whether a call with this id may be sent now. */
  hasRoomFor(requestId: string): boolean {
    return this.isOpen && this.socket.bufferedAmount <= MAX_BUFFERED && !this.#slots.has(requestId);
  }

  /** The slot gets the replies to the frame, or the end of the connection. `forget` is to be called whatever becomes of it. */
  ask(requestId: string, frame: Frame, slot: Slot): void {
    this.#slots.set(requestId, slot);
    this.socket.send(frame);
  }

  forget(requestId: string): void {
    this.#slots.delete(requestId);
    this.#endIfQuiet();
  }

  /** Nothing where the connection has ended. */
  say(said: Said): void {
    if (this.isOpen) {
      this.socket.send(this.session.codec.say(said));
    }
  }

  /** Waits for the answer, which has no id in JSON: answers come in the order of their frames. */
  control(wanted: "authenticated" | "topics", said: Said, withinMs: number = CONTROL_MS): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new ClientError("no answer to a control frame")), Math.min(withinMs, CONTROL_MS));
      const settled = (settle: () => void): void => {
        clearTimeout(timer);
        settle();
      };
      this.#controls.push({ wanted, resolve: () => settled(resolve), reject: (error) => settled(() => reject(error)) });
      this.say(said);
    });
  }

  answered(requestId: string, reply: Reply): void {
    this.#slots.get(requestId)?.resolve(reply);
  }

  /** The first control frame that waits for such an answer. */
  settle(answer: "authenticated" | "topics"): void {
    const index = this.#controls.findIndex((one) => one.wanted === answer);
    if (index >= 0) {
      this.#controls.splice(index, 1)[0]?.resolve();
    }
  }

  /** A refusal is the first one's. */
  refused(error: ClientError): void {
    this.#controls.shift()?.reject(error);
  }

  /** Another one has taken its place: it ends with the last call that waits here, and the last stream. */
  retire(): void {
    this.#isRetired = true;
    this.#endIfQuiet();
  }

  #endIfQuiet(): void {
    if (this.#isRetired && this.#slots.size === 0) {
      this.socket.close(NORMAL);
    }
  }

  /** Who waits hears of it. */
  lose(error: ClientError): void {
    for (const slot of this.#slots.values()) {
      slot.reject(error);
    }
    for (const control of this.#controls.splice(0)) {
      control.reject(error);
    }
  }
}
