"""The messages of control frames are what docs/wire.md shows, and stand beside a contract's own without meeting them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2 as pb
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message_factory import GetMessageClass

from codegen.emit.control_proto import FILE, PACKAGE, with_control

ROOT = Path(__file__).parents[3]


def test_the_file_is_what_the_documentation_shows(tmp_path: Path) -> None:
    found = re.search(r"```proto\n(.*?)```", (ROOT / "docs" / "wire.md").read_text(), re.DOTALL)
    assert found is not None
    (tmp_path / FILE).write_text(found[1])
    out = tmp_path / "out.desc"
    command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{tmp_path}", f"--descriptor_set_out={out}", FILE]
    subprocess.run(command, check=True)
    shown = pb.FileDescriptorSet.FromString(out.read_bytes()).file[0]
    assert with_control(pb.FileDescriptorSet()).file[0] == shown


def test_topics_that_an_older_client_sends_are_read() -> None:
    pool = DescriptorPool()
    pool.Add(with_control(pb.FileDescriptorSet()).file[0])
    message: Any = GetMessageClass(pool.FindMessageTypeByName(f"{PACKAGE}.Topics"))()
    message.ParseFromString(FieldMask(paths=["a", "b"]).SerializeToString())
    assert list(message.topics) == ["a", "b"]
