"""Bodies of HTTP as JSON without secrets, and back: of a request and an answer, in JSON and in protobuf.

What is kept can be sent again as it was. What cannot be read is kept as its shape; what is neither of the two formats, or too long, as its size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from proof.documents import PROBLEM, Json
from proof.protobuf import UNREADABLE, Inexpressible
from proof.traffic.contract import Contract, Operation
from proof.traffic.frames import same_message
from proof.traffic.lines import Body
from proof.traffic.schema import Schema
from proof.traffic.secrets import Secrets
from proof.ws.codec import no_number, strict_json

CODE = re.compile("[a-z][a-z_]{0,63}")
STRUCTURE = re.compile(r"[^\s\x00-\x1f{}\[\]:,\"\\]")


@dataclass(slots=True)
class Taken:
    """What went by, as far as it is kept: `max_bytes` of it."""

    max_bytes: int
    data: bytes = b""
    size: int = 0

    def add(self, chunk: bytes) -> None:
        self.size += len(chunk)
        self.data += chunk[: self.max_bytes - len(self.data)]

    @property
    def is_whole(self) -> bool:
        return self.size == len(self.data)


def shape(raw: str | bytes) -> Body:
    """Of what cannot be read: no letter of it, but as long, and unreadable for the same reason. Of bytes the length alone."""
    if isinstance(raw, str):
        return Body("unreadable", STRUCTURE.sub("a", raw), size=len(raw))
    return Body("unreadable", size=len(raw))


def media_type(headers: list[tuple[str, str]]) -> str:
    """Without parameters; nothing where none is said."""
    found = next((value for name, value in headers if name.lower() == "content-type"), "")
    return found.partition(";")[0].strip().lower()


def is_json(media: str) -> bool:
    return media == "application/json" or media.endswith("+json")


def lenient_json(text: str) -> Any:
    """Of two members with one name the last, as most readers have it."""
    return json.loads(text, parse_constant=no_number)


class Bodies:
    """With `secrets` they are hidden; without, a body is as it came."""

    def __init__(self, contract: Contract, secrets: Secrets | None = None) -> None:
        self._contract = contract
        self._secrets = secrets

    def asked(self, operation: Operation | None, media: str, taken: Taken, *, was_read: bool = True) -> Body:
        """`was_read` says that the service did not refuse it as unreadable: then the last of two members with one name counts."""
        if taken.is_whole and taken.size and operation and self._contract.is_protobuf(media):
            value = self._message(operation, taken.data)
            return (
                self._kept("protobuf", media, value, operation.body, operation)
                if value is not None
                else shape(taken.data)
            )
        schema = operation.body if operation else Schema({})
        return self._plain(media, taken, schema, operation, read=lenient_json if was_read else strict_json)

    def answered(self, operation: Operation | None, status: int, media: str, taken: Taken) -> Body:
        schema = (self._contract.answered(operation, status, media) if operation else None) or Schema({})
        described = self._contract.described(operation.name) if operation else None
        if (
            taken.is_whole
            and taken.size
            and described
            and described.result.record
            and self._contract.is_protobuf(media)
        ):
            assert self._contract.protobuf is not None
            try:
                value = self._contract.protobuf.value(described.result.record, taken.data)
            except UNREADABLE:
                return shape(taken.data)
            return self._kept("protobuf", media, value, schema, operation)
        return self._plain(media, taken, schema, operation)

    def _plain(
        self,
        media: str,
        taken: Taken,
        schema: Schema,
        operation: Operation | None,
        read: Callable[[str], Any] = strict_json,
    ) -> Body:
        if not taken.size:
            return Body(media=media)
        if not taken.is_whole or not is_json(media):
            return Body("left-out", media=media, size=taken.size)
        try:
            text = taken.data.decode()
        except UnicodeDecodeError:
            return shape(taken.data)
        try:
            return self._kept("json", media, read(text), schema, operation)
        except UNREADABLE:
            found = shape(text)
            return Body(found.form, found.value, media, found.size)

    def _kept(self, form: Any, media: str, value: Any, schema: Schema, operation: Operation | None) -> Body:
        """Where the contract does not know the operation, or it hands out sessions, every text may be a secret."""
        if self._secrets is None:
            return Body(form, value, media)
        is_problem = media == PROBLEM and bool(schema.parts)
        whole = (operation is None or operation.name in self._contract.sessions) and not is_problem
        hidden = self._secrets.hidden(value, schema, whole=whole)
        if media == PROBLEM and isinstance(value, dict) and CODE.fullmatch(str(value.get("code"))):
            hidden["code"] = value["code"]  # Of a refusal that is not declared, too: it is a word of the service's.
        return Body(form, hidden, media)

    def _message(self, operation: Operation, data: bytes) -> Json | None:
        """None where it could not be sent again as it is."""
        protobuf, described = self._contract.sent, self._contract.described(operation.name)
        if protobuf is None or described is None:
            return None
        try:
            value = protobuf.asked(described, data)
            again = protobuf.request(described, value)
            is_same = same_message(protobuf.new(described.request.name), again, data)
        except (*UNREADABLE, Inexpressible):
            return None
        return value if is_same else None

    def written(self, operation: Operation | None, body: Body) -> bytes | None:
        """What to send; None for what was left out. Raises Inexpressible."""
        match body.form:
            case "none":
                return b""
            case "json":
                return json.dumps(body.value, ensure_ascii=False).encode(errors="surrogatepass")
            case "protobuf":
                described = self._contract.described(operation.name) if operation else None
                if self._contract.protobuf is None or described is None:
                    return None
                return self._contract.protobuf.request(described, body.value)
            case "unreadable":
                return body.value.encode() if isinstance(body.value, str) else b"\xff" * body.size
            case _:
                return None
