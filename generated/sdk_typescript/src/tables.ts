/** How the contract's types stand in JSON and in protobuf. Generated; do not edit. */

import type * as $ from "./runtime/schema.ts";
import type * as $types from "./types.ts";

const AuditDoor: $.EnumTable = { members: { http: 1, websocket: 2, command: 3 } };

const AuditOutcome: $.EnumTable = { members: { success: 1, denied: 2, error: 3 } };

const HealthStatus: $.EnumTable = { members: { ok: 1, degraded: 2 } };

export const AuditLog: $.RecordTable<$types.AuditLog> = {
  fields: [
    { name: "id", no: 1, kind: "safe" },
    { name: "at", no: 2, kind: "moment" },
    { name: "username", no: 3, kind: "string", nullable: true },
    { name: "subject", no: 4, kind: "string", nullable: true },
    { name: "roles", no: 5, kind: "string", many: "list" },
    { name: "action", no: 6, kind: "string" },
    { name: "outcome", no: 7, kind: AuditOutcome },
    { name: "code", no: 8, kind: "string", nullable: true },
    { name: "door", no: 9, kind: AuditDoor },
    { name: "objectId", wire: "object_id", no: 10, kind: "string", nullable: true },
    { name: "ip", no: 11, kind: "string", nullable: true },
    { name: "userAgent", wire: "user_agent", no: 12, kind: "string", nullable: true },
    { name: "traceId", wire: "trace_id", no: 13, kind: "string" },
    { name: "durationMs", wire: "duration_ms", no: 14, kind: "int32" },
    { name: "sid", no: 15, kind: "string", nullable: true },
    { name: "reason", no: 16, kind: "string", nullable: true },
    { name: "data", no: 17, kind: "string", many: "map" },
    { name: "altered", no: 18, kind: "bool" },
  ],
};

export const AuditLogPage: $.RecordTable<$types.AuditLogPage> = {
  fields: [
    { name: "items", no: 1, kind: () => AuditLog, many: "list" },
    { name: "meta", no: 2, kind: () => PageMeta },
  ],
};

export const Author: $.RecordTable<$types.Author> = {
  fields: [
    { name: "id", no: 1, kind: "safe" },
    { name: "name", no: 2, kind: "string" },
    { name: "bio", no: 3, kind: "string", nullable: true },
    { name: "bornOn", wire: "born_on", no: 4, kind: "string", nullable: true },
    { name: "createdAt", wire: "created_at", no: 5, kind: "moment" },
    { name: "updatedAt", wire: "updated_at", no: 6, kind: "moment" },
    { name: "version", no: 7, kind: "safe" },
  ],
};

export const AuthorCreated: $.RecordTable<$types.AuthorCreated> = {
  fields: [
    { name: "author", no: 1, kind: () => Author },
  ],
};

export const AuthorDeleted: $.RecordTable<$types.AuthorDeleted> = {
  fields: [
    { name: "author", no: 1, kind: () => Author },
  ],
};

export const AuthorList: $.RecordTable<$types.AuthorList> = {
  fields: [
    { name: "items", no: 1, kind: () => Author, many: "list" },
    { name: "meta", no: 2, kind: () => PageMeta },
  ],
};

export const AuthorPage: $.RecordTable<$types.AuthorPage> = {
  fields: [
    { name: "items", no: 1, kind: () => Author, many: "list" },
    { name: "meta", no: 2, kind: () => PageMeta },
  ],
};

export const AuthorSummary: $.RecordTable<$types.AuthorSummary> = {
  fields: [
    { name: "id", no: 1, kind: "safe" },
    { name: "name", no: 2, kind: "string" },
  ],
};

export const AuthorUpdated: $.RecordTable<$types.AuthorUpdated> = {
  fields: [
    { name: "author", no: 1, kind: () => Author },
  ],
};

export const Book: $.RecordTable<$types.Book> = {
  fields: [
    { name: "id", no: 1, kind: "safe" },
    { name: "title", no: 2, kind: "string" },
    { name: "author", no: 3, kind: () => AuthorSummary },
    { name: "publishedOn", wire: "published_on", no: 4, kind: "string", nullable: true },
    { name: "createdAt", wire: "created_at", no: 5, kind: "moment" },
    { name: "updatedAt", wire: "updated_at", no: 6, kind: "moment" },
    { name: "version", no: 7, kind: "safe" },
  ],
};

export const BookCreated: $.RecordTable<$types.BookCreated> = {
  fields: [
    { name: "book", no: 1, kind: () => Book },
  ],
};

