/** What happened on the socket, in order: frames both ways, and what the client did of itself. */

import type { Catalogue } from "../contract/catalogue.ts";
import type { FrameFacts } from "../doors/frames.ts";
import { factsOf } from "../doors/frames.ts";
import type { Body } from "../doors/recorder.ts";

export interface Line {
  readonly id: number;
  /** In ms since the log began. */
  readonly at: number;
  readonly direction: "sent" | "received" | "client";
  /** The operation, event or control frame; of the client's own lines all that is said. */
  readonly name: string;
  readonly note: string;
  readonly body: Body | undefined;
  readonly facts: FrameFacts | undefined;
  isPinned: boolean;
}

const MOST = 500;
const CONTROL = "control-";
const AUTHENTICATE = "authenticate";
/** Bytes of a frame that bears a token. */
const SHOWN = 60;

/** The newest lines, and those that are pinned. */
export class Log {
  lines: readonly Line[] = [];
  readonly #names: ReadonlyMap<number, string>;
  readonly #began = performance.now();
  #count = 0;

  constructor(catalogue: Catalogue) {
    const operations = Object.entries(catalogue.documents.asyncapi?.operations ?? {});
    this.#names = new Map(operations.map(([name, one]) => [one["x-pkg-id"], name.startsWith(CONTROL) ? name.slice(CONTROL.length) : name]));
  }

  /** `way` says where it came, if it was not the socket. */
  frame(direction: "sent" | "received", body: Body, way = ""): void {
    const facts = factsOf(body);
    const name = facts.type ?? this.#names.get(facts.pkgId ?? 0) ?? (facts.status ? "refusal" : "frame");
    const offset = facts.offset === undefined ? "" : `offset ${facts.offset}`;
    const told = facts.topic !== undefined ? `topic ${facts.topic} ${offset}` : facts.status === undefined ? "" : facts.status === 0 ? "OK" : `refused, status ${facts.status}`;
    const note = `${told} ${way}`.trim();
    this.#add({ direction, name, note, body: direction === "sent" ? concealed(name, body) : body, facts });
  }

  say(name: string, note = ""): void {
    this.#add({ direction: "client", name, note, body: undefined, facts: undefined });
  }

  clear(): void {
    this.lines = this.lines.filter((one) => one.isPinned);
  }

  pin(line: Line): void {
    this.lines = this.lines.map((one) => (one === line ? { ...one, isPinned: !one.isPinned } : one));
  }

  #add(line: Omit<Line, "id" | "at" | "isPinned">): void {
    this.#count += 1;
    const next: Line = { ...line, id: this.#count, at: performance.now() - this.#began, isPinned: false };
    const lines = [...this.lines, next];
    const spare = lines.length - MOST;
    const oldest = spare > 0 ? lines.findIndex((one) => !one.isPinned) : -1;
    this.lines = oldest < 0 ? lines : lines.filter((_, index) => index !== oldest);
  }
}

/** Tokens are not shown. */
function concealed(name: string, body: Body): Body {
  return typeof body === "string" ? body.replace(/("token":\s*"Bearer .{9})[^"]*/, "$1…") : name === AUTHENTICATE ? body.subarray(0, SHOWN) : body;
}
