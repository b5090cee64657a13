/** The contract's types. Generated; do not edit. */

import type * as $ from "./runtime/schema.ts";

export const AuditDoor = {
  Http: "http",
  Websocket: "websocket",
} as const;
export type AuditDoor = (typeof AuditDoor)[keyof typeof AuditDoor] | (string & {});

/**
 * `action` is the operation, or `http.` and the code for a request that named none; `code` is the error, if it
 * ended in one, and `reason` why a credential was refused. `object_id` is what was read or changed, or would
 * have been; `sid` is the caller's session at the issuer.
 */
export interface AuditLog {
  id: number;
  at: string;
  username: string | null;
  subject: string | null;
  roles: string[];
  action: string;
  outcome: AuditOutcome;
  code: string | null;
  door: AuditDoor;
  objectId: string | null;
  ip: string | null;
  userAgent: string | null;
  traceId: string;
  durationMs: number;
  sid: string | null;
  reason: string | null;
}

export interface AuditLogPage {
  items: AuditLog[];
  meta: PageMeta;
}

/** `denied` is a refused caller (no token, no role, over the limit); `error` is any other failure. */
export const AuditOutcome = {
  Success: "success",
  Denied: "denied",
  Error: "error",
} as const;
export type AuditOutcome = (typeof AuditOutcome)[keyof typeof AuditOutcome] | (string & {});

export interface Author {
  id: number;
  name: string;
  bio: string | null;
  bornOn: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

export interface AuthorCreated {
  author: Author;
}

export interface AuthorList {
  items: Author[];
  meta: PageMeta;
}

export interface AuthorPage {
  items: Author[];
  meta: PageMeta;
}

export interface FieldError {
  pointer: string;
  message: string;
}

/** `version` and `contract` are the two halves of the header Stele-Contract. */
export interface Health {
  status: HealthStatus;
  version: string;
  contract: string;
}

/** `degraded`: requests are served, but something the node relies on is down. */
export const HealthStatus = {
  Ok: "ok",
  Degraded: "degraded",
} as const;
export type HealthStatus = (typeof HealthStatus)[keyof typeof HealthStatus] | (string & {});

export interface PageMeta {
  page: number;
  perPage: number;
  total: number;
  pages: number;
  nextCursor: string | null;
  hasMore: boolean;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail?: string | undefined;
  code: string;
  errors: FieldError[];
  traceId: string;
  retryAfter?: number | undefined;
  msg?: string | undefined;
}

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  tokenType: "Bearer";
  expiresIn: number;
  refreshExpiresIn: number;
}

export interface WsTicket {
  ticket: string;
  expiresIn: number;
}

/** Create an author. */
export interface CreateAuthorRequest {
  name: string;
  bio?: string | null | undefined;
  bornOn?: string | null | undefined;
}

/** Get a ticket that opens one WebSocket. */
export interface CreateWsTicketRequest {
  [name: string]: never;
}

/** Delete an author. */
export interface DeleteAuthorRequest {
  authorId: number;
  expectedVersion?: number | undefined;
}

/** Read one audit row. */
export interface GetAuditLogRequest {
  auditLogId: number;
}

/** Read audit rows page by page, newest first. */
export interface GetAuditLogsRequest {
  user?: string | undefined;
  action?: string | undefined;
  outcome?: AuditOutcome | undefined;
  since?: string | undefined;
  until?: string | undefined;
  page?: number | undefined;
  perPage?: number | undefined;
}

/** Read one author. */
export interface GetAuthorRequest {
  authorId: number;
}

/** Find authors by id, name or text. */
export interface GetAuthorsRequest {
  id?: number | undefined;
  name?: string | undefined;
  searchTerm?: string | undefined;
}

/** Read authors page by page. */
export interface GetPaginatedAuthorsRequest {
  page?: number | undefined;
  perPage?: number | undefined;
  cursor?: string | undefined;
  id?: number | undefined;
  name?: string | undefined;
}

/** Say how the node is and which contract it speaks. */
export interface HealthRequest {
  [name: string]: never;
}

/** Say that the process runs. */
export interface LivezRequest {
  [name: string]: never;
}

/** Exchange a name and a password for tokens. */
export interface LoginRequest {
  username: string;
  password: string;
}

/** End the session of a refresh token. */
export interface LogoutRequest {
  refreshToken: string;
}

/** Say that the node takes requests. */
export interface ReadyzRequest {
  [name: string]: never;
}

/** Exchange a refresh token for new tokens. */
export interface RefreshRequest {
  refreshToken: string;
}

/** Replace an author. */
export interface UpdateAuthorRequest {
  authorId: number;
  expectedVersion?: number | undefined;
  name: string;
  bio?: string | null | undefined;
  bornOn?: string | null | undefined;
}