export const BookDeleted: $.RecordTable<$types.BookDeleted> = {
  fields: [
    { name: "book", no: 1, kind: () => Book },
  ],
};

export const BookPage: $.RecordTable<$types.BookPage> = {
  fields: [
    { name: "items", no: 1, kind: () => Book, many: "list" },
    { name: "meta", no: 2, kind: () => PageMeta },
  ],
};

export const BookUpdated: $.RecordTable<$types.BookUpdated> = {
  fields: [
    { name: "book", no: 1, kind: () => Book },
  ],
};

export const FieldError: $.RecordTable<$types.FieldError> = {
  fields: [
    { name: "pointer", no: 1, kind: "string" },
    { name: "message", no: 2, kind: "string" },
  ],
};

export const Health: $.RecordTable<$types.Health> = {
  fields: [
    { name: "status", no: 1, kind: HealthStatus },
    { name: "version", no: 2, kind: "string" },
    { name: "contract", no: 3, kind: "string" },
  ],
};

export const PageMeta: $.RecordTable<$types.PageMeta> = {
  fields: [
    { name: "page", no: 1, kind: "int32" },
    { name: "perPage", wire: "per_page", no: 2, kind: "int32" },
    { name: "total", no: 3, kind: "safe" },
    { name: "pages", no: 4, kind: "int32" },
    { name: "nextCursor", wire: "next_cursor", no: 5, kind: "string", nullable: true },
    { name: "hasMore", wire: "has_more", no: 6, kind: "bool" },
  ],
};

export const Problem: $.RecordTable<$types.Problem> = {
  fields: [
    { name: "type", no: 1, kind: "string" },
    { name: "title", no: 2, kind: "string" },
    { name: "status", no: 3, kind: "int32" },
    { name: "detail", no: 4, kind: "string", optional: true },
    { name: "code", no: 5, kind: "string" },
    { name: "errors", no: 6, kind: () => FieldError, many: "list", optional: true },
    { name: "traceId", wire: "trace_id", no: 7, kind: "string" },
    { name: "retryAfter", wire: "retry_after", no: 8, kind: "int32", optional: true },
    { name: "msg", no: 9, kind: "string", optional: true },
  ],
};

export const Tokens: $.RecordTable<$types.Tokens> = {
  fields: [
    { name: "accessToken", wire: "access_token", no: 1, kind: "string" },
    { name: "refreshToken", wire: "refresh_token", no: 2, kind: "string" },
    { name: "tokenType", wire: "token_type", no: 3, kind: "string", constant: "Bearer" },
    { name: "expiresIn", wire: "expires_in", no: 4, kind: "int32" },
    { name: "refreshExpiresIn", wire: "refresh_expires_in", no: 5, kind: "int32" },
  ],
};

export const WsTicket: $.RecordTable<$types.WsTicket> = {
  fields: [
    { name: "ticket", no: 1, kind: "string" },
    { name: "expiresIn", wire: "expires_in", no: 2, kind: "int32" },
  ],
};

export const CreateAuthorRequest: $.RecordTable<$types.CreateAuthorRequest> = {
  fields: [
    { name: "name", no: 1, kind: "string" },
    { name: "bio", no: 2, kind: "string", optional: true, nullable: true },
    { name: "bornOn", wire: "born_on", no: 3, kind: "string", optional: true, nullable: true },
  ],
};

export const CreateBookRequest: $.RecordTable<$types.CreateBookRequest> = {
  fields: [
    { name: "title", no: 1, kind: "string" },
    { name: "authorId", wire: "author_id", no: 2, kind: "safe" },
    { name: "publishedOn", wire: "published_on", no: 3, kind: "string", optional: true, nullable: true },
  ],
};

export const CreateWsTicketRequest: $.RecordTable<$types.CreateWsTicketRequest> = { fields: [] };

export const DeleteAuthorRequest: $.RecordTable<$types.DeleteAuthorRequest> = {
  fields: [
    { name: "authorId", wire: "author_id", no: 1, kind: "safe" },
    { name: "expectedVersion", wire: "expected_version", no: 2, kind: "safe", optional: true },
  ],
};

export const DeleteBookRequest: $.RecordTable<$types.DeleteBookRequest> = {
  fields: [
    { name: "bookId", wire: "book_id", no: 1, kind: "safe" },
    { name: "expectedVersion", wire: "expected_version", no: 2, kind: "safe", optional: true },
  ],
};

export const EndSessionsRequest: $.RecordTable<$types.EndSessionsRequest> = {
  fields: [
    { name: "subject", no: 0, kind: "string" },
  ],
};

