/** The four doors of a contract, each a client of its own that makes one attempt and tells all that it sees. */

import { Connection } from "@runtime/connection.ts";
import { ApiError } from "@runtime/errors.ts";
import { parseJson, readJson, writeJson } from "@runtime/json.ts";
import type { Door, Encoding } from "@runtime/options.ts";
import type { Field, RecordTable } from "@runtime/schema.ts";
import type { Catalogue, Entry } from "../contract/catalogue.ts";
import type { Session } from "../session/session.ts";
import { factsOf } from "./frames.ts";
import type { Body, HttpSeen } from "./recorder.ts";
import { recordingFetch, recordingSocket } from "./recorder.ts";

/** Fields that are bytes beside JSON, by their names in it. */
type Files = { readonly [field: string]: Blob | readonly Blob[] };

export interface Way {
  readonly door: Door;
  readonly encoding: Encoding;
}

export interface Outcome extends Way {
  readonly requestId: string;
  readonly tookMs: number;
  readonly http?: HttpSeen;
  readonly frames?: { readonly sent?: Body; readonly received?: Body };
  /** The result as JSON has it, whatever came over the wire; undefined for no content, and for bytes. */
  readonly result?: string;
  readonly download?: { readonly url: string; readonly name: string; readonly size: number; readonly media: string };
  /** A refusal of the service, or why the client gave none. */
  readonly error?: Error;
}

const TIMEOUT_MS = 30_000;

/** The ways on which an operation can be called. */
export function waysOf({ data }: Entry): Way[] {
  const encodings: Encoding[] = data.protobuf ? ["json", "protobuf"] : ["json"];
  const doors: Door[] = [...(data.http ? (["http"] as const) : []), ...(data.pkgId === undefined ? [] : (["ws"] as const))];
  return doors.flatMap((door) => encodings.map((encoding) => ({ door, encoding })));
}

export function nameOf({ door, encoding }: Way): string {
  return `${door === "http" ? "REST" : "WebSocket"} · ${encoding === "json" ? "JSON" : "protobuf"}`;
}

interface Watched {
  readonly connection: Connection;
  seen: HttpSeen | undefined;
  readonly sent: Map<string, Body>;
  readonly received: Map<string, Body>;
}

export class Doors {
  readonly session: Session;
  readonly base: string;
  readonly #catalogue: Catalogue;
  readonly #made = new Map<string, Watched>();

  constructor(catalogue: Catalogue, base: string, session: Session) {
    this.#catalogue = catalogue;
    this.base = base;
    this.session = session;
    session.onChange(() => {
      if (!session.isLoggedIn) {
        this.#forget();
      }
    });
  }

  /** One attempt, on one way. What goes wrong is in the outcome. */
  async attempt(entry: Entry, text: string, way: Way, files: Files = {}): Promise<Outcome> {
    const requestId = newId();
    const began = performance.now();
    const door = this.#door(way);
    door.seen = undefined;
    const outcome = { ...way, requestId };
    try {
      const input = readInput(entry, text, files);
      const result = await door.connection.call(entry.operation, input, { idempotencyKey: requestId, timeoutMs: TIMEOUT_MS });
      const told = await this.#told(entry, result);
      return { ...outcome, tookMs: performance.now() - began, ...this.#wire(door, way, requestId), ...told };
    } catch (error) {
      return { ...outcome, tookMs: performance.now() - began, ...this.#wire(door, way, requestId), error: error as Error };
    }
  }

  #wire(door: Watched, way: Way, requestId: string): Pick<Outcome, "http" | "frames"> {
    if (way.door === "http") {
      return door.seen === undefined ? {} : { http: door.seen };
    }
    const [sent, received] = [door.sent.get(requestId), door.received.get(requestId)];
    door.sent.clear();
    door.received.clear();
    return { frames: { ...(sent === undefined ? {} : { sent }), ...(received === undefined ? {} : { received }) } };
  }

  async #told({ operation, data }: Entry, result: unknown): Promise<Pick<Outcome, "result" | "download">> {
    if (data.download) {
      const { filename, mediaType: media, blob } = result as { filename?: string; mediaType: string; blob: () => Promise<Blob> };
      const content = await blob.call(result);
      return { download: { url: URL.createObjectURL(content), name: filename ?? "download", size: content.size, media } };
    }
    return operation.output === undefined ? {} : { result: writeJson(operation.output() as RecordTable<unknown>, result) };
  }

  #door(way: Way): Watched {
    const key = `${way.door} ${way.encoding} ${this.session.isLoggedIn}`;
    const made = this.#made.get(key) ?? this.#make(way);
    this.#made.set(key, made);
    return made;
  }

  #make({ door, encoding }: Way): Watched {
    const note = (map: Map<string, Body>) => (frame: Body) => {
      const { requestId } = factsOf(frame);
      if (requestId !== undefined) {
        map.set(requestId, frame);
      }
    };
    const [sent, received] = [new Map<string, Body>(), new Map<string, Body>()];
    const nothing = (): void => undefined;
    const watched: Watched = {
      seen: undefined,
      sent,
      received,
      connection: new Connection(this.#catalogue.driven.contract, {
        baseUrl: this.base,
        transport: door,
        encoding,
        maxRetries: 0,
        fetch: recordingFetch((seen) => (watched.seen = seen)),
        webSocket: recordingSocket({ onDial: nothing, onOpen: nothing, onClose: nothing, onSent: note(sent), onReceived: note(received) }),
        hooks: { onWarning: nothing },
        ...(this.session.isLoggedIn ? { token: () => this.session.token() } : {}),
      }),
    };
    return watched;
  }

  #forget(): void {
    for (const { connection } of this.#made.values()) {
      void connection.close();
    }
    this.#made.clear();
  }
}

/** The input that a JSON text and files beside it are. Throws what the client says of it, with a pointer where there is one. */
export function readInput({ operation }: Entry, text: string, files: Files = {}): unknown {
  const table = operation.input();
  const given = parseJson(text === "" ? "{}" : text);
  const beside = table.fields.filter((one) => files[wireOf(one)] !== undefined);
  const whole = beside.length === 0 ? given : { ...(given as object), ...Object.fromEntries(beside.map((one) => [wireOf(one), one.many === "list" ? [] : ""])) };
  const input = readJson(table, whole) as object;
  return { ...input, ...Object.fromEntries(beside.map((one) => [one.name, files[wireOf(one)]])) };
}

const wireOf = ({ wire, name }: Field): string => wire ?? name;

export function isRefusal(error: unknown): error is ApiError {
  return error instanceof ApiError;
}

/** A UUID of version 4; `crypto.randomUUID` is missing on pages without TLS. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}
