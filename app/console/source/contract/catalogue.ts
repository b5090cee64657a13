/** The contract as the console shows it: features, their operations with both bindings, and the events. */

import type { AsyncApi, Content, Documents, ErrorEntry, HttpOperation, OpenApi, OperationData, Schema, SocketOperation, Words } from "./documents.ts";
import { Located } from "./schema.ts";
import type { AnyEvent, AnyOperation, Driven } from "./tables.ts";
import { revive } from "./tables.ts";

export interface Answer {
  readonly status: string;
  readonly description: string;
  readonly type: Located | undefined;
}

export interface Fault extends Partial<ErrorEntry> {
  readonly code: string;
}

export interface Entry {
  readonly name: string;
  readonly feature: string;
  readonly summary: string;
  readonly description: string;
  readonly isDeprecated: boolean;
  /** Each group is enough by itself and is needed whole; undefined where nobody needs to log in. */
  readonly roles: readonly (readonly string[])[] | undefined;
  readonly words: Words;
  readonly faults: readonly Fault[];
  readonly answers: readonly Answer[];
  /** All fields, wherever a door carries them. */
  readonly input: Located;
  readonly data: OperationData;
  readonly operation: AnyOperation;
}

export interface Happening {
  readonly name: string;
  readonly feature: string;
  readonly summary: string;
  /** All that tell it; those with parameters as the contract writes them. */
  readonly topics: readonly string[];
  /** The one under which its name is followed; of topics with parameters alone there is none. */
  readonly topic: string | undefined;
  readonly pkgId: number;
  readonly roles: readonly (readonly string[])[] | undefined;
  readonly type: Located;
  readonly event: AnyEvent;
}

export interface Feature {
  readonly name: string;
  readonly description: string;
  readonly entries: readonly Entry[];
  readonly events: readonly Happening[];
}

export interface Catalogue {
  readonly title: string;
  readonly version: string;
  readonly summary: string;
  readonly features: readonly Feature[];
  readonly entries: ReadonlyMap<string, Entry>;
  readonly events: ReadonlyMap<string, Happening>;
  /** By topic, where it may be followed in part: a record of the fields that its filter may name, each a list of the values that are wanted. */
  readonly filters: ReadonlyMap<string, Located>;
  readonly documents: Documents;
  readonly driven: Driven;
}

export function catalogue(documents: Documents): Catalogue {
  const { openapi, asyncapi, client } = documents;
  const driven = revive(client);
  const https = byName(openapi);
  const entries = new Map(
    Object.entries(client.operations).map(([name, data]) => [name, entryOf(name, data, https.get(name), asyncapi?.operations[name], documents, driven)]),
  );
  const events = new Map(Object.entries(client.events).flatMap(([name]) => eventOf(name, documents, driven)));
  const names = new Set([...(openapi.tags ?? []).map((one) => one.name), ...[...entries.values()].map((one) => one.feature)]);
  const features = [...names].map((name) => ({
    name,
    description: openapi.tags?.find((one) => one.name === name)?.description ?? "",
    entries: [...entries.values()].filter((one) => one.feature === name),
    events: [...events.values()].filter((one) => one.feature === name),
  }));
  const { title, version, summary, description } = openapi.info;
  return { title, version, summary: summary ?? description ?? "", features: features.filter((one) => one.entries.length > 0), entries, events, filters: filtersOf(asyncapi), documents, driven };
}

function byName(openapi: OpenApi): Map<string, HttpOperation> {
  return new Map(Object.values(openapi.paths ?? {}).flatMap((item) => Object.values(item).map((one) => [one.operationId, one] as const)));
}

function entryOf(
  name: string,
  data: OperationData,
  http: HttpOperation | undefined,
  socket: SocketOperation | undefined,
  { openapi, asyncapi }: Documents,
  driven: Driven,
): Entry {
  return {
    name,
    feature: data.feature,
    summary: http?.summary ?? socket?.summary ?? "",
    description: http?.description ?? socket?.description ?? "",
    isDeprecated: http?.deprecated === true,
    roles: data.public ? undefined : http ? (http.security ?? []).map((one) => Object.values(one).flat()) : rolesOf(socket),
    words: { ...socket, ...http },
    faults: faultsOf(http, socket, asyncapi),
    answers: http ? answersOf(http, openapi) : repliesOf(socket, asyncapi),
    input: (socket && asyncapi ? frameOf(socket, asyncapi) : undefined) ?? new Located(gathered(data, http), openapi),
    data,
    operation: driven.operations.get(name) as AnyOperation,
  };
}

function rolesOf(socket: SocketOperation | undefined): string[][] {
  return (socket?.security ?? []).map((one) => ("$ref" in one ? [one.$ref.split("/").at(-1) ?? ""] : [...(one["x-roles"] ?? [])]));
}

