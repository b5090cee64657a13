"""The topics that can be followed. Generated; do not edit."""

from __future__ import annotations

from . import _operations, models
from .runtime.topic import Topic, made


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
