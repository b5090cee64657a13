"""What abusers do, as floods: each is one kind of frame or request without end, from an address that no honest caller has."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable

from tests.load.plan import Flood
from tests.load.requests import get, open_socket, post, text

SOURCE = "127.0.0.66"
SEARCH = b'{"pkg_id":1,"req_id":"%s","data":{"search_term":"a"}}'
FORBIDDEN = b'{"pkg_id":6,"req_id":"%s","data":{"artist_id":1}}'
CREATE = b'{"pkg_id":3,"req_id":"%s","data":{"name":"%s"}}'
PAGE = "/api/artists/paginated?page=1&per_page=100"
CANCEL = b'{"type":"cancel","req_id":"%s"}'
UNKNOWN = b'{"pkg_id":60999,"req_id":"%s","data":{}}'


def _frames(template: bytes, count: int = 200) -> bytes:
    """So many, each with a `req_id` of its own."""
    return b"".join(text(template.replace(b"%s", str(uuid.uuid4()).encode())) for _ in range(count))


def _control(opcode: int, size: int, count: int = 200) -> bytes:
    return (bytes((0x80 | opcode, 0x80 | size)) + b"\0\0\0\0" + b"p" * size) * count


def _fragments(size: int, count: int = 200) -> bytes:
    """Continuations of a message that never ends."""
    return (bytes((0x00, 0x80 | size)) + b"\0\0\0\0" + b" " * size) * count


def _socket(
    name: str, token: str | None, chunk: bytes, *, opening: bytes = b"", reads: bool = True, query: str = ""
) -> Flood:
    return Flood(
        name=name, connections=2, opening=opening or open_socket(token, query), chunk=chunk, reads=reads, source=SOURCE
    )


def abuses(token: str, powerless: str) -> dict[str, Callable[[], Flood]]:
    """`powerless` is the token of a user without roles."""
    begin_fragments = b"\x01\x80\0\0\0\0"
    return {
        "unsubscribe": lambda: _socket("unsubscribe", powerless, text(b'{"type":"unsubscribe","topics":[""]}') * 500),
        "refresh": lambda: _socket(
            "refresh", token, text(b'{"type":"auth","token":"Bearer %s"}' % token.encode()) * 50
        ),
        "cancel": lambda: _socket("cancel", powerless, _frames(CANCEL)),
        "refused": lambda: _socket("refused", powerless, _frames(FORBIDDEN)),
        "unknown": lambda: _socket("unknown", token, _frames(UNKNOWN)),
        "garbage": lambda: _socket("garbage", token, text(os.urandom(4096).hex().encode()) * 8),
        "pings": lambda: _socket("pings", token, _control(9, 125)),
        "pongs": lambda: _socket("pongs", token, _control(10, 0)),
        "anonymous pings": lambda: _socket("anonymous pings", None, _control(9, 125), query="?auth=frame"),
        "empty fragments": lambda: _socket("empty fragments", token, begin_fragments + _fragments(0, 1000)),
        "tiny fragments": lambda: _socket("tiny fragments", token, begin_fragments + _fragments(1, 1000)),
        "searches": lambda: _socket("searches", token, _frames(SEARCH)),
        "writes": lambda: _socket("writes", token, _frames(CREATE)),
        "unread searches": lambda: _socket("unread searches", token, _frames(SEARCH), reads=False),
        "upgrades": lambda: Flood(name="upgrades", connections=20, opening=open_socket("not.a.token"), source=SOURCE),
        "pipelined": lambda: Flood(
            name="pipelined", connections=4, waits=False, chunk=get("/api/artists/1") * 50, source=SOURCE
        ),
        "unread bodies": lambda: Flood(
            name="unread bodies",
            connections=4,
            waits=False,
            chunk=post("/api/artists", b"x" * 65_536),
            source=SOURCE,
        ),
        "logins": lambda: Flood(
            name="logins",
            connections=4,
            waits=False,
            every_s=0.01,
            chunk=post("/auth/login", b'{"username":"u0","password":"wrong"}'),
            source=SOURCE,
        ),
        "logout tokens": lambda: Flood(
            name="logout tokens",
            connections=4,
            waits=False,
            chunk=post("/auth/backchannel-logout", b"logout_token=" + token.encode()) * 20,
            source=SOURCE,
        ),
        "unknown paths": lambda: Flood(
            name="unknown paths", connections=4, waits=False, chunk=get("/nothing/here") * 50, source=SOURCE
        ),
        "unread answers": lambda: Flood(
            name="unread answers",
            connections=50,
            waits=False,
            reads=False,
            chunk=get(PAGE, token),
            source=SOURCE,
        ),
        "headers": lambda: Flood(
            name="headers",
            connections=4,
            waits=False,
            opening=b"GET /livez HTTP/1.1\r\n",
            chunk=b"X: y\r\n" * 1000,
            source=SOURCE,
        ),
        "drips": lambda: Flood(
            name="drips", connections=50, waits=False, chunk=get("/livez"), piece_bytes=1, every_s=1.0, source=SOURCE
        ),
    }


NAMES = tuple(abuses("", ""))
