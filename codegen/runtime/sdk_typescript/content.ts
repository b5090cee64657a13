/** Bytes over HTTP: what a caller sends, and what it takes as a stream. Only operations that have them refer to this module. */

import type { Call } from "./call.ts";
import { ConnectionLost } from "./errors.ts";
import { textsOf, writeJson } from "./json.ts";
import type { HttpBinding, Operation } from "./operation.ts";
import { AttemptFailed } from "./retry.ts";
import type { Field } from "./schema.ts";

/** A Blob is read while it is sent (in Node `openAsBlob` makes one of a file); a stream is sent once, and never again. */
export type Source = Blob | Uint8Array | ArrayBuffer | ReadableStream<Uint8Array>;

/** Without `mediaType` it is the contract's, or the Blob's. */
export interface FileContent {
  readonly content: Source;
  readonly filename?: string;
  readonly mediaType?: string;
}

export type FileSource = Source | FileContent;

/** An answer, while it comes. Cancel the `stream` if it is not read to its end. */
export interface Download {
  readonly stream: ReadableStream<Uint8Array>;
  readonly mediaType: string;
  /** In bytes; undefined where the server does not know it before. */
  readonly length: number | undefined;
  /** What the server calls it, without folders. */
  readonly filename: string | undefined;
  /** As it stands in the header. */
  readonly etag: string | undefined;
  /** All of it, in memory; what is cut is asked for again from there where it has a strong tag; rejects with ConnectionLost where it does not come to its end. */
  bytes(): Promise<Uint8Array>;
  blob(): Promise<Blob>;
  text(): Promise<string>;
}

const USUAL = "application/octet-stream";
const MAX_CUTS = 8;
const MAX_TRIES = 4;
/** Before the rest is asked for; doubled with each try. */
const PAUSE_MS = 100;

type Again = (count: number) => Promise<ReadableStream<Uint8Array> | undefined>;

/**
 * One attempt. What an operation answers as bytes is the `content` of its response, which has no other body; its deadline is
 * of the head alone.
 */
export async function exchange(url: string, init: RequestInit, call: unknown, given: typeof fetch): Promise<Response> {
  const { operation, input, requestId } = call as Call<unknown, unknown>;
  const sent = body(operation, input, requestId, init.headers as Headers);
  if (operation.download !== true) {
    return given(url, { ...init, ...sent });
  }
  (init.headers as Headers).set("accept", "*/*");
  const response = await untilHead(given, url, { ...init, ...sent });
  if (!response.ok) {
    return response;
  }
  const { ok, status, statusText, headers } = response;
  const rest: Again = (count) => restOf(given, url, init, headers.get("etag") ?? "", count);
  const arrayBuffer = async (): Promise<ArrayBuffer> => new ArrayBuffer(0);
  return { ok, status, statusText, headers, arrayBuffer, content: download(response, operation.name, requestId, rest) } as unknown as Response;
}

/** Nothing was sent of what cannot be: the caller's mistake is thrown as it is. */
function body(operation: Operation<unknown, unknown>, input: unknown, id: string, headers: Headers): RequestInit {
  const { http } = operation;
  if (http === undefined || (http.files === undefined && http.form === undefined)) {
    return {};
  }
  try {
    return http.form === true ? sendForm(operation, http, input, id, headers) : sendWhole(operation, http, input, id, headers);
  } catch (error) {
    throw new AttemptFailed("refused", error as ConnectionLost);
  }
}

/** The signal is of the attempt; what has begun to come is cancelled by its reader. */
async function untilHead(given: typeof fetch, url: string, init: RequestInit): Promise<Response> {
  const own = new AbortController();
  const signal = init.signal as AbortSignal;
  const stop = (): void => own.abort(signal.reason);
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    return await given(url, { ...init, signal: own.signal });
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** The rest of the same bytes: a strong tag says that they are (RFC 9110 section 13.1.5). */
async function restOf(given: typeof fetch, url: string, init: RequestInit, etag: string, count: number): ReturnType<Again> {
  const headers = new Headers(init.headers);
  headers.set("range", `bytes=${count}-`);
  headers.set("if-range", etag);
  for (let number = 0; number < MAX_TRIES && init.method === "GET" && etag.startsWith('"'); number += 1) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS * 2 ** number));
    const response = await given(url, { ...init, headers, signal: null }).catch(() => undefined);
    if (response?.status === 206 && response.headers.get("content-range")?.startsWith(`bytes ${count}-`)) {
      return response.body ?? undefined;
    }
    if (response !== undefined) {
      await response.body?.cancel();
      return undefined;
    }
  }
  return undefined;
}

