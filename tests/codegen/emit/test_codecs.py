"""One codec per operation: JSON whole or in frames, protobuf where there is a message."""

from __future__ import annotations

import msgspec

from generated.results import AuthorPage, PageMeta
from generated.wire import CODECS

PAGE = AuthorPage(items=[], meta=PageMeta(page=1, per_page=20, total=0, pages=0, next_cursor=None, has_more=False))


def test_a_page_is_items_and_meta_apart_in_a_frame() -> None:
    codec = CODECS["get_paginated_authors"]
    data, meta = codec.frame_json(PAGE)
    assert (data, msgspec.json.decode(meta or b"")) == (b"[]", msgspec.to_builtins(PAGE.meta))
    assert codec.restore(codec.encode_json(PAGE)) == PAGE
    assert codec.frame_protobuf is not None
    data, message = codec.frame_protobuf(PAGE)
    assert data == b""
    assert message is not None
    assert message.per_page == 20


def test_nothing_is_null_in_json_and_no_bytes_in_protobuf() -> None:
    codec = CODECS["delete_author"]
    assert (codec.frame_json(None), codec.encode_json(None)) == ((b"null", None), b"")
    assert codec.restore(b"") is None


def test_every_operation_has_one() -> None:
    assert len(CODECS) == 15
