"""Runs in a process of its own: imports `generated` of a contract under an audit hook, and prints what is asked of it.

Importing reads Python files and nothing else: whatever else happens ends the process with its name.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import google.protobuf.duration_pb2
import google.protobuf.empty_pb2
import google.protobuf.timestamp_pb2
import grpc  # type: ignore[import-untyped]  # it has no stubs
import msgspec
import pydantic

NEEDED = (google, grpc, msgspec, pydantic)
FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.remove", "os.rename",
             "os.mkdir", "os.putenv", "shutil.", "ctypes.dlopen", "urllib.", "ftplib.", "http.", "smtplib.", "webbrowser.")  # fmt: skip
MODULES = ("enums", "errors", "models", "results", "operations", "handlers", "wire", "http_routes", "ws_packages")


def watch(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        _, mode, flags = arguments
        if (isinstance(mode, str) and set(mode) & set("wax+")) or (isinstance(flags, int) and flags & 0o103):
            raise SystemExit(f"opened for writing: {arguments}")
    elif event.startswith(FORBIDDEN):
        raise SystemExit(f"{event} {arguments}")
    elif event == "exec":
        file = getattr(arguments[0], "co_filename", "")
        if not file.startswith(("<", sys.prefix, sys.base_prefix, str(Path.cwd()))):
            raise SystemExit(f"foreign code: {file}")


def main() -> None:
    asked = json.load(sys.stdin)
    sys.dont_write_bytecode = True
    sys.addaudithook(watch)
    modules = {name: import_module(f"generated.{name}") for name in MODULES}
    json.dump({key: _value(modules, key, payload) for key, payload in asked.items()}, sys.stdout)


def _value(modules: dict[str, ModuleType], key: str, payload: object) -> object:
    """What a codec makes of a request, or an error's title."""
    kind, _, name = key.partition(":")
    if kind == "title":
        return modules["errors"].ERRORS[name].title
    codec = modules["wire"].CODECS[name]
    if kind == "request":
        model = codec.decode_json(json.dumps(payload).encode())
        return json.loads(model.model_dump_json())
    return json.loads(codec.encode_json(codec.restore(json.dumps(payload).encode())))


if __name__ == "__main__":
    main()
