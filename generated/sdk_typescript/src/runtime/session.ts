/** The socket's protocol without its I/O: frames in, what they mean out; close codes and pauses as pure functions. */

import type { Call } from "./call.ts";
import { readAs } from "./call.ts";
import type { Codec, Read, Reply } from "./codec.ts";
import type { ApiError, ClientError } from "./errors.ts";
import { AuthenticationLost, ConnectionLost, makeError } from "./errors.ts";
import { isMembers } from "./json.ts";
import type { Contract, Operation } from "./operation.ts";
import { AttemptFailed, outcomeOf } from "./retry.ts";

const BASE_MS = 500;
const CAP_MS = 30_000;
/** The end of a subprotocol in which a message of the server may hold several frames. */
export const BUNDLED = ".batch";

/** What follows a closed socket; "move" one that is not closed yet: the next one is to be opened beside it. */
export type Ending = "reconnect" | "move" | "renew" | "stop";

/** 4401 and 4501 ask for a new token, once in a row; of the others 4500 to 4999 are final. */
export function afterClose(code: number, renewed: boolean): Ending {
  if (code === 4401 || code === 4501) {
    return renewed ? "stop" : "renew";
  }
  return code >= 4500 && code <= 4999 ? "stop" : "reconnect";
}

/** A handshake that was answered over HTTP, where the platform says so. */
export function afterRefusal(status: number, renewed: boolean): Ending {
  if (status === 401) {
    return renewed ? "stop" : "renew";
  }
  return status >= 500 || status === 408 || status === 425 || status === 429 ? "reconnect" : "stop";
}

/** Why a socket stays closed. */
export function unwanted(code: number): ClientError {
  const isToken = code === 401 || code === 4401 || code === 4501;
  return isToken
    ? new AuthenticationLost(`the server does not take the token (${code})`)
    : new ConnectionLost(`the server does not want this socket again (${code})`);
}

/** The pause after so many connections in a row that did not last (from 0), with full jitter. */
export function reconnectMs(failures: number): number {
  return Math.random() * Math.min(CAP_MS, BASE_MS * 2 ** failures);
}

export type Action =
  | { readonly kind: "reply"; readonly requestId: string; readonly reply: Reply }
  | { readonly kind: "refused"; readonly error: ApiError }
  | Exclude<Read, { readonly kind: "reply" }>;

export class Session {
  readonly codec: Codec;
  readonly #contract: Contract;

  constructor(contract: Contract, codec: Codec) {
    this.#contract = contract;
    this.codec = codec;
  }

  /** Those that are offered: the server takes the first one that it knows. */
  get subprotocols(): string[] {
    const plain = this.#contract.subprotocols[this.codec.encoding] ?? "";
    return [plain + BUNDLED, plain];
  }

  /** What the frames of a message mean, in order; throws Malformed for what is no frame of the contract. */
  *feed(message: unknown, subprotocol: string | undefined): Iterable<Action> {
    for (const frame of subprotocol?.endsWith(BUNDLED) === true ? this.codec.frames(message) : [message]) {
      yield this.#read(frame);
    }
  }

  #read(frame: unknown): Action {
    const read = this.codec.read(frame);
    if (read.kind !== "reply") {
      return read;
    }
    const { reply } = read;
    const { requestId } = reply;
    return requestId === undefined
      ? { kind: "refused", error: this.#refusal(reply) }
      : { kind: "reply", requestId, reply };
  }

  /** The typed result of a reply; throws AttemptFailed. */
  result<I, O>(call: Call<I, O>, reply: Reply): O {
    if (reply.status !== 0) {
      const error = this.#refusal(reply, call.requestId);
      throw new AttemptFailed(outcomeOf(error), error);
    }
    return call.operation.output === undefined
      ? (undefined as O)
      : readAs(call, () => this.codec.result(call.operation as Operation<never, O>, reply));
  }

  #refusal(reply: Reply, requestId?: string): ApiError {
    const problem = isMembers(reply.data) ? reply.data : {};
    return makeError(this.#contract.errors, problem, reply.status, requestId);
  }
}
