"""What a contract may leave out, as the text that stands for it: a root, and the frame in protobuf.

A contract without `asyncapi.yaml` has no socket, so nothing stands for that. One without `openapi.yaml` has the platform's own doors
over HTTP all the same: nobody could log in or ask whether the node is ready otherwise. One without proto has the frame's messages,
since the service is built on them.
"""

from __future__ import annotations

import json
from pathlib import Path

from codegen.ir.names import is_product_name, product_name
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import Mapping, own_yaml, plain

HTTP_ROOT, SOCKET_ROOT, ENVELOPE = "specs/openapi.yaml", "specs/asyncapi.yaml", "specs/proto/envelope.proto"
OPENAPI = "3.1.0"
DOORS = {"http": HTTP_ROOT, "socket": SOCKET_ROOT}


def doors_of(specs: Path) -> tuple[str, ...]:
    """Those that the contract has a root for."""
    return tuple(door for door, root in DOORS.items() if (specs / root.removeprefix("specs/")).is_file())


def imply(documents: Documents) -> None:
    """A root is read here for its `info` alone; its findings are told by who reads the whole."""
    if not documents.has(HTTP_ROOT) and documents.has(SOCKET_ROOT):
        info = _info(documents, SOCKET_ROOT)
        kept = {key: value for key, value in info.items() if key in ("title", "version", "x-name")}
        root = {"openapi": OPENAPI, "info": kept, "paths": _platform_paths(documents)}
        documents.imply(HTTP_ROOT, json.dumps(root).encode())
    if not documents.names("proto", ".proto"):
        info = _info(documents, HTTP_ROOT)
        said = info.get("x-name")
        name = said if isinstance(said, str) and is_product_name(said) else product_name(str(info.get("title", "")))
        documents.imply(ENVELOPE, envelope(name))


def envelope(product: str) -> bytes:
    """`envelope.proto` in the product's package."""
    text = Path(__file__).with_name("envelope.proto").read_text()
    return text.replace("package product.v1;", f"package {product}.v1;").encode()


def _info(documents: Documents, file: str) -> dict[str, object]:
    root = documents.tree(file) if documents.has(file) else None
    node = root.get("info") if isinstance(root, Mapping) else None
    data = plain(node) if node is not None else None
    return data if isinstance(data, dict) else {}


def _platform_paths(documents: Documents) -> dict[str, object]:
    """The path items of the platform's features whose file is there."""
    paths = plain(own_yaml("doors.yaml"))
    listed = paths.items() if isinstance(paths, dict) else ()
    return {path: link for path, link in listed if documents.has(f"specs/{link['$ref'].partition('#')[0]}")}
