/** The topics that can be followed. Generated; do not edit. */

import * as $operations from "./operations.ts";
import type * as $ from "./runtime/operation.ts";
import { filtered, made } from "./runtime/topic.ts";
import type * as $types from "./types.ts";

/** The events of `authors`. */
export const authors = (): $.Topic<$types.AuthorCreated | $types.AuthorDeleted | $types.AuthorUpdated> =>
  made<$types.AuthorCreated | $types.AuthorDeleted | $types.AuthorUpdated>("authors", [$operations.AUTHOR_CREATED, $operations.AUTHOR_DELETED, $operations.AUTHOR_UPDATED]);

/** The events of `authors/{author.id}`. */
export const authorsByAuthorId = (authorId: number): $.Topic<$types.AuthorCreated | $types.AuthorDeleted | $types.AuthorUpdated> =>
  made<$types.AuthorCreated | $types.AuthorDeleted | $types.AuthorUpdated>("authors/{author.id}", [$operations.AUTHOR_CREATED, $operations.AUTHOR_DELETED, $operations.AUTHOR_UPDATED], authorId);

/** The events of `books`, or those that have one of the values in each field of `where`. */
export const books = (where: { bookAuthorId?: number | readonly number[] | undefined } = {}): $.Topic<$types.BookCreated | $types.BookDeleted | $types.BookUpdated> =>
  filtered(made<$types.BookCreated | $types.BookDeleted | $types.BookUpdated>("books", [$operations.BOOK_CREATED, $operations.BOOK_DELETED, $operations.BOOK_UPDATED]), [["book.author.id", where.bookAuthorId]]);

/** The events of `books/{book.id}`. */
export const booksByBookId = (bookId: number): $.Topic<$types.BookCreated | $types.BookDeleted | $types.BookUpdated> =>
  made<$types.BookCreated | $types.BookDeleted | $types.BookUpdated>("books/{book.id}", [$operations.BOOK_CREATED, $operations.BOOK_DELETED, $operations.BOOK_UPDATED], bookId);
