"""Bindings import each other as generated.proto, and every message of the sources is there."""

from __future__ import annotations

import ast
from pathlib import Path

from google.protobuf import descriptor_pb2

from codegen.emit.service import proto
from generated.proto import artists_pb2
from tests.codegen.contracts import contract_of, shipped, shipped_files


def imports(text: str) -> set[str]:
    return {
        f"{node.module}.{name.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    }


def declared(text: str) -> descriptor_pb2.FileDescriptorProto:
    """The descriptor that the bindings hold."""
    calls = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call)]
    (data,) = (
        call.args[0].value
        for call in calls
        if ast.unparse(call.func).endswith("AddSerializedFile") and isinstance(call.args[0], ast.Constant)
    )
    assert isinstance(data, bytes)
    return descriptor_pb2.FileDescriptorProto.FromString(data)


def test_our_files_are_renamed_and_google_s_are_not() -> None:
    text = shipped_files()["proto/artists_pb2.py"]
    found = declared(text)
    assert (found.name, found.package) == ("generated/proto/artists.proto", "stele.v1")
    assert "generated/proto/envelope.proto" in found.dependency
    assert "google/protobuf/timestamp.proto" in found.dependency
    assert "generated.proto.envelope_pb2" in imports(text)
    assert "google.protobuf.timestamp_pb2" in imports(text)


def test_arms_and_presence_reach_the_bindings(tmp_path: Path) -> None:
    files = {file.path: file.data.decode() for file in proto.emit(contract_of("p17_union", tmp_path))}
    messages = {one.name: one for one in declared(files["proto/things_pb2.py"]).message_type}
    assert [(one.name, one.oneof_index) for one in messages["Shape"].field] == [("circle", 0), ("square", 0)]
    assert [one.name for one in messages["Square"].field if one.proto3_optional] == ["label"]
    assert "def WhichOneof" in files["proto/things_pb2.pyi"]


def test_the_package_is_a_package_and_twice_the_same() -> None:
    first, second = proto.emit(shipped()), proto.emit(shipped())
    assert first == second
    assert first[0].path == "proto/__init__.py"
    assert first[0].data == b""


def test_a_message_is_in_the_module_of_its_file() -> None:
    assert {shipped().bindings[name].module for name in ("Artist", "ArtistPage")} == {"artists_pb2"}
    assert shipped().bindings["RspCode"].scope == "envelope_pb2"
    assert artists_pb2.DESCRIPTOR.name == "generated/proto/artists.proto"
    assert artists_pb2.DESCRIPTOR.package == "stele.v1"


def test_every_source_has_bindings_and_types() -> None:
    names = {path for path in shipped_files() if path.startswith("proto/")}
    for stem in ("artists", "auth", "audit_log", "system", "envelope"):
        assert {f"proto/{stem}_pb2.py", f"proto/{stem}_pb2.pyi"} <= names
