/** What frames of the socket say, in either encoding. */

import type { ApiError } from "./errors.ts";

/** The req_id of what answers no request. */
export const NIL = "00000000-0000-0000-0000-000000000000";

export type Frame = string | Uint8Array;

/** `status` 0 is success; then `data` is read by the operation, else it is a problem. */
export interface Reply {
  readonly requestId: string | undefined;
  readonly status: number;
  readonly data: unknown;
  readonly meta: unknown;
}

export interface Push {
  readonly pkgId: number;
  readonly data: unknown;
  readonly topic: string | undefined;
  readonly offset: number | undefined;
  readonly epoch: string | undefined;
}

export type Action =
  | { readonly kind: "reply"; readonly requestId: string; readonly reply: Reply }
  | { readonly kind: "push"; readonly push: Push }
  | { readonly kind: "refused"; readonly error: ApiError }
  | { readonly kind: "authenticated" | "topics" | "expiring" | "nothing" };

/** What a frame says, before its problem is read. */
export type Incoming = Exclude<Action, { readonly kind: "reply" | "refused" }> | { readonly kind: "answer"; readonly reply: Reply };

/** The frames that are no calls, as JSON has them. */
export type Control =
  | { readonly type: "auth"; readonly token: string }
  | { readonly type: "cancel"; readonly req_id: string }
  | { readonly type: "subscribe" | "unsubscribe"; readonly topics: readonly string[] };
