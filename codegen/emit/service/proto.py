"""`generated/proto/`: protobuf bindings and their types, by protoc and mypy-protobuf.

The files are renamed inside the descriptor set, so that the bindings import each other as `generated.proto.…` and never
meet another package's names in the pool; no text is rewritten.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2 as pb

from codegen.emit.control_proto import with_control
from codegen.emit.printer import File
from codegen.ir.operations import Contract

PACKAGE = "generated/proto"


def emit(contract: Contract) -> list[File]:
    renamed = _rename(with_control(pb.FileDescriptorSet.FromString(contract.proto)))
    own = [file.name for file in renamed.file if file.name.startswith(PACKAGE)]
    with tempfile.TemporaryDirectory() as folder:
        descriptors = Path(folder, "contract.desc")
        descriptors.write_bytes(renamed.SerializeToString(deterministic=True))
        _run_protoc(descriptors, Path(folder), own)
        made = sorted(Path(folder, PACKAGE).iterdir())
        files = [File(f"proto/{path.name}", path.read_bytes()) for path in made]
    return [File("proto/__init__.py", b""), *files]


def _rename(files: pb.FileDescriptorSet) -> pb.FileDescriptorSet:
    renamed = pb.FileDescriptorSet()
    for file in files.file:
        copy = renamed.file.add()
        copy.CopyFrom(file)
        if not file.name.startswith("google/"):
            copy.name = f"{PACKAGE}/{file.name}"
        for index, dependency in enumerate(file.dependency):
            if not dependency.startswith("google/"):
                copy.dependency[index] = f"{PACKAGE}/{dependency}"
    return renamed


def _run_protoc(descriptors: Path, out: Path, names: list[str]) -> None:
    plugin = Path(sys.executable).with_name("protoc-gen-mypy")
    command = [
        sys.executable,
        "-m",
        "grpc_tools.protoc",
        f"--descriptor_set_in={descriptors}",
        f"--python_out={out}",
    ]
    command += [f"--plugin=protoc-gen-mypy={plugin}", f"--mypy_out=quiet:{out}", *names]
    subprocess.run(command, check=True, capture_output=True)
