"""The topics that can be followed. Generated; do not edit."""

from __future__ import annotations

from collections.abc import Iterable

from . import _operations, models
from .runtime.topic import Topic, filtered, made


def authors() -> Topic[models.AuthorCreated | models.AuthorDeleted | models.AuthorUpdated]:
    """The events of `authors`."""
    return made(
        "authors",
        (
            _operations.AUTHOR_CREATED,
            _operations.AUTHOR_DELETED,
            _operations.AUTHOR_UPDATED,
        ),
    )


def authors_by_author_id(author_id: int) -> Topic[models.AuthorCreated | models.AuthorDeleted | models.AuthorUpdated]:
    """The events of `authors/{author.id}`."""
    return made(
        "authors/{author.id}",
        (
            _operations.AUTHOR_CREATED,
            _operations.AUTHOR_DELETED,
            _operations.AUTHOR_UPDATED,
        ),
        author_id,
    )


def books(
    *, book_author_id: int | Iterable[int] | None = None
) -> Topic[models.BookCreated | models.BookDeleted | models.BookUpdated]:
    """The events of `books`, or those that have one of the values in each field that is given."""
    return filtered(
        made(
            "books",
            (
                _operations.BOOK_CREATED,
                _operations.BOOK_DELETED,
                _operations.BOOK_UPDATED,
            ),
        ),
        {"book.author.id": book_author_id},
    )


def books_by_book_id(book_id: int) -> Topic[models.BookCreated | models.BookDeleted | models.BookUpdated]:
    """The events of `books/{book.id}`."""
    return made(
        "books/{book.id}",
        (
            _operations.BOOK_CREATED,
            _operations.BOOK_DELETED,
            _operations.BOOK_UPDATED,
        ),
        book_id,
    )
