"""When an HTTP connection is read: not while its application is behind, and not while its peer does not take what is written.

Promises: while more than the transport's high-water mark (64 KiB) waits beyond what the kernel takes, nothing is read and no request
begins that has come already. So what waits for a peer that reads nothing is what the kernel holds and one answer.
"""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override
from uvicorn.protocols.http.flow_control import FlowControl

from app.guard.transport import GuardedTransport

MIN_TAKEN_BYTES = 32_768
"""Of an answer, in 30 s: a peer that takes it more slowly holds its place for nothing, as with a body."""


class Flow(FlowControl):
    """`read_on` is called when somebody is ready for more."""

    def __init__(self, transport: GuardedTransport, read_on: Callable[[], None]) -> None:
        super().__init__(transport)
        self._guarded = transport
        self._read_on = read_on

    def end(self) -> None:
        """The connection is gone, and is not kept alive by who still answers it."""
        self._read_on = lambda: None

    @property
    def must_rest(self) -> bool:
        """Whether nothing may be read now."""
        return self.read_paused or self.write_paused

    @override
    def resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self._read_on()

    @override
    def pause_writing(self) -> None:
        """Nothing more of the peer is read, and after 30 s in which it took less than 32 KiB the connection is cut."""
        super().pause_writing()
        self._guarded.pause_reading()
        self._guarded.watch(MIN_TAKEN_BYTES)

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._guarded.unwatch()
        self._read_on()
