/** Every operation as a function of its own. Generated; do not edit. */

import { CONTRACT } from "./contract.ts";
import * as $operations from "./operations.ts";
import { Connection } from "./runtime/connection.ts";
import type * as $ from "./runtime/connection.ts";
import type * as $types from "./types.ts";
import * as $paging from "./runtime/paging.ts";

/** What every function takes; without any of them it is small. */
export const connect = (options: $.ClientOptions): $.Connection => new Connection(CONTRACT, options);

/**
 * Create an author.
 * @throws {AuthorNameTaken}
 */
export const createAuthor = (connection: $.Connection, input: $types.CreateAuthorRequest, options?: $.CallOptions): Promise<$types.Author> =>
  connection.call($operations.CREATE_AUTHOR, input, options);

/**
 * Create a book.
 * @throws {AuthorNotFound}
 */
export const createBook = (connection: $.Connection, input: $types.CreateBookRequest, options?: $.CallOptions): Promise<$types.Book> =>
  connection.call($operations.CREATE_BOOK, input, options);

/** Get a ticket that opens one WebSocket. */
export const createWsTicket = (connection: $.Connection, input: $types.CreateWsTicketRequest = {}, options?: $.CallOptions): Promise<$types.WsTicket> =>
  connection.call($operations.CREATE_WS_TICKET, input, options);

/**
 * Delete an author.
 * @throws {AuthorNotFound}
 * @throws {VersionMismatch}
 * @throws {AuthorInUse}
 */
export const deleteAuthor = (connection: $.Connection, input: $types.DeleteAuthorRequest, options?: $.CallOptions): Promise<void> =>
  connection.call($operations.DELETE_AUTHOR, input, options);

/**
 * Delete a book.
 * @throws {BookNotFound}
 * @throws {VersionMismatch}
 */
export const deleteBook = (connection: $.Connection, input: $types.DeleteBookRequest, options?: $.CallOptions): Promise<void> =>
  connection.call($operations.DELETE_BOOK, input, options);

/**
 * End all sessions of a user here.
 * Tokens issued by now, and refresh tokens of before, open nothing any more, on every node within seconds; open
 * sockets are closed (4504). The user may log in again. At the issuer nothing ends.
 */
export const endSessions = (connection: $.Connection, input: $types.EndSessionsRequest, options?: $.CallOptions): Promise<void> =>
  connection.call($operations.END_SESSIONS, input, options);

/**
 * Read one audit row.
 * @throws {AuditLogNotFound}
 */
export const getAuditLog = (connection: $.Connection, input: $types.GetAuditLogRequest, options?: $.CallOptions): Promise<$types.AuditLog> =>
  connection.call($operations.GET_AUDIT_LOG, input, options);

/** Read audit rows page by page, newest first. */
export const getAuditLogs = (connection: $.Connection, input: $types.GetAuditLogsRequest = {}, options?: $.CallOptions): Promise<$types.AuditLogPage> =>
  connection.call($operations.GET_AUDIT_LOGS, input, options);

/**
 * Read one author.
 * @throws {AuthorNotFound}
 */
export const getAuthor = (connection: $.Connection, input: $types.GetAuthorRequest, options?: $.CallOptions): Promise<$types.Author> =>
  connection.call($operations.GET_AUTHOR, input, options);

/**
 * Find authors by id, name or text.
 * At most 1,000 are returned, and `meta.per_page` is that limit. `meta.has_more` says that there are others;
 * `meta.total` counts no further than 1,001, and which of the matches of a `search_term` are returned is then
 * not defined.
 */
export const getAuthors = (connection: $.Connection, input: $types.GetAuthorsRequest = {}, options?: $.CallOptions): Promise<$types.AuthorList> =>
  connection.call($operations.GET_AUTHORS, input, options);

/**
 * Read one book.
 * @throws {BookNotFound}
 */
export const getBook = (connection: $.Connection, input: $types.GetBookRequest, options?: $.CallOptions): Promise<$types.Book> =>
  connection.call($operations.GET_BOOK, input, options);

/**
 * Read books page by page.
 * @throws {CursorInvalid}
 */
