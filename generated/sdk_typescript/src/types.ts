/** The contract's types. Generated; do not edit. */

import type * as $ from "./runtime/schema.ts";

/** `command` is a person at the machine: an export, or months that were dropped. */
export const AuditDoor = {
  Http: "http",
  Websocket: "websocket",
  Command: "command",
} as const;
export type AuditDoor = (typeof AuditDoor)[keyof typeof AuditDoor] | (string & {});

/**
 * `action` is the operation, `http.` and the code for a request that named none, or `ws.` and what a socket did
 * between its calls (connect, refresh, close, with how long it was open); `code` is the error, if it ended in
 * one, and `reason` why a credential was refused or the code of a close. `object_id` is what was read or
 * changed, or would have been; `sid` is the caller's session at the issuer. `data` is what the contract keeps of
 * the request (`x-audit-fields`), values that are no texts as JSON; `altered` says that something in the row was
 * escaped, cut or left out, so that it could be stored.
 */
export interface AuditLog {
  /** 1 to 9007199254740991. */
  id: number;
  at: string;
  /** At most 255 characters. */
  username: string | null;
  /** At most 1024 characters. */
  subject: string | null;
  /** At most 256 items. */
  roles: string[];
  /** 1 to 128 characters. */
  action: string;
  outcome: AuditOutcome;
  /** At most 64 characters. */
  code: string | null;
  door: AuditDoor;
  /** At most 255 characters. */
  objectId: string | null;
  /** At most 64 characters. */
  ip: string | null;
  /** At most 1024 characters. */
  userAgent: string | null;
  /** At most 128 characters. */
  traceId: string;
  /** At least 0. */
  durationMs: number;
  /** At most 255 characters. */
  sid: string | null;
  /** At most 128 characters. */
  reason: string | null;
  data: { [key: string]: string };
  altered: boolean;
}

export interface AuditLogPage {
  /** At most 100 items. */
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
  /** 1 to 9007199254740991. */
  id: number;
  /** 1 to 200 characters. */
  name: string;
  /** At most 2000 characters. */
  bio: string | null;
  bornOn: string | null;
  createdAt: string;
  updatedAt: string;
  /** 1 to 9007199254740991. */
  version: number;
}

export interface AuthorCreated {
  author: Author;
}

export interface AuthorDeleted {
  author: Author;
}

export interface AuthorList {
  /** At most 1000 items. */
  items: Author[];
  meta: PageMeta;
}

export interface AuthorPage {
  /** At most 100 items. */
  items: Author[];
  meta: PageMeta;
}

/** What an answer about something else shows of its author. */
export interface AuthorSummary {
  /** 1 to 9007199254740991. */
  id: number;
  /** 1 to 200 characters. */
  name: string;
}

export interface AuthorUpdated {
  author: Author;
}

export interface Book {
  /** 1 to 9007199254740991. */
  id: number;
  /** 1 to 200 characters. */
  title: string;
  author: AuthorSummary;
  publishedOn: string | null;
  createdAt: string;
  updatedAt: string;
  /** 1 to 9007199254740991. */
  version: number;
}

export interface BookCreated {
  book: Book;
}

export interface BookDeleted {
  book: Book;
}

export interface BookPage {
  /** At most 100 items. */
  items: Book[];
  meta: PageMeta;
}

export interface BookUpdated {
  book: Book;
}

export interface FieldError {
  /** At most 1024 characters. */
  pointer: string;
  /** At most 1024 characters. */
  message: string;
}

/** `version` and `contract` are the two halves of the header Stele-Contract. */
export interface Health {
  status: HealthStatus;
  /** 1 to 64 characters. */
  version: string;
  /** 1 to 128 characters. */
  contract: string;
}

/** `degraded`: requests are served, but something the node relies on is down. */
export const HealthStatus = {
  Ok: "ok",
  Degraded: "degraded",
} as const;
export type HealthStatus = (typeof HealthStatus)[keyof typeof HealthStatus] | (string & {});

export interface PageMeta {
  /** 1 to 1000000. */
  page: number;
  /** 1 to 1000. */
  perPage: number;
  /** 0 to 9007199254740991. */
  total: number;
  /** At least 0. */
  pages: number;
  /** At most 512 characters. */
  nextCursor: string | null;
  hasMore: boolean;
}

export interface Problem {
  /** At most 255 characters. */
  type: string;
  /** At most 255 characters. */
  title: string;
  /** 400 to 599. */
  status: number;
  /** At most 2000 characters. */
  detail?: string | undefined;
  /** At most 64 characters. */
  code: string;
  /** At most 100 items. */
  errors: FieldError[];
  /** At most 128 characters. */
  traceId: string;
  /** 0 to 86400. */
  retryAfter?: number | undefined;
  /** At most 2000 characters. */
  msg?: string | undefined;
}

