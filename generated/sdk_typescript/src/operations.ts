/** Every operation and event, as the doors need it. Generated; do not edit. */

import type * as $ from "./runtime/operation.ts";
import * as $tables from "./tables.ts";
import type * as $types from "./types.ts";

export const CREATE_AUTHOR: $.Operation<$types.CreateAuthorRequest, $types.Author> = {
  name: "create_author",
  pkgId: 3,
  http: { verb: "POST", path: "/api/authors", parameters: [], body: true },
  idempotency: "key",
  protobuf: true,
  input: () => $tables.CreateAuthorRequest,
  output: () => $tables.Author,
};

export const CREATE_BOOK: $.Operation<$types.CreateBookRequest, $types.Book> = {
  name: "create_book",
  pkgId: 10,
  http: { verb: "POST", path: "/api/books", parameters: [], body: true },
  idempotency: "key",
  protobuf: true,
  input: () => $tables.CreateBookRequest,
  output: () => $tables.Book,
};

export const CREATE_WS_TICKET: $.Operation<$types.CreateWsTicketRequest, $types.WsTicket> = {
  name: "create_ws_ticket",
  http: { verb: "POST", path: "/auth/ws-ticket", parameters: [] },
  idempotency: "none",
  protobuf: true,
  input: () => $tables.CreateWsTicketRequest,
  output: () => $tables.WsTicket,
};

export const DELETE_AUTHOR: $.Operation<$types.DeleteAuthorRequest, void> = {
  name: "delete_author",
  pkgId: 6,
  http: { verb: "DELETE", path: "/api/authors/{author_id}", parameters: [{ field: "author_id", carrier: "author_id", location: "path" }, { field: "expected_version", carrier: "If-Match", location: "header", etag: true }] },
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.DeleteAuthorRequest,
};

export const DELETE_BOOK: $.Operation<$types.DeleteBookRequest, void> = {
  name: "delete_book",
  pkgId: 13,
  http: { verb: "DELETE", path: "/api/books/{book_id}", parameters: [{ field: "book_id", carrier: "book_id", location: "path" }, { field: "expected_version", carrier: "If-Match", location: "header", etag: true }] },
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.DeleteBookRequest,
};

export const END_SESSIONS: $.Operation<$types.EndSessionsRequest, void> = {
  name: "end_sessions",
  http: { verb: "DELETE", path: "/auth/sessions/{subject}", parameters: [{ field: "subject", carrier: "subject", location: "path" }] },
  idempotency: "natural",
  input: () => $tables.EndSessionsRequest,
};

