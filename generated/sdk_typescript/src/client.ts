/** The client with every operation. Generated; do not edit. */

import { CONTRACT } from "./contract.ts";
import * as $functions from "./functions.ts";
import * as $operations from "./operations.ts";
import { BaseClient } from "./runtime/client.ts";
import type { EventTable } from "./runtime/client.ts";
import { Connection } from "./runtime/connection.ts";
import type * as $ from "./runtime/connection.ts";
import type * as $types from "./types.ts";
import type * as $paging from "./runtime/paging.ts";

/** The operations of `audit_log`. */
export interface AuditLogApi {
  /**
   * Read one audit row.
   * @throws {AuditLogNotFound}
   */
  get(input: $types.GetAuditLogRequest, options?: $.CallOptions): Promise<$types.AuditLog>;
  /** Read audit rows page by page, newest first. */
  getPage(input?: $types.GetAuditLogsRequest, options?: $.CallOptions): Promise<$types.AuditLogPage>;
}

/** The operations of `auth`. */
export interface AuthApi {
  /** Get a ticket that opens one WebSocket. */
  createWsTicket(input?: $types.CreateWsTicketRequest, options?: $.CallOptions): Promise<$types.WsTicket>;
  /**
   * End all sessions of a user here.
   * Tokens issued by now, and refresh tokens of before, open nothing any more, on every node within seconds;
   * open sockets are closed (4504). The user may log in again. At the issuer nothing ends.
   */
  endSessions(input: $types.EndSessionsRequest, options?: $.CallOptions): Promise<void>;
  /**
   * Exchange a name and a password for tokens.
   * @throws {CredentialsInvalid}
   */
  login(input: $types.LoginRequest, options?: $.CallOptions): Promise<$types.Tokens>;
  /**
   * End the session of a refresh token.
   * A session that is unknown or has ended is answered like one that ends now.
   */
  logout(input: $types.LogoutRequest, options?: $.CallOptions): Promise<void>;
  /**
   * Exchange a refresh token for new tokens.
   * @throws {CredentialsInvalid}
   */
  refresh(input: $types.RefreshRequest, options?: $.CallOptions): Promise<$types.Tokens>;
}

/** The operations of `authors`. */
export interface AuthorsApi {
  /**
   * Create an author.
   * @throws {AuthorNameTaken}
   */
  create(input: $types.CreateAuthorRequest, options?: $.CallOptions): Promise<$types.Author>;
  /**
   * Delete an author.
   * @throws {AuthorNotFound}
   * @throws {VersionMismatch}
   * @throws {AuthorInUse}
   */
  delete(input: $types.DeleteAuthorRequest, options?: $.CallOptions): Promise<void>;
  /**
   * Read one author.
   * @throws {AuthorNotFound}
   */
  get(input: $types.GetAuthorRequest, options?: $.CallOptions): Promise<$types.Author>;
  /**
   * Find authors by id, name or text.
   * At most 1,000 are returned, and `meta.per_page` is that limit. `meta.has_more` says that there are others;
   * `meta.total` counts no further than 1,001, and which of the matches of a `search_term` are returned is then
   * not defined.
   */
  find(input?: $types.GetAuthorsRequest, options?: $.CallOptions): Promise<$types.AuthorList>;
  /**
   * Read authors page by page.
   * @throws {CursorInvalid}
   */
  getPage(input?: $types.GetPaginatedAuthorsRequest, options?: $.CallOptions): Promise<$types.AuthorPage>;
  /** Iterate for the items of all pages, or over `.pages()`. */
  paginate(input?: $types.GetPaginatedAuthorsRequest, options?: $.CallOptions): $paging.Pager<$types.AuthorPage, $types.Author>;
  /**
   * Replace an author.
   * @throws {AuthorNotFound}
   * @throws {AuthorNameTaken}
   * @throws {VersionMismatch}
   */
  update(input: $types.UpdateAuthorRequest, options?: $.CallOptions): Promise<$types.Author>;
}

/** The operations of `books`. */
export interface BooksApi {
  /**
   * Create a book.
   * @throws {AuthorNotFound}
   */
  create(input: $types.CreateBookRequest, options?: $.CallOptions): Promise<$types.Book>;
  /**
   * Delete a book.
   * @throws {BookNotFound}
   * @throws {VersionMismatch}
   */
  delete(input: $types.DeleteBookRequest, options?: $.CallOptions): Promise<void>;
  /**
   * Read one book.
   * @throws {BookNotFound}
   */
  get(input: $types.GetBookRequest, options?: $.CallOptions): Promise<$types.Book>;
  /**
   * Read books page by page.
   * @throws {CursorInvalid}
   */
  getPage(input?: $types.GetBooksRequest, options?: $.CallOptions): Promise<$types.BookPage>;
  /** Iterate for the items of all pages, or over `.pages()`. */
  paginate(input?: $types.GetBooksRequest, options?: $.CallOptions): $paging.Pager<$types.BookPage, $types.Book>;
  /**
   * Replace a book.
   * @throws {BookNotFound}
   * @throws {VersionMismatch}
   * @throws {AuthorNotFound}
   */
  update(input: $types.UpdateBookRequest, options?: $.CallOptions): Promise<$types.Book>;
}

