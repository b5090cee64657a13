/** How the pieces of a body are cut into records. */

import { Malformed } from "./schema.ts";

const MAX_RECORD = 64 * 2 ** 20;

/** What is left of a record that is not whole yet. */
export function bounded<T extends { readonly length: number }>(left: T): T {
  if (left.length > MAX_RECORD) {
    throw new Malformed("a record is too large");
  }
  return left;
}

export interface ServerSent {
  /** "message" where it has no name. */
  readonly event: string;
  readonly data: string;
}

/** A body of server-sent events (WHATWG HTML §9.2.6). What has no data is none, like a comment. */
export class ServerSentEvents {
  /** After which the server wants to be asked again, where it has said so. */
  retryMs: number | undefined;
  readonly #decoder = new TextDecoder();
  #left = "";
  #event = "";
  #data: string[] = [];

  /** The events that have ended with this piece. */
  feed(chunk: Uint8Array): ServerSent[] {
    const lines = (this.#left + this.#decoder.decode(chunk, { stream: true })).split("\n");
    this.#left = bounded(lines.pop() ?? "");
    return lines.flatMap((line) => this.#take(line.replace(/\r$/, "")) ?? []);
  }

  #take(line: string): ServerSent | undefined {
    const [, name, value = ""] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
    switch (name) {
      case "event":
        this.#event = value;
        break;
      case "data":
        this.#data.push(value);
        break;
      case "retry":
        this.retryMs = /^\d{1,9}$/.test(value) ? Number(value) : this.retryMs;
    }
    return line === "" ? this.#end() : undefined;
  }

  #end(): ServerSent | undefined {
    const [event, data] = [this.#event || "message", this.#data];
    this.#event = "";
    this.#data = [];
    return data.length > 0 ? { event, data: data.join("\n") } : undefined;
  }
}