export const GetAuditLogRequest: $.RecordTable<$types.GetAuditLogRequest> = {
  fields: [
    { name: "auditLogId", wire: "audit_log_id", no: 1, kind: "safe" },
  ],
};

export const GetAuditLogsRequest: $.RecordTable<$types.GetAuditLogsRequest> = {
  fields: [
    { name: "user", no: 1, kind: "string", optional: true },
    { name: "action", no: 2, kind: "string", optional: true },
    { name: "objectId", wire: "object_id", no: 8, kind: "string", optional: true },
    { name: "outcome", no: 3, kind: AuditOutcome, optional: true },
    { name: "since", no: 4, kind: "moment", optional: true },
    { name: "until", no: 5, kind: "moment", optional: true },
    { name: "page", no: 6, kind: "int32", optional: true, initial: 1 },
    { name: "perPage", wire: "per_page", no: 7, kind: "int32", optional: true, initial: 20 },
  ],
};

export const GetAuthorRequest: $.RecordTable<$types.GetAuthorRequest> = {
  fields: [
    { name: "authorId", wire: "author_id", no: 1, kind: "safe" },
  ],
};

export const GetAuthorsRequest: $.RecordTable<$types.GetAuthorsRequest> = {
  fields: [
    { name: "id", no: 1, kind: "safe", optional: true },
    { name: "name", no: 2, kind: "string", optional: true },
    { name: "searchTerm", wire: "search_term", no: 3, kind: "string", optional: true },
  ],
};

export const GetBookRequest: $.RecordTable<$types.GetBookRequest> = {
  fields: [
    { name: "bookId", wire: "book_id", no: 1, kind: "safe" },
  ],
};

export const GetBooksRequest: $.RecordTable<$types.GetBooksRequest> = {
  fields: [
    { name: "page", no: 1, kind: "int32", optional: true, initial: 1 },
    { name: "perPage", wire: "per_page", no: 2, kind: "int32", optional: true, initial: 20 },
    { name: "cursor", no: 3, kind: "string", optional: true },
    { name: "authorId", wire: "author_id", no: 4, kind: "safe", optional: true },
  ],
};

export const GetPaginatedAuthorsRequest: $.RecordTable<$types.GetPaginatedAuthorsRequest> = {
  fields: [
    { name: "page", no: 1, kind: "int32", optional: true, initial: 1 },
    { name: "perPage", wire: "per_page", no: 2, kind: "int32", optional: true, initial: 20 },
    { name: "cursor", no: 3, kind: "string", optional: true },
    { name: "id", no: 4, kind: "safe", optional: true },
    { name: "name", no: 5, kind: "string", optional: true },
    { name: "searchTerm", wire: "search_term", no: 6, kind: "string", optional: true },
  ],
};

export const HealthRequest: $.RecordTable<$types.HealthRequest> = { fields: [] };

export const LivezRequest: $.RecordTable<$types.LivezRequest> = { fields: [] };

export const LoginRequest: $.RecordTable<$types.LoginRequest> = {
  fields: [
    { name: "username", no: 1, kind: "string" },
    { name: "password", no: 2, kind: "string" },
  ],
};

export const LogoutRequest: $.RecordTable<$types.LogoutRequest> = {
  fields: [
    { name: "refreshToken", wire: "refresh_token", no: 1, kind: "string" },
  ],
};

export const ReadyzRequest: $.RecordTable<$types.ReadyzRequest> = { fields: [] };

export const RefreshRequest: $.RecordTable<$types.RefreshRequest> = {
  fields: [
    { name: "refreshToken", wire: "refresh_token", no: 1, kind: "string" },
  ],
};

export const UpdateAuthorRequest: $.RecordTable<$types.UpdateAuthorRequest> = {
  fields: [
    { name: "authorId", wire: "author_id", no: 1, kind: "safe" },
    { name: "expectedVersion", wire: "expected_version", no: 5, kind: "safe", optional: true },
    { name: "name", no: 2, kind: "string" },
    { name: "bio", no: 3, kind: "string", optional: true, nullable: true },
    { name: "bornOn", wire: "born_on", no: 4, kind: "string", optional: true, nullable: true },
  ],
};

export const UpdateBookRequest: $.RecordTable<$types.UpdateBookRequest> = {
  fields: [
    { name: "bookId", wire: "book_id", no: 2, kind: "safe" },
    { name: "expectedVersion", wire: "expected_version", no: 1, kind: "safe", optional: true },
    { name: "title", no: 3, kind: "string" },
    { name: "authorId", wire: "author_id", no: 4, kind: "safe" },
    { name: "publishedOn", wire: "published_on", no: 5, kind: "string", optional: true, nullable: true },
  ],
};
