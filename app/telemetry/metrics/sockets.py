"""Sockets: how many, how they end, what goes through them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.telemetry.metrics.catalogue import FORMAT, Catalogue
from app.telemetry.metrics.family import Words
from app.telemetry.metrics.registry import Registry, Vocabulary

CLOSE_CODES = (1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012)
OTHER = "other"


class Traffic:
    """What all sockets of one format have carried; whoever sends or receives a frame adds to it."""

    __slots__ = ("bytes_in", "bytes_out", "frames_in", "frames_out", "slow_consumers")

    def __init__(self) -> None:
        self.frames_in = self.frames_out = self.bytes_in = self.bytes_out = self.slow_consumers = 0


class SocketMetrics:
    """Each opened socket is closed once."""

    def __init__(self, registry: Registry, vocabulary: Vocabulary, close_codes: Iterable[int]) -> None:
        self._registry = registry
        self._vocabulary = vocabulary
        self.traffic: Mapping[str, Traffic] = {str(one): Traffic() for one in FORMAT.values}
        self._open = registry.count(Catalogue.SOCKETS)
        self._opened = {one: registry.count(Catalogue.SOCKETS_OPENED, one) for one in self.traffic}
        codes = sorted({*CLOSE_CODES, *close_codes})
        self._closed = {code: registry.count(Catalogue.SOCKETS_CLOSED, str(code)) for code in codes}
        self._closed_other = registry.count(Catalogue.SOCKETS_CLOSED, OTHER)
        registry.read(Catalogue.SOCKET_FRAMES, lambda: self._carried("frames_in", "frames_out"))
        registry.read(Catalogue.SOCKET_BYTES, lambda: self._carried("bytes_in", "bytes_out"))
        registry.read(
            Catalogue.SLOW_CONSUMERS, lambda: {(name,): one.slow_consumers for name, one in self.traffic.items()}
        )

    @property
    def open(self) -> int:
        """Now."""
        return int(self._open.value)

    def socket_opened(self, format: str) -> None:
        self._open.value += 1
        self._opened[format].value += 1

    def socket_closed(self, code: int) -> None:
        """Once for each `socket_opened`; codes that are neither the contract's nor of CLOSE_CODES count as `other`."""
        self._open.value -= 1
        self._closed.get(code, self._closed_other).value += 1

    def handshake_refused(self, reason: Any, code: str) -> None:
        """By the credential's reason where there is one, else by the error's code."""
        known = reason if isinstance(reason, str) and self._vocabulary.knows(Words.REFUSALS, reason) else code
        self._registry.count(Catalogue.SOCKET_HANDSHAKES_REFUSED, str(known)).value += 1

    def _carried(self, into: str, out: str) -> dict[tuple[str, ...], float]:
        return {
            (name, direction): getattr(one, attribute)
            for name, one in self.traffic.items()
            for direction, attribute in (("in", into), ("out", out))
        }
