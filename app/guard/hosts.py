"""The names by which a node may be asked. A `Host` of somebody else's is how a page reaches a node that is not meant for it, and
how a link in an answer or a cache is made to lead elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generated.errors import Malformed

PORT = re.compile(rb":[0-9]*\Z")
MAX_KNOWN = 1024
"""Spellings that passed and are remembered, with their ports."""


class TrustedHosts:
    """`names` in lower case without ports; `*.example.com` is every name below. Ports do not count. `open_paths` are asked by any
    name: probes come by the address of a node."""

    def __init__(self, names: Iterable[str], open_paths: Iterable[bytes]) -> None:
        self._names = frozenset(name.encode() for name in names if not name.startswith("*."))
        self._below = tuple(name[1:].encode() for name in names if name.startswith("*."))
        self._open_paths = frozenset(open_paths)
        self._known: set[bytes] = set()

    def check(self, fields: Iterable[tuple[bytes, bytes]], target: bytes) -> None:
        """The head has at most one Host, which is well formed. Raises Malformed."""
        host = b""
        for name, value in fields:
            if name == b"host":
                host = value
                break
        if host in self._known or target.partition(b"?")[0] in self._open_paths:
            return
        if not self._trusts(host):
            raise Malformed("This host is not served here.")
        if len(self._known) < MAX_KNOWN:
            self._known.add(host)

    def _trusts(self, host: bytes) -> bool:
        name = PORT.sub(b"", host).lower()
        return name in self._names or (bool(self._below) and name.endswith(self._below))
