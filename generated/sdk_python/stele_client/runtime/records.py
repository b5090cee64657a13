"""The records of a stream over HTTP, cut out of its bytes: server-sent events for JSON, messages behind their lengths for protobuf.

What comes out are the replies that a socket would have: one with an offset is an item, another one is the last.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Protocol

from .codec import BadFrame, Reply
from .errors import KIND_OF_CODE, kind_of_status

MAX_RECORD = 64 * 2**20


class Records(Protocol):
    """One for each stream. `feed` raises BadFrame for bytes that are none of the contract's."""

    def feed(self, chunk: bytes) -> list[Reply]: ...


class EventRecords:
    """Lines end as the standard lets them: by LF, CR or both. A comment, and an event of another name, is nothing."""

    def __init__(self) -> None:
        self._left = b""
        self._event = ""
        self._data: list[str] = []
        self._offset = 0

    def feed(self, chunk: bytes) -> list[Reply]:
        *lines, self._left = (self._left + chunk).replace(b"\r\n", b"\n").split(b"\n")
        if len(self._left) > MAX_RECORD:
            raise BadFrame("the record is too large")
        return [reply for line in lines if (reply := self._line(line)) is not None]

    def _line(self, line: bytes) -> Reply | None:
        if not line:
            event, data = self._event, "\n".join(self._data)
            self._event, self._data = "", []
            return self._record(event, data) if data else None
        name, _, value = line.decode("utf-8", "replace").partition(":")
        if name == "event":
            self._event = value.removeprefix(" ")
        elif name == "data":
            self._data.append(value.removeprefix(" "))
        return None

    def _record(self, event: str, text: str) -> Reply | None:
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise BadFrame(f"no JSON: {error}") from None
        match event:
            case "" | "message":
                self._offset += 1
                return Reply(None, None, 0, data, offset=self._offset - 1)
            case "end":
                return Reply(None, None, 0, None)
            case "problem":
                status = data.get("status") if isinstance(data, dict) else None
                return Reply(None, None, code_of(status if isinstance(status, int) else 500), data)
        return None


class DelimitedRecords:
    """`read` reads one message."""

    def __init__(self, read: Callable[[bytes], Any]) -> None:
        self._read = read
        self._left = b""

    def feed(self, chunk: bytes) -> list[Reply]:
        self._left += chunk
        found = []
        while (cut := self._cut()) is not None:
            reply = self._read(cut)
            if not isinstance(reply, Reply):
                raise BadFrame("a stream has replies alone")
            found.append(reply)
        return found

    def _cut(self) -> bytes | None:
        """The next message, if it is there whole."""
        length = shift = 0
        for start, byte in enumerate(self._left[:5], 1):
            length |= (byte & 0x7F) << shift
            shift += 7
            if length > MAX_RECORD:
                break
            if byte < 0x80:
                if len(self._left) < start + length:
                    return None
                found, self._left = self._left[start : start + length], self._left[start + length :]
                return found
        else:
            if shift < 35:
                return None
        raise BadFrame("the record is too large")


def code_of(status: int) -> int:
    """The code that a frame would have for an HTTP status of a refusal."""
    return KIND_OF_CODE.index(kind_of_status(status))