/** The operations of `system`. */
export interface SystemApi {
  /** Say how the node is and which contract it speaks. */
  health(input?: $types.HealthRequest, options?: $.CallOptions): Promise<$types.Health>;
  /** Say that the process runs. */
  livez(input?: $types.LivezRequest, options?: $.CallOptions): Promise<void>;
  /**
   * Say that the node takes requests.
   * Answers `unavailable` while the node cannot serve or is draining.
   */
  readyz(input?: $types.ReadyzRequest, options?: $.CallOptions): Promise<void>;
}

/** The data of each event, by its name. */
export interface Events {
  author_created: $types.AuthorCreated;
  author_deleted: $types.AuthorDeleted;
  author_updated: $types.AuthorUpdated;
  book_created: $types.BookCreated;
  book_deleted: $types.BookDeleted;
  book_updated: $types.BookUpdated;
}

const EVENTS: EventTable<Events> = {
  author_created: $operations.AUTHOR_CREATED,
  author_deleted: $operations.AUTHOR_DELETED,
  author_updated: $operations.AUTHOR_UPDATED,
  book_created: $operations.BOOK_CREATED,
  book_deleted: $operations.BOOK_DELETED,
  book_updated: $operations.BOOK_UPDATED,
};

/** The client of Stele: its operations by feature, and its events. */
export interface Client extends BaseClient<Events> {
  readonly auditLog: AuditLogApi;
  readonly auth: AuthApi;
  readonly authors: AuthorsApi;
  readonly books: BooksApi;
  readonly system: SystemApi;
}

/** A client of one service. Nothing is sent before the first call, or `connect`. */
export function createClient(options: $.ClientOptions): Client {
  const connection = new Connection(CONTRACT, options);
  return Object.assign(new BaseClient(connection, EVENTS), {
    auditLog: {
      get: (input: $types.GetAuditLogRequest, options?: $.CallOptions) => $functions.getAuditLog(connection, input, options),
      getPage: (input?: $types.GetAuditLogsRequest, options?: $.CallOptions) => $functions.getAuditLogs(connection, input, options),
    },
    auth: {
      createWsTicket: (input?: $types.CreateWsTicketRequest, options?: $.CallOptions) => $functions.createWsTicket(connection, input, options),
      endSessions: (input: $types.EndSessionsRequest, options?: $.CallOptions) => $functions.endSessions(connection, input, options),
      login: (input: $types.LoginRequest, options?: $.CallOptions) => $functions.login(connection, input, options),
      logout: (input: $types.LogoutRequest, options?: $.CallOptions) => $functions.logout(connection, input, options),
      refresh: (input: $types.RefreshRequest, options?: $.CallOptions) => $functions.refresh(connection, input, options),
    },
    authors: {
      create: (input: $types.CreateAuthorRequest, options?: $.CallOptions) => $functions.createAuthor(connection, input, options),
      delete: (input: $types.DeleteAuthorRequest, options?: $.CallOptions) => $functions.deleteAuthor(connection, input, options),
      get: (input: $types.GetAuthorRequest, options?: $.CallOptions) => $functions.getAuthor(connection, input, options),
      find: (input?: $types.GetAuthorsRequest, options?: $.CallOptions) => $functions.getAuthors(connection, input, options),
      getPage: (input?: $types.GetPaginatedAuthorsRequest, options?: $.CallOptions) => $functions.getPaginatedAuthors(connection, input, options),
      paginate: (input?: $types.GetPaginatedAuthorsRequest, options?: $.CallOptions) => $functions.paginateGetPaginatedAuthors(connection, input, options),
      update: (input: $types.UpdateAuthorRequest, options?: $.CallOptions) => $functions.updateAuthor(connection, input, options),
    },
    books: {
      create: (input: $types.CreateBookRequest, options?: $.CallOptions) => $functions.createBook(connection, input, options),
      delete: (input: $types.DeleteBookRequest, options?: $.CallOptions) => $functions.deleteBook(connection, input, options),
      get: (input: $types.GetBookRequest, options?: $.CallOptions) => $functions.getBook(connection, input, options),
      getPage: (input?: $types.GetBooksRequest, options?: $.CallOptions) => $functions.getBooks(connection, input, options),
      paginate: (input?: $types.GetBooksRequest, options?: $.CallOptions) => $functions.paginateGetBooks(connection, input, options),
      update: (input: $types.UpdateBookRequest, options?: $.CallOptions) => $functions.updateBook(connection, input, options),
    },
    system: {
      health: (input?: $types.HealthRequest, options?: $.CallOptions) => $functions.health(connection, input, options),
      livez: (input?: $types.LivezRequest, options?: $.CallOptions) => $functions.livez(connection, input, options),
      readyz: (input?: $types.ReadyzRequest, options?: $.CallOptions) => $functions.readyz(connection, input, options),
    },
  });
}
