"""Rules over the head of a request: its sizes, its Host, what it asks to upgrade to; framing is the parser's.

Works on the bytes before the parser sees them. Promises: a head that passes has one Host (RFC 9112 §3.2), is of HTTP/1.1
or 1.0, and asks for an upgrade only if a socket can come of it.
"""

from __future__ import annotations

import re

from generated.errors import HeadTooLarge, Malformed, TargetTooLong

MAX_HEAD_BYTES = 16_384
MAX_FIELDS = 100
LINE = b"\r\n"
END = b"\r\n\r\n"
VERSIONS = (b" HTTP/1.1", b" HTTP/1.0")
HOST = re.compile(
    rb"\r\nhost:[ \t]*(?:[a-z0-9._~%!$&'()*+,;=-]+|\[[0-9a-f:.]+\])(?::[0-9]*)?[ \t]*\r\n"
)  # RFC 9110 §7.2: uri-host [":" port], in lower case
UPGRADE = re.compile(rb"\r\nupgrade:[^\r]*", re.IGNORECASE)
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n")
WEBSOCKET = b"websocket"


def check_unfinished(start: bytes) -> None:
    """What has come of a head that is not whole."""
    if len(start) > MAX_HEAD_BYTES:
        raise HeadTooLarge if LINE in start[:MAX_HEAD_BYTES] else TargetTooLong
    if start.count(LINE) > MAX_FIELDS + 1:
        raise HeadTooLarge


def admit(head: bytes) -> bytes:
    """The whole head, from its first byte through the empty line, as the parser may read it.

    Raises HeadTooLarge, TargetTooLong or Malformed.
    """
    line_end = head.find(LINE)
    if len(head) > MAX_HEAD_BYTES:
        raise TargetTooLong if line_end > MAX_HEAD_BYTES else HeadTooLarge
    if head.count(LINE) > MAX_FIELDS + 2:
        raise HeadTooLarge
    version = head[line_end - 9 : line_end]
    if version not in VERSIONS:
        raise Malformed("The request is not one of HTTP/1.1.")
    lowered = head.lower()
    hosts = lowered.count(b"\r\nhost:")
    if (hosts != 1 or HOST.search(lowered) is None) and (hosts or version == VERSIONS[0]):
        raise Malformed("There is not exactly one valid Host.")
    if b"\r\ntransfer-encoding:" in lowered and (version != VERSIONS[0] or CHUNKED.search(lowered) is None):
        raise Malformed("Send the body as it is, or chunked.")
    if head.startswith(b"CONNECT "):
        raise Malformed("This is no proxy.")
    return _without_idle_upgrade(head, version) if b"\r\nupgrade:" in lowered else head


def content_length(head: bytes) -> int | None:
    """What is declared; None where the body is chunked, or where there is none."""
    found = CONTENT_LENGTH.search(head)
    return int(found[1]) if found else None


def _without_idle_upgrade(head: bytes, version: bytes) -> bytes:
    """Any other protocol than WebSocket is not spoken here, and its field is as absent (RFC 9110 §7.8)."""
    if not any(WEBSOCKET in asked.lower() for asked in UPGRADE.findall(head)):
        return UPGRADE.sub(b"", head)
    if not head.startswith(b"GET ") or version != VERSIONS[0]:
        raise Malformed("A socket is opened by GET of HTTP/1.1.")  # RFC 6455 §4.2.1
    return head
