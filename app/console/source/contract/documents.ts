/** The documents that the service serves of its contract, as far as the console reads them. */

/** JSON Schema of the contract's language: OpenAPI 3.1 or AsyncAPI 3.0, whose `$ref`s stay inside their document. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly format?: string;
  readonly title?: string;
  readonly description?: string;
  readonly properties?: { readonly [name: string]: Schema };
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly discriminator?: { readonly propertyName: string; readonly mapping?: { readonly [tag: string]: string } } | string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly example?: unknown;
  readonly examples?: readonly unknown[];
  readonly deprecated?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly pattern?: string;
  readonly contentEncoding?: string;
  readonly contentMediaType?: string;
}

export interface Words {
  readonly "x-rate-limit"?: string;
  readonly "x-timeout"?: string;
  readonly "x-idempotent"?: string;
  readonly "x-audit"?: string;
  readonly "x-priority"?: string;
  readonly "x-publishes"?: readonly string[];
  readonly "x-slo"?: { readonly availability?: number; readonly latency?: { readonly percent: number; readonly within: string } };
}

export interface Content {
  readonly schema?: Schema;
  readonly example?: unknown;
  readonly examples?: { readonly [name: string]: { readonly value?: unknown } };
}

export interface HttpOperation extends Words {
  readonly operationId: string;
  readonly tags?: readonly string[];
  readonly summary?: string;
  readonly description?: string;
  readonly deprecated?: boolean;
  readonly security?: readonly { readonly [scheme: string]: readonly string[] }[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly required?: boolean; readonly description?: string; readonly schema?: Schema }[];
  readonly requestBody?: { readonly content: { readonly [media: string]: Content } };
  readonly responses: { readonly [status: string]: { readonly description?: string; readonly content?: { readonly [media: string]: Content } } };
}

export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly summary?: string; readonly description?: string };
  readonly tags?: readonly { readonly name: string; readonly description?: string }[];
  readonly paths?: { readonly [path: string]: { readonly [verb: string]: HttpOperation } };
}

interface Pointer {
  readonly $ref: string;
}

export interface SocketOperation extends Words {
  readonly action: "send" | "receive";
  readonly summary?: string;
  readonly description?: string;
  readonly messages: readonly Pointer[];
  readonly reply?: { readonly messages: readonly Pointer[] };
  readonly security?: readonly (Pointer | { readonly "x-roles"?: readonly string[] })[];
  readonly "x-pkg-id": number;
  readonly "x-topic"?: string | readonly string[];
  readonly "x-errors"?: readonly string[];
}

export interface ErrorEntry {
  readonly title: string;
  readonly status: number;
  readonly status_code: number;
  readonly retryable: boolean;
}

export interface AsyncApi {
  readonly operations: { readonly [name: string]: SocketOperation };
  readonly channels: { readonly web: { readonly address: string; readonly "x-filters"?: { readonly [topic: string]: { readonly [path: string]: { readonly schema: Schema } } } } };
  readonly components: { readonly messages: { readonly [name: string]: { readonly title?: string; readonly payload: Schema } } };
  readonly "x-errors"?: { readonly [code: string]: ErrorEntry };
}

export interface FieldData {
  readonly name: string;
  readonly wire?: string;
  readonly no: number;
  readonly kind: string | { readonly ref: string };
  readonly many?: "list" | "map";
  readonly optional?: true;
  readonly nullable?: true;
  readonly initial?: unknown;
  readonly constant?: string;
  readonly wrapped?: true;
}

export type TableData =
  | { readonly fields: readonly FieldData[] }
  | { readonly members: { readonly [value: string]: number } }
  | { readonly tag: string; readonly wire?: string; readonly arms: readonly { readonly tag: string; readonly no: number; readonly record: string }[] };

export interface OperationData {
  readonly feature: string;
  readonly python: readonly [string, string];
  readonly typescript: readonly [string, string];
  readonly pkgId?: number;
  readonly http?: {
    readonly verb: string;
    readonly path: string;
    readonly parameters: readonly { readonly field: string; readonly carrier: string; readonly location: "path" | "query" | "header"; readonly etag?: true }[];
    readonly body?: true;
    readonly files?: { readonly [field: string]: string };
    readonly form?: true;
  };
  readonly query?: true;
  readonly idempotency: "key" | "natural" | "none";
  readonly public?: true;
  readonly protobuf?: true;
  readonly bytes?: true;
  readonly input: string;
  readonly output?: string;
  readonly list?: true;
  readonly download?: true;
}

export interface ClientData {
  readonly version: string;
  readonly address: string;
  readonly subprotocols: { readonly json?: string; readonly protobuf?: string };
  readonly close_codes: { readonly [name: string]: number };
  readonly limits: { readonly [name: string]: { readonly limit: number; readonly window_s: number; readonly key: string } };
  readonly packages: { readonly python: string; readonly npm: string };
  readonly session: { readonly login?: string; readonly refresh?: string; readonly logout?: string; readonly ticket?: string };
  readonly operations: { readonly [name: string]: OperationData };
  readonly events: { readonly [name: string]: { readonly feature: string; readonly pkgId: number; readonly topic: string; readonly topics?: readonly string[]; readonly protobuf?: true; readonly output: string } };
  readonly tables: { readonly [name: string]: TableData };
}

export interface Documents {
  readonly openapi: OpenApi;
  /** A contract without a socket has none. */
  readonly asyncapi: AsyncApi | undefined;
  readonly client: ClientData;
}

/** Throws with the name of the document that cannot be had. */
export async function load(base: string): Promise<Documents> {
  const read = async (name: string): Promise<unknown> => {
    const response = await fetch(new URL(name, base), { credentials: "omit" });
    if (response.status === 404 && name === "asyncapi.json") {
      return undefined;
    }
    if (!response.ok) {
      throw new Error(`${name} was answered with ${response.status}`);
    }
    return response.json();
  };
  const [openapi, asyncapi, client] = await Promise.all([read("openapi.json"), read("asyncapi.json"), read("client.json")]);
  return { openapi, asyncapi, client } as Documents;
}