export const getBooks = (connection: $.Connection, input: $types.GetBooksRequest = {}, options?: $.CallOptions): Promise<$types.BookPage> =>
  connection.call($operations.GET_BOOKS, input, options);

/** All pages of `getBooks`, one item after the other, or `.pages()`. */
export const paginateGetBooks = (connection: $.Connection, input: $types.GetBooksRequest = {}, options?: $.CallOptions): $paging.Pager<$types.BookPage, $types.Book> =>
  $paging.paginate(connection, $operations.GET_BOOKS, input, options);

/**
 * Read authors page by page.
 * @throws {CursorInvalid}
 */
export const getPaginatedAuthors = (connection: $.Connection, input: $types.GetPaginatedAuthorsRequest = {}, options?: $.CallOptions): Promise<$types.AuthorPage> =>
  connection.call($operations.GET_PAGINATED_AUTHORS, input, options);

/** All pages of `getPaginatedAuthors`, one item after the other, or `.pages()`. */
export const paginateGetPaginatedAuthors = (connection: $.Connection, input: $types.GetPaginatedAuthorsRequest = {}, options?: $.CallOptions): $paging.Pager<$types.AuthorPage, $types.Author> =>
  $paging.paginate(connection, $operations.GET_PAGINATED_AUTHORS, input, options);

/** Say how the node is and which contract it speaks. */
export const health = (connection: $.Connection, input: $types.HealthRequest = {}, options?: $.CallOptions): Promise<$types.Health> =>
  connection.call($operations.HEALTH, input, options);

/** Say that the process runs. */
export const livez = (connection: $.Connection, input: $types.LivezRequest = {}, options?: $.CallOptions): Promise<void> =>
  connection.call($operations.LIVEZ, input, options);

/**
 * Exchange a name and a password for tokens.
 * @throws {CredentialsInvalid}
 */
export const login = (connection: $.Connection, input: $types.LoginRequest, options?: $.CallOptions): Promise<$types.Tokens> =>
  connection.call($operations.LOGIN, input, options);

/**
 * End the session of a refresh token.
 * A session that is unknown or has ended is answered like one that ends now.
 */
export const logout = (connection: $.Connection, input: $types.LogoutRequest, options?: $.CallOptions): Promise<void> =>
  connection.call($operations.LOGOUT, input, options);

/**
 * Say that the node takes requests.
 * Answers `unavailable` while the node cannot serve or is draining.
 */
export const readyz = (connection: $.Connection, input: $types.ReadyzRequest = {}, options?: $.CallOptions): Promise<void> =>
  connection.call($operations.READYZ, input, options);

/**
 * Exchange a refresh token for new tokens.
 * @throws {CredentialsInvalid}
 */
export const refresh = (connection: $.Connection, input: $types.RefreshRequest, options?: $.CallOptions): Promise<$types.Tokens> =>
  connection.call($operations.REFRESH, input, options);

/**
 * Replace an author.
 * @throws {AuthorNotFound}
 * @throws {AuthorNameTaken}
 * @throws {VersionMismatch}
 */
export const updateAuthor = (connection: $.Connection, input: $types.UpdateAuthorRequest, options?: $.CallOptions): Promise<$types.Author> =>
  connection.call($operations.UPDATE_AUTHOR, input, options);

/**
 * Replace a book.
 * @throws {BookNotFound}
 * @throws {VersionMismatch}
 * @throws {AuthorNotFound}
 */
export const updateBook = (connection: $.Connection, input: $types.UpdateBookRequest, options?: $.CallOptions): Promise<$types.Book> =>
  connection.call($operations.UPDATE_BOOK, input, options);

/** An author was created. */
export { AUTHOR_CREATED as authorCreated } from "./operations.ts";

/** An author was deleted. */
export { AUTHOR_DELETED as authorDeleted } from "./operations.ts";

/** An author was replaced. */
export { AUTHOR_UPDATED as authorUpdated } from "./operations.ts";

/** A book was created. */
export { BOOK_CREATED as bookCreated } from "./operations.ts";

/** A book was deleted. */
export { BOOK_DELETED as bookDeleted } from "./operations.ts";

/** A book was updated. */
export { BOOK_UPDATED as bookUpdated } from "./operations.ts";