export const GET_AUDIT_LOG: $.Operation<$types.GetAuditLogRequest, $types.AuditLog> = {
  name: "get_audit_log",
  pkgId: 8,
  http: { verb: "GET", path: "/api/audit-logs/{audit_log_id}", parameters: [{ field: "audit_log_id", carrier: "audit_log_id", location: "path" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetAuditLogRequest,
  output: () => $tables.AuditLog,
};

export const GET_AUDIT_LOGS: $.Operation<$types.GetAuditLogsRequest, $types.AuditLogPage> = {
  name: "get_audit_logs",
  pkgId: 7,
  http: { verb: "GET", path: "/api/audit-logs", parameters: [{ field: "user", carrier: "user", location: "query" }, { field: "action", carrier: "action", location: "query" }, { field: "object_id", carrier: "object_id", location: "query" }, { field: "outcome", carrier: "outcome", location: "query" }, { field: "since", carrier: "since", location: "query" }, { field: "until", carrier: "until", location: "query" }, { field: "page", carrier: "page", location: "query" }, { field: "per_page", carrier: "per_page", location: "query" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetAuditLogsRequest,
  output: () => $tables.AuditLogPage,
  list: true,
};

export const GET_AUTHOR: $.Operation<$types.GetAuthorRequest, $types.Author> = {
  name: "get_author",
  pkgId: 4,
  http: { verb: "GET", path: "/api/authors/{author_id}", parameters: [{ field: "author_id", carrier: "author_id", location: "path" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetAuthorRequest,
  output: () => $tables.Author,
};

export const GET_AUTHORS: $.Operation<$types.GetAuthorsRequest, $types.AuthorList> = {
  name: "get_authors",
  pkgId: 1,
  http: { verb: "GET", path: "/api/authors", parameters: [{ field: "id", carrier: "id", location: "query" }, { field: "name", carrier: "name", location: "query" }, { field: "search_term", carrier: "search_term", location: "query" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetAuthorsRequest,
  output: () => $tables.AuthorList,
  list: true,
};

export const GET_BOOK: $.Operation<$types.GetBookRequest, $types.Book> = {
  name: "get_book",
  pkgId: 11,
  http: { verb: "GET", path: "/api/books/{book_id}", parameters: [{ field: "book_id", carrier: "book_id", location: "path" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetBookRequest,
  output: () => $tables.Book,
};

export const GET_BOOKS: $.Operation<$types.GetBooksRequest, $types.BookPage> = {
  name: "get_books",
  pkgId: 9,
  http: { verb: "GET", path: "/api/books", parameters: [{ field: "page", carrier: "page", location: "query" }, { field: "per_page", carrier: "per_page", location: "query" }, { field: "cursor", carrier: "cursor", location: "query" }, { field: "author_id", carrier: "author_id", location: "query" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetBooksRequest,
  output: () => $tables.BookPage,
  list: true,
};

export const GET_PAGINATED_AUTHORS: $.Operation<$types.GetPaginatedAuthorsRequest, $types.AuthorPage> = {
  name: "get_paginated_authors",
  pkgId: 2,
  http: { verb: "GET", path: "/api/authors/paginated", parameters: [{ field: "page", carrier: "page", location: "query" }, { field: "per_page", carrier: "per_page", location: "query" }, { field: "cursor", carrier: "cursor", location: "query" }, { field: "id", carrier: "id", location: "query" }, { field: "name", carrier: "name", location: "query" }, { field: "search_term", carrier: "search_term", location: "query" }] },
  query: true,
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.GetPaginatedAuthorsRequest,
  output: () => $tables.AuthorPage,
  list: true,
};

export const HEALTH: $.Operation<$types.HealthRequest, $types.Health> = {
  name: "health",
  http: { verb: "GET", path: "/health", parameters: [] },
  query: true,
  idempotency: "natural",
  public: true,
  protobuf: true,
  input: () => $tables.HealthRequest,
  output: () => $tables.Health,
};

export const LIVEZ: $.Operation<$types.LivezRequest, void> = {
  name: "livez",
  http: { verb: "GET", path: "/livez", parameters: [] },
  query: true,
  idempotency: "natural",
  public: true,
  protobuf: true,
  input: () => $tables.LivezRequest,
};

export const LOGIN: $.Operation<$types.LoginRequest, $types.Tokens> = {
  name: "login",
  http: { verb: "POST", path: "/auth/login", parameters: [], body: true },
  idempotency: "none",
  public: true,
  protobuf: true,
  input: () => $tables.LoginRequest,
  output: () => $tables.Tokens,
};

export const LOGOUT: $.Operation<$types.LogoutRequest, void> = {
  name: "logout",
  http: { verb: "POST", path: "/auth/logout", parameters: [], body: true },
  idempotency: "natural",
  public: true,
  protobuf: true,
  input: () => $tables.LogoutRequest,
};

export const READYZ: $.Operation<$types.ReadyzRequest, void> = {
  name: "readyz",
  http: { verb: "GET", path: "/readyz", parameters: [] },
  query: true,
  idempotency: "natural",
  public: true,
  protobuf: true,
  input: () => $tables.ReadyzRequest,
};

export const REFRESH: $.Operation<$types.RefreshRequest, $types.Tokens> = {
  name: "refresh",
  http: { verb: "POST", path: "/auth/refresh", parameters: [], body: true },
  idempotency: "none",
  public: true,
  protobuf: true,
  input: () => $tables.RefreshRequest,
  output: () => $tables.Tokens,
};

export const UPDATE_AUTHOR: $.Operation<$types.UpdateAuthorRequest, $types.Author> = {
  name: "update_author",
  pkgId: 5,
  http: { verb: "PUT", path: "/api/authors/{author_id}", parameters: [{ field: "author_id", carrier: "author_id", location: "path" }, { field: "expected_version", carrier: "If-Match", location: "header", etag: true }], body: true },
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.UpdateAuthorRequest,
  output: () => $tables.Author,
};

export const UPDATE_BOOK: $.Operation<$types.UpdateBookRequest, $types.Book> = {
  name: "update_book",
  pkgId: 12,
  http: { verb: "PUT", path: "/api/books/{book_id}", parameters: [{ field: "book_id", carrier: "book_id", location: "path" }, { field: "expected_version", carrier: "If-Match", location: "header", etag: true }], body: true },
  idempotency: "natural",
  protobuf: true,
  input: () => $tables.UpdateBookRequest,
  output: () => $tables.Book,
};

export const AUTHOR_CREATED: $.Event<$types.AuthorCreated> = { name: "author_created", pkgId: 1001, topic: "authors", protobuf: true, output: () => $tables.AuthorCreated };

export const AUTHOR_DELETED: $.Event<$types.AuthorDeleted> = { name: "author_deleted", pkgId: 1003, topic: "authors", protobuf: true, output: () => $tables.AuthorDeleted };

export const AUTHOR_UPDATED: $.Event<$types.AuthorUpdated> = { name: "author_updated", pkgId: 1002, topic: "authors", protobuf: true, output: () => $tables.AuthorUpdated };

export const BOOK_CREATED: $.Event<$types.BookCreated> = { name: "book_created", pkgId: 1004, topic: "books", protobuf: true, output: () => $tables.BookCreated };

export const BOOK_DELETED: $.Event<$types.BookDeleted> = { name: "book_deleted", pkgId: 1006, topic: "books", protobuf: true, output: () => $tables.BookDeleted };

export const BOOK_UPDATED: $.Event<$types.BookUpdated> = { name: "book_updated", pkgId: 1005, topic: "books", protobuf: true, output: () => $tables.BookUpdated };
