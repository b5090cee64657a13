"""Bindings import each other as generated.proto, and every message of the sources is there."""

from __future__ import annotations

from codegen.emit.proto import module_of
from generated.proto import authors_pb2
from tests.codegen.contracts import shipped, shipped_files


def test_a_message_is_in_the_module_of_its_file() -> None:
    assert module_of(shipped(), "Author") == "authors"
    assert authors_pb2.DESCRIPTOR.name == "generated/proto/authors.proto"
    assert authors_pb2.DESCRIPTOR.package == "stele.v1"


def test_every_source_has_bindings_and_types() -> None:
    names = {path for path in shipped_files() if path.startswith("proto/")}
    for stem in ("authors", "auth", "audit_log", "system", "envelope"):
        assert {f"proto/{stem}_pb2.py", f"proto/{stem}_pb2.pyi"} <= names
