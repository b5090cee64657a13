/** The HTTP door: one attempt of a call, and what its failure means. An attempt ends with the deadline. */

import type { Addresses } from "./addresses.ts";
import type { Call } from "./call.ts";
import type { Codec } from "./codec.ts";
import { readAs, timeoutMs } from "./call.ts";
import type { ApiError } from "./errors.ts";
import { ConnectionLost, DeadlineExceeded, InvalidResponse, codeOfStatus, makeError } from "./errors.ts";
import { isMembers, parseJson, textsOf } from "./json.ts";
import { JSON_CODEC, textOf } from "./json_codec.ts";
import type { Contract, HttpBinding, Operation } from "./operation.ts";
import { AttemptFailed, outcomeOf } from "./retry.ts";

export interface HttpDoorOptions {
  readonly contract: Contract;
  readonly addresses: Addresses;
  readonly codec: () => Promise<Codec>;
  readonly fetch: typeof fetch;
  readonly onContract: (text: string) => void;
}

export class HttpDoor {
  readonly #options: HttpDoorOptions;

  constructor(options: HttpDoorOptions) {
    this.#options = options;
  }

  /** The typed result; throws AttemptFailed, or the caller's own reason. `fetch` does not say whether it had sent. */
  async attempt<I, O>(call: Call<I, O>, token: string | undefined): Promise<O> {
    const { addresses } = this.#options;
    const { current } = addresses;
    try {
      return await this.#attempt(call, token, current);
    } catch (failure) {
      addresses.blame(current, failure);
      throw failure;
    }
  }

  async #attempt<I, O>(call: Call<I, O>, token: string | undefined, baseUrl: string): Promise<O> {
    const { deadline, requestId, operation } = call;
    const codec = operation.protobuf === true ? await this.#options.codec() : JSON_CODEC;
    const [path, init] = this.#request(codec, call, token);
    let response: Response;
    let body: Uint8Array;
    try {
      const { fetch } = this.#options;
      init.signal = deadline.signal;
      response = await (operation.exchange ?? fetch)(baseUrl + path, init, call, fetch);
      body = new Uint8Array(await response.arrayBuffer());
    } catch (error) {
      if (error instanceof AttemptFailed) {
        throw error;
      }
      if (deadline.isAborted) {
        throw deadline.reason(requestId);
      }
      if (deadline.signal.aborted) {
        throw new AttemptFailed("lost", deadline.reason(requestId) as DeadlineExceeded);
      }
      throw new AttemptFailed(isRefused(error) ? "not_sent" : "lost", new ConnectionLost(`${operation.name}: ${String(error)}`, requestId, error));
    }
    this.#options.onContract(response.headers.get("stele-contract") ?? "");
    return this.#read(codec, call, response, body);
  }

  #request<I, O>(codec: Codec, call: Call<I, O>, token: string | undefined): [string, RequestInit] {
    const { operation, input, requestId } = call;
    const binding = operation.http as HttpBinding;
    const headers = new Headers({
      accept: codec.contentType,
      "request-timeout-ms": String(timeoutMs(call)),
      "x-correlation-id": requestId,
      "x-stele-client": this.#options.contract.client,
    });
    if (operation.idempotency === "key") {
      headers.set("idempotency-key", requestId);
    }
    if (call.traceparent) {
      headers.set("traceparent", call.traceparent);
    }
    if (token !== undefined) {
      headers.set("authorization", `Bearer ${token}`);
    }
    const init: RequestInit = { method: binding.verb, headers, credentials: "omit", redirect: "manual" };
    const path = address(operation, binding, input, headers);
    if (binding.body === true) {
      headers.set("content-type", codec.contentType);
      init.body = codec.body(operation, input, new Set(binding.parameters.map((one) => one.field))) as BodyInit;
    }
    return [path, init];
  }

  #read<I, O>(codec: Codec, call: Call<I, O>, response: Response, body: Uint8Array): O {
    if (!response.ok && response.status < 400) {
      // A redirect; a browser shows it as status 0.
      throw new AttemptFailed("invalid", new InvalidResponse(foreign(response, body), call.requestId));
    }
    if (!response.ok) {
      const error = this.#refusal(call.requestId, response, body);
      throw new AttemptFailed(outcomeOf(error), error);
    }
    return call.operation.output === undefined
      ? ((response as { content?: O }).content as O)
      : readAs(call, () => codec.answer(call.operation as Operation<never, O>, body), () => foreign(response, body));
  }

  /** A refusal without a code is none of the contract's (a proxy's page): known by its status, and shown as it came. */
  #refusal(requestId: string, response: Response, body: Uint8Array): ApiError {
    const told = membersOf(body);
    const after = response.headers.get("retry-after") ?? "";
    const { status, statusText: title } = response;
    const problem = {
      status,
      title,
      detail: told["code"] ? undefined : foreign(response, body),
      retry_after: /^\d{1,9}$/.test(after) ? Number(after) : undefined,
      ...told,
    };
    return makeError(this.#options.contract.errors, problem, codeOfStatus(status), requestId);
  }
}

/** The path with its query; header parameters are set. */
function address<I>(operation: Operation<I, unknown>, binding: HttpBinding, input: I, headers: Headers): string {
  let path = binding.path;
  const query = new URLSearchParams();
  for (const { field, carrier, location, etag } of binding.parameters) {
    for (const text of textsOf(operation.input(), field, input)) {
      if (location === "path") {
        path = path.replace(`{${carrier}}`, encodeURIComponent(text));
      } else if (location === "query") {
        query.append(carrier, text);
      } else {
        headers.append(carrier, etag === true ? `"${text}"` : String.fromCharCode(...new TextEncoder().encode(text)));
      }
    }
  }
  return query.size > 0 ? `${path}?${query}` : path;
}

/** The members of a JSON object; none of what is no such. */
function membersOf(body: Uint8Array): { readonly [member: string]: unknown } {
  try {
    const told = parseJson(textOf(body));
    return isMembers(told) ? told : {};
  } catch {
    return {};
  }
}

/** An answer that is none of the service's: who gave it, without the query, its status, and how its body begins. */
function foreign({ url, status, headers }: Response, body: Uint8Array): string {
  const begin = new TextDecoder().decode(body.subarray(0, 200)).replace(/[\s\p{C}]+/gu, " ");
  return `${url.split("?")[0]} answered ${status} with ${headers.get("content-type")}: ${begin}`;
}

/** Node says it in the cause of its TypeError; a browser does not say it. */
function isRefused(error: unknown): boolean {
  const { cause } = Object(error) as { cause?: { code?: unknown } };
  return /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT)$/.test(String(cause?.code));
}
