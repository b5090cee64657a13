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
  /** All of it, in memory; rejects with ConnectionLost where it does not come to its end. */
  bytes(): Promise<Uint8Array>;
  blob(): Promise<Blob>;
  text(): Promise<string>;
}

const USUAL = "application/octet-stream";

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
  const arrayBuffer = async (): Promise<ArrayBuffer> => new ArrayBuffer(0);
  return { ok, status, statusText, headers, arrayBuffer, content: download(response, operation.name, requestId) } as unknown as Response;
}

/** Nothing was sent of what cannot be: the caller's mistake is thrown as it is. */
function body(operation: Operation<unknown, unknown>, input: unknown, id: string, headers: Headers): RequestInit {
  const { http } = operation;
  if (http === undefined || (http.files === undefined && http.form === undefined)) {
    return {};
  }
  try {
    return http.form === true ? sendForm(operation, http, input) : sendWhole(operation, http, input, id, headers);
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

function download(response: Response, name: string, requestId: string): Download {
  const whole = async <T>(read: () => Promise<T>): Promise<T> => {
    try {
      return await read();
    } catch (error) {
      throw new ConnectionLost(`${name}: the answer was cut`, requestId, error);
    }
  };
  const { headers } = response;
  const length = headers.get("content-length");
  return {
    stream: response.body ?? new Blob([]).stream(),
    mediaType: headers.get("content-type") ?? "",
    length: length === null ? undefined : Number(length),
    filename: filenameOf(headers.get("content-disposition") ?? ""),
    etag: headers.get("etag") ?? undefined,
    bytes: () => whole(async () => new Uint8Array(await response.arrayBuffer())),
    blob: () => whole(() => response.blob()),
    text: () => whole(() => response.text()),
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

/** `multipart/form-data`; its boundary, and so its media type, is the platform's. */
function sendForm<I>(operation: Operation<I, unknown>, binding: HttpBinding, input: I): RequestInit {
  const form = new FormData();
  const outside = new Set(binding.parameters.map((one) => one.field));
  for (const field of operation.input().fields) {
    const wire = field.wire ?? field.name;
    const media = binding.files?.[wire];
    if (media !== undefined) {
      for (const file of listed(given(operation, input, wire))) {
        form.append(wire, ...partOf(contentOf(file), media, field));
      }
    } else if (!outside.has(wire)) {
      textOfField(operation, field, wire, input).forEach((text) => form.append(wire, text));
    }
  }
  return { body: form };
}

function textOfField<I>(operation: Operation<I, unknown>, field: Field, wire: string, input: I): string[] {
  if (field.many !== "map") {
    return textsOf(operation.input(), wire, input);
  }
  const only = { fields: [field] };
  const told = (JSON.parse(writeJson(only, input)) as { [name: string]: unknown })[wire];
  return told === undefined ? [] : [JSON.stringify(told)];
}

function partOf({ content, filename, mediaType }: FileContent, media: string, field: Field): [Blob, string] {
  if (content instanceof ReadableStream) {
    throw new TypeError(`${field.name} is a part of a form: give a Blob or bytes (in Node, openAsBlob of a file)`);
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
