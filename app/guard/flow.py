"""When an HTTP connection is read: not while its application is behind, and not while its peer does not take what is written."""

from __future__ import annotations

from collections.abc import Callable

from typing_extensions import override
from uvicorn.protocols.http.flow_control import FlowControl

from app.guard.transport import GuardedTransport


class Flow(FlowControl):
    """`read_on` is called when somebody is ready for more."""

    def __init__(self, transport: GuardedTransport, read_on: Callable[[], None]) -> None:
        super().__init__(transport)
        self._guarded = transport
        self._read_on = read_on

    @override
    def resume_reading(self) -> None:
        if self.read_paused:
            self.read_paused = False
            self._read_on()

    @override
    def pause_writing(self) -> None:
        """The peer takes nothing: then nothing more of it is read, and after 30 s without a byte taken the connection
        is cut."""
        super().pause_writing()
        self._guarded.pause_reading()
        self._guarded.watch()

    @override
    def resume_writing(self) -> None:
        super().resume_writing()
        self._guarded.unwatch()
        self._read_on()