export interface Tokens {
  /** 1 to 16384 characters. */
  accessToken: string;
  /** 1 to 16384 characters. */
  refreshToken: string;
  tokenType: "Bearer";
  /** At least 0. */
  expiresIn: number;
  /** At least 0. */
  refreshExpiresIn: number;
}

export interface WsTicket {
  /** 1 to 128 characters. */
  ticket: string;
  /** 0 to 3600. */
  expiresIn: number;
}

/** Create an author. */
export interface CreateAuthorRequest {
  /** 1 to 200 characters. */
  name: string;
  /** At most 2000 characters. */
  bio?: string | null | undefined;
  bornOn?: string | null | undefined;
}

/** Create a book. */
export interface CreateBookRequest {
  /** 1 to 200 characters. */
  title: string;
  /** 1 to 9007199254740991. */
  authorId: number;
  publishedOn?: string | null | undefined;
}

/** Get a ticket that opens one WebSocket. */
export interface CreateWsTicketRequest {
  [name: string]: never;
}

/** Delete an author. */
export interface DeleteAuthorRequest {
  /** 1 to 9007199254740991. */
  authorId: number;
  /** 1 to 9007199254740991. */
  expectedVersion?: number | undefined;
}

/** Delete a book. */
export interface DeleteBookRequest {
  /** 1 to 9007199254740991. */
  bookId: number;
  /** 1 to 9007199254740991. */
  expectedVersion?: number | undefined;
}

/** End all sessions of a user here. */
export interface EndSessionsRequest {
  /** The `sub` of a user's tokens. 1 to 255 characters. */
  subject: string;
}

/** Read one audit row. */
export interface GetAuditLogRequest {
  /** 1 to 9007199254740991. */
  auditLogId: number;
}

/** Read audit rows page by page, newest first. */
export interface GetAuditLogsRequest {
  /** 1 to 1024 characters. */
  user?: string | undefined;
  /** 1 to 128 characters. */
  action?: string | undefined;
  /** 1 to 255 characters. */
  objectId?: string | undefined;
  outcome?: AuditOutcome | undefined;
  since?: string | undefined;
  until?: string | undefined;
  /** 1 to 1000000. */
  page?: number | undefined;
  /** 1 to 100. */
  perPage?: number | undefined;
}

/** Read one author. */
export interface GetAuthorRequest {
  /** 1 to 9007199254740991. */
  authorId: number;
}

/** Find authors by id, name or text. */
export interface GetAuthorsRequest {
  /** 1 to 9007199254740991. */
  id?: number | undefined;
  /** 1 to 200 characters. */
  name?: string | undefined;
  /** 1 to 200 characters. */
  searchTerm?: string | undefined;
}

/** Read one book. */
export interface GetBookRequest {
  /** 1 to 9007199254740991. */
  bookId: number;
}

/** Read books page by page. */
export interface GetBooksRequest {
  /** 1 to 1000000. */
  page?: number | undefined;
  /** 1 to 100. */
  perPage?: number | undefined;
  /** 1 to 512 characters. */
  cursor?: string | undefined;
  /** 1 to 9007199254740991. */
  authorId?: number | undefined;
}

/** Read authors page by page. */
export interface GetPaginatedAuthorsRequest {
  /** 1 to 1000000. */
  page?: number | undefined;
  /** 1 to 100. */
  perPage?: number | undefined;
  /** 1 to 512 characters. */
  cursor?: string | undefined;
  /** 1 to 9007199254740991. */
  id?: number | undefined;
  /** 1 to 200 characters. */
  name?: string | undefined;
  /** 1 to 200 characters. */
  searchTerm?: string | undefined;
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
  /** 1 to 255 characters. */
  username: string;
  /** 1 to 1024 characters. */
  password: string;
}

/** End the session of a refresh token. */
export interface LogoutRequest {
  /** 1 to 16384 characters. */
  refreshToken: string;
}

/** Say that the node takes requests. */
export interface ReadyzRequest {
  [name: string]: never;
}

/** Exchange a refresh token for new tokens. */
export interface RefreshRequest {
  /** 1 to 16384 characters. */
  refreshToken: string;
}

/** Replace an author. */
export interface UpdateAuthorRequest {
  /** 1 to 9007199254740991. */
  authorId: number;
  /** 1 to 9007199254740991. */
  expectedVersion?: number | undefined;
  /** 1 to 200 characters. */
  name: string;
  /** At most 2000 characters. */
  bio?: string | null | undefined;
  bornOn?: string | null | undefined;
}

/** Replace a book. */
export interface UpdateBookRequest {
  /** 1 to 9007199254740991. */
  bookId: number;
  /** 1 to 9007199254740991. */
  expectedVersion?: number | undefined;
  /** 1 to 200 characters. */
  title: string;
  /** 1 to 9007199254740991. */
  authorId: number;
  publishedOn?: string | null | undefined;
}