/** What is cut goes on, where its rest can be had. */
function resumed(first: ReadableStream<Uint8Array>, again: Again): ReadableStream<Uint8Array> {
  let reader = first.getReader();
  let count = 0;
  let cuts = 0;
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    try {
      const { done, value } = await reader.read();
      if (done) {
        controller.close();
      } else {
        count += value.byteLength;
        controller.enqueue(value);
      }
    } catch (error) {
      cuts += 1;
      const rest = cuts > MAX_CUTS ? undefined : await again(count);
      if (rest === undefined) {
        throw error;
      }
      reader = rest.getReader();
      await pull(controller);
    }
  };
  return new ReadableStream({ pull, cancel: (reason) => reader.cancel(reason) }, { highWaterMark: 0 });
}

function download(response: Response, name: string, requestId: string, rest: Again): Download {
  const whole = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw new ConnectionLost(`${name}: the answer was cut`, requestId, error);
    }
  };
  const { headers } = response;
  const length = headers.get("content-length");
  const mediaType = headers.get("content-type") ?? "";
  const body = response.body ?? new Blob([]).stream();
  const stream = headers.has("content-encoding") ? body : resumed(body, rest);
  const all = new Response(stream, { headers: { "content-type": mediaType } });
  return {
    stream,
    mediaType,
    length: length === null ? undefined : Number(length),
    filename: filenameOf(headers.get("content-disposition") ?? ""),
    etag: headers.get("etag") ?? undefined,
    bytes: () => whole(async () => new Uint8Array(await all.arrayBuffer())),
    blob: () => whole(() => all.blob()),
    text: () => whole(() => all.text()),
  };
}

/** The body that is one field. */
function sendWhole<I>(operation: Operation<I, unknown>, binding: HttpBinding, input: I, id: string, headers: Headers): RequestInit {
  const [[wire, media]] = Object.entries(binding.files ?? {}) as [[string, string]];
  const { content, mediaType } = contentOf(given(operation, input, wire));
  if (content instanceof ReadableStream && content.locked) {
    throw new ConnectionLost(`${operation.name}: its stream cannot be sent again`, id);
  }
  headers.set("content-type", mediaType ?? (media || (content instanceof Blob && content.type) || USUAL));
  return { body: content as BodyInit, ...(content instanceof ReadableStream ? { duplex: "half" } : {}) };
}

/** `multipart/form-data`; its boundary, and so its media type, is the platform's, but where a part is a stream. */
function sendForm<I>(operation: Operation<I, unknown>, binding: HttpBinding, input: I, id: string, headers: Headers): RequestInit {
  const parts = partsOf(operation, binding, input);
  const streams = parts.map(([, content]) => content).filter((one) => one instanceof ReadableStream);
  if (streams.some((one) => one.locked)) {
    throw new ConnectionLost(`${operation.name}: its stream cannot be sent again`, id);
  }
  if (streams.length > 0) {
    const boundary = crypto.randomUUID();
    headers.set("content-type", `multipart/form-data; boundary=${boundary}`);
    return { body: streamed(parts, boundary), duplex: "half" } as RequestInit;
  }
  const form = new FormData();
  for (const [name, content, filename] of parts as [string, string | Blob, string?][]) {
    filename === undefined ? form.append(name, content) : form.append(name, content as Blob, filename);
  }
  return { body: form };
}

/** A name, its content, and of a file its name and, where it is a stream, its media type. */
type Part = [name: string, content: string | Blob | ReadableStream<Uint8Array>, filename?: string, mediaType?: string];