/** The content of an operation's frame, which has all fields at one place. */
function frameOf(socket: SocketOperation, asyncapi: AsyncApi): Located | undefined {
  const data = payload(socket.messages[0], asyncapi)?.properties?.["data"];
  return data && new Located(data, asyncapi).resolved;
}

function payload(pointer: { readonly $ref: string } | undefined, asyncapi: AsyncApi): Schema | undefined {
  return asyncapi.components.messages[pointer?.$ref.split("/").at(-1) ?? ""]?.payload;
}

/** Parameters and body of HTTP as one record. */
function gathered(data: OperationData, http: HttpOperation | undefined): Schema {
  const properties: { [name: string]: Schema } = {};
  const required: string[] = [];
  for (const { field, carrier, location, etag } of data.http?.parameters ?? []) {
    const one = http?.parameters?.find((given) => given.name === carrier && given.in === location);
    properties[field] = etag ? { type: "integer", format: "int64", minimum: 1, description: one?.description ?? "" } : { ...one?.schema, ...(one?.description ? { description: one.description } : {}) };
    if (one?.required) {
      required.push(field);
    }
  }
  const [[media, content] = []] = Object.entries(http?.requestBody?.content ?? {}) as [string, Content][];
  const files = Object.keys(data.http?.files ?? {});
  if (files.length > 0 && data.http?.form !== true) {
    const whole = files[0] as string;
    properties[whole] = { type: "string", format: "binary", contentMediaType: media ?? "" };
    required.push(whole);
  } else {
    Object.assign(properties, content?.schema?.properties);
    required.push(...(content?.schema?.required ?? []));
  }
  return { type: "object", properties, required };
}

function answersOf(http: HttpOperation, openapi: OpenApi): Answer[] {
  return Object.entries(http.responses)
    .filter(([status]) => status < "400")
    .map(([status, { description = "", content = {} }]) => {
      const schema = content["application/json"]?.schema ?? Object.values(content)[0]?.schema;
      return { status, description, type: schema && new Located(schema, openapi).resolved };
    });
}

function repliesOf(socket: SocketOperation | undefined, asyncapi: AsyncApi | undefined): Answer[] {
  const schema = asyncapi && payload(socket?.reply?.messages[0], asyncapi)?.properties?.["data"];
  return schema && asyncapi ? [{ status: "0", description: "The reply.", type: new Located(schema, asyncapi).resolved }] : [];
}

/** What the socket declares by code; of HTTP the codes stand in the descriptions of its statuses. */
function faultsOf(http: HttpOperation | undefined, socket: SocketOperation | undefined, asyncapi: AsyncApi | undefined): Fault[] {
  const told = Object.entries(http?.responses ?? {})
    .filter(([status]) => status >= "400")
    .flatMap(([status, { description = "" }]) => {
      const codes = [...description.matchAll(/`([a-z0-9_]+)`: ([^`]*)/g)];
      return codes.map(([, code = "", title = ""]) => ({ code, status: Number(status), title: title.trim() }));
    });
  const catalogue = asyncapi?.["x-errors"] ?? {};
  const codes = new Set([...told.map((one) => one.code), ...(socket?.["x-errors"] ?? [])]);
  const found: Fault[] = [...codes].map((code) => ({ code, ...told.find((one) => one.code === code), ...catalogue[code] }));
  return found.sort((one, other) => (one.status ?? 0) - (other.status ?? 0) || one.code.localeCompare(other.code));
}

function filtersOf(asyncapi: AsyncApi | undefined): Map<string, Located> {
  const record = (fields: { readonly [path: string]: { readonly schema: Schema } }): Schema => ({
    type: "object",
    properties: Object.fromEntries(Object.entries(fields).map(([path, { schema }]) => [path, { type: "array", minItems: 1, uniqueItems: true, items: schema }])),
  });
  return new Map(Object.entries(asyncapi?.channels.web["x-filters"] ?? {}).map(([topic, fields]) => [topic, new Located(record(fields), asyncapi ?? {})]));
}

function eventOf(name: string, { asyncapi, client }: Documents, driven: Driven): [string, Happening][] {
  const socket = asyncapi?.operations[name];
  const data = asyncapi && socket && payload(socket.messages[0], asyncapi)?.properties?.["data"];
  const told = client.events[name];
  if (!asyncapi || !socket || !data || !told) {
    return [];
  }
  const message = asyncapi.components.messages[socket.messages[0]?.$ref.split("/").at(-1) ?? ""];
  const happening: Happening = {
    name,
    feature: told.feature,
    summary: socket.summary ?? message?.title ?? "",
    topics: told.topics ?? [told.topic],
    topic: told.topic || undefined,
    pkgId: told.pkgId,
    roles: rolesOf(socket),
    type: new Located(data, asyncapi).resolved,
    event: driven.events.get(name) as AnyEvent,
  };
  return [[name, happening]];
}
