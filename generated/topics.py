"""What the names of topics say. Generated; do not edit."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct


class AuthorsByAuthorIdTopic(Struct, frozen=True):
    """Of `authors/{author.id}`."""

    author_id: Annotated[int, Meta(ge=1, le=9007199254740991)]


class BooksByBookIdTopic(Struct, frozen=True):
    """Of `books/{book.id}`."""

    book_id: Annotated[int, Meta(ge=1, le=9007199254740991)]


class BooksFilter(Struct, frozen=True):
    """What events of `books` may be filtered by."""

    book_author_id: Annotated[int, Meta(ge=1, le=9007199254740991)]


TOPIC_RECORDS: dict[str, type[Struct]] = {
    "authors/{author.id}": AuthorsByAuthorIdTopic,
    "books/{book.id}": BooksByBookIdTopic,
}


TOPIC_FILTERS: dict[str, type[Struct]] = {
    "books": BooksFilter,
}
