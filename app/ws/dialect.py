"""The two formats of a socket: how each is negotiated, reads, writes, and decodes the data of every package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from app.execution.context import Method
from app.ws.bundles import Binder, Join, join_json, join_protobuf
from app.ws.envelope import JsonReader, ProtobufReader, Reader
from app.ws.frames import JsonWriter, ProtobufWriter, Writer
from generated.bindings import EventCodec, Package
from generated.operations import Operation


class Format(StrEnum):
    """In the server's order of preference."""

    JSON = "json"
    PROTOBUF = "protobuf"

    @property
    def subprotocol(self) -> str:
        """As `Sec-WebSocket-Protocol` says it (RFC 6455 §1.9); a name of the protocol, the same in every product."""
        return f"stele.v1.{self.value}"

    @property
    def bundled(self) -> str:
        """The subprotocol in which a message of the server may hold several frames."""
        return f"{self.subprotocol}.batch"


@dataclass(frozen=True, slots=True)
class BoundPackage:
    """A package with its handler's method, and with the decoder and the encoder of one format. Found by PkgID for each
    request, so nothing is looked up when it runs."""

    operation: Operation
    method: Method
    decode: Callable[[bytes], Any]
    """The typed request of a frame's `data`, or what `app.errors.decode` turns into a refusal."""
    peek: Callable[[bytes], Mapping[str, object]]
    """The fields of a frame's `data` as they were sent, unjudged; raises what `decode` raises."""
    frame: Callable[[Any], tuple[bytes, Any]]
    """Data and meta of a reply."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """All that differs between the formats; the rest of the door knows none. Without state, and shared by every socket
    of its format."""

    format: Format
    frame_type: type[str] | type[bytes]
    """What a frame of this format is in ASGI; one of the other kind closes with 1003."""
    reader: Reader
    writer: Writer
    packages: Mapping[int, BoundPackage]
    """By PkgID. An operation that protobuf cannot carry is not in that format's."""
    bind: Join
    """Several frames as one message, where the subprotocol has that."""


def make_dialects(
    packages: Mapping[int, Package], handlers: Any, events: Mapping[int, EventCodec]
) -> dict[Format, Dialect]:
    """One of each format for the whole process; every socket of a format shares it."""
    members = msgspec.json.Decoder(dict[str, Any]).decode
    json: dict[int, BoundPackage] = {}
    protobuf: dict[int, BoundPackage] = {}
    for pkg_id, package in packages.items():
        operation, codec, method = package.operation, package.codec, package.method(handlers)
        json[pkg_id] = BoundPackage(operation, method, codec.decode_json, members, codec.frame_json)
        if codec.frame_protobuf is not None and (values := codec.values_protobuf) is not None:
            protobuf[pkg_id] = BoundPackage(operation, method, codec.decode_protobuf, values, codec.frame_protobuf)
    return {
        Format.JSON: Dialect(Format.JSON, str, JsonReader(), JsonWriter(events), json, Binder(join_json)),
        Format.PROTOBUF: Dialect(
            Format.PROTOBUF, bytes, ProtobufReader(), ProtobufWriter(events), protobuf, Binder(join_protobuf)
        ),
    }