/** RFC 7578, with names as browsers write them (WHATWG HTML, "multipart form data"). */
function streamed(parts: Part[], boundary: string): ReadableStream<Uint8Array> {
  const escaped = (name: string): string => name.replace(/\r/g, "%0D").replace(/\n/g, "%0A").replace(/"/g, "%22");
  async function* chunks(): AsyncGenerator<Uint8Array> {
    const encoder = new TextEncoder();
    for (const [name, content, filename, mediaType] of parts) {
      const type = content instanceof Blob ? content.type : mediaType;
      const file = filename === undefined ? "" : `; filename="${escaped(filename)}"\r\ncontent-type: ${type}`;
      yield encoder.encode(`--${boundary}\r\ncontent-disposition: form-data; name="${escaped(name)}"${file}\r\n\r\n`);
      if (typeof content === "string") {
        yield encoder.encode(content);
      } else {
        yield* read(content instanceof Blob ? content.stream() : content);
      }
      yield encoder.encode("\r\n");
    }
    yield encoder.encode(`--${boundary}--\r\n`);
  }
  const all = chunks();
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const { done, value } = await all.next();
    done === true ? controller.close() : controller.enqueue(value);
  };
  return new ReadableStream({ pull, cancel: async () => void (await all.return(undefined)) }, { highWaterMark: 0 });
}

async function* read(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      yield next.value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function partsOf<I>(operation: Operation<I, unknown>, binding: HttpBinding, input: I): Part[] {
  const parts: Part[] = [];
  const outside = new Set(binding.parameters.map((one) => one.field));
  for (const field of operation.input().fields) {
    const wire = field.wire ?? field.name;
    const media = binding.files?.[wire];
    if (media !== undefined) {
      for (const file of listed(given(operation, input, wire))) {
        parts.push([wire, ...partOf(contentOf(file), media, field)]);
      }
    } else if (!outside.has(wire)) {
      textOfField(operation, field, wire, input).forEach((text) => parts.push([wire, text]));
    }
  }
  return parts;
}

function textOfField<I>(operation: Operation<I, unknown>, field: Field, wire: string, input: I): string[] {
  if (field.many !== "map") {
    return textsOf(operation.input(), wire, input);
  }
  const only = { fields: [field] };
  const told = (JSON.parse(writeJson(only, input)) as { [name: string]: unknown })[wire];
  return told === undefined ? [] : [JSON.stringify(told)];
}

function partOf(
  { content, filename, mediaType }: FileContent,
  media: string,
  field: Field,
): [Blob | ReadableStream<Uint8Array>, string, string?] {
  if (content instanceof ReadableStream) {
    return [content, filename ?? field.name, mediaType ?? (media || USUAL)];
  }
  const type = mediaType ?? (media || (content instanceof Blob && content.type) || USUAL);
  const name = filename ?? (content as Partial<File>).name ?? field.name;
  return [new Blob([content as BlobPart], { type }), name];
}

function given<I>(operation: Operation<I, unknown>, input: I, wire: string): unknown {
  const field = operation.input().fields.find((one) => (one.wire ?? one.name) === wire);
  const found = field && (input as { [name: string]: unknown })[field.name];
  if (field !== undefined && !field.optional && (found === undefined || found === null)) {
    throw new TypeError(`${field.name} is missing`);
  }
  return found;
}

function listed(value: unknown): unknown[] {
  return value === undefined || value === null ? [] : Array.isArray(value) ? value : [value];
}

function contentOf(value: unknown): FileContent {
  const isSource = value instanceof Blob || value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof ReadableStream;
  return isSource ? { content: value as Source } : (value as FileContent);
}

/** The encoded name goes before the plain one (RFC 6266 section 4.3). */
function filenameOf(disposition: string): string | undefined {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition)?.[1];
  const name = encoded === undefined ? /filename="([^"]*)"/i.exec(disposition)?.[1] : decodeURIComponent(encoded);
  return name?.split(/[/\\]/).pop() || undefined;
}
