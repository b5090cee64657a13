"""Rules over the head of a request: its sizes, its Host, how its body is framed, what it asks to upgrade to.

Promises: a head that passes both checks is of HTTP/1.1 or 1.0, within its bounds, with one Host (RFC 9112 §3.2), and says in
one way how long its body is; whether Content-Length is one number, and the syntax of lines, is the parser's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from generated.errors import HeadTooLarge, Malformed, TargetTooLong

MAX_HEAD_BYTES = 16_384
"""Line and fields together, with the empty line (D13)."""
MAX_FIELDS = 100
LINE = b"\r\n"
END = b"\r\n\r\n"
NEW, OLD = b" HTTP/1.1", b" HTTP/1.0"
JUDGED = frozenset({b"host", b"transfer-encoding", b"content-length"})
"""The fields that say where a request ends and to whom it goes; two readers must not understand them differently (RFC
9112 §11.2)."""
HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]*)?\Z")  # RFC 9110 §7.2
UPGRADE = re.compile(rb"\r\nupgrade:([^\r]*)", re.IGNORECASE)
WEBSOCKET = b"websocket"


def check_unfinished(start: bytes) -> None:
    """What has come of a head that is not whole. Raises HeadTooLarge or TargetTooLong. To be asked with each piece that
    comes, since nobody else bounds a head that never ends."""
    if len(start) > MAX_HEAD_BYTES:
        raise HeadTooLarge if LINE in start[:MAX_HEAD_BYTES] else TargetTooLong
    if start.count(LINE) > MAX_FIELDS + 1:
        raise HeadTooLarge


def check_size(head: bytes) -> bool:
    """The whole head, from its first byte through the empty line; answers whether it is of HTTP/1.0.

    Raises HeadTooLarge, TargetTooLong, or Malformed for another version.
    """
    line_end = head.find(LINE)
    if len(head) > MAX_HEAD_BYTES:
        raise TargetTooLong if line_end > MAX_HEAD_BYTES else HeadTooLarge
    version = head[line_end - len(NEW) : line_end]
    if version not in (NEW, OLD):
        raise Malformed("The request is not one of HTTP/1.1.")
    return version == OLD


def check_fields(fields: list[tuple[bytes, bytes]], *, is_old: bool) -> int | None:
    """Answers the Content-Length, if there is one; names are in lower case, `is_old` is of HTTP/1.0.

    Raises HeadTooLarge for too many, Malformed for what is not one Host and one framing.
    """
    if len(fields) > MAX_FIELDS:
        raise HeadTooLarge
    judged = [field for field in fields if field[0] in JUDGED]
    hosts = [value for name, value in judged if name == b"host"]
    is_one = len(hosts) == 1 and HOST.match(hosts[0]) is not None
    if not is_one and (hosts or not is_old):
        raise Malformed("There is not exactly one valid Host.")
    if len(judged) == len(hosts):
        return None
    return _framing(dict(judged), is_old=is_old)


def _framing(judged: dict[bytes, bytes], *, is_old: bool) -> int | None:
    """A coding that is not undone here would reach the application (RFC 9112 §6.1)."""
    coding = judged.get(b"transfer-encoding")
    if coding is not None:
        if is_old or coding.lower() != b"chunked":
            raise Malformed("Send the body as it is, or chunked.")
        return None
    return int(judged[b"content-length"])


def check_upgrade(method: bytes, fields: Iterable[tuple[bytes, bytes]], *, is_old: bool) -> bool:
    """Whether a socket is asked for. Any other protocol is not spoken here (RFC 9110 §7.8). Raises Malformed."""
    if method == b"CONNECT":
        raise Malformed("This is no proxy.")
    if not any(name == b"upgrade" and WEBSOCKET in value.lower() for name, value in fields):
        return False
    if method != b"GET" or is_old:
        raise Malformed("A socket is opened by GET of HTTP/1.1.")  # RFC 6455 §4.2.1
    return True


def without_upgrade(head: bytes) -> bytes:
    """The same head without its `Upgrade`, which a server may ignore (RFC 9110 §7.8)."""
    return UPGRADE.sub(b"", head)


def written(target: bytes, fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """A GET as it was parsed, names in lower case, as ASGI has them."""
    lines = [b"%b: %b\r\n" % field for field in fields]
    return b"GET %b HTTP/1.1\r\n%b\r\n" % (target, b"".join(lines))
