"""uvicorn's WebSocket protocol with bounds (ACCEPTANCE D13): frames go to the parser one by one, while somebody waits for them.

Promises: the application is given a few messages at a time; nothing is read while the peer does not take what is written;
a violation is answered with its close code, without a traceback; a closing socket is gone within 5 s.
"""

from __future__ import annotations

import asyncio
import codecs
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, ClassVar, cast

from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
from uvicorn.config import Config
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState
from websockets.datastructures import Headers
from websockets.frames import Frame
from websockets.http11 import Response
from websockets.protocol import State
from websockets.server import ServerProtocol
from websockets.typing import StatusLike

from app.admission.tally import Refused, Tally
from app.guard.alarm import Alarm
from app.guard.frames import POLICY, FrameAccount, FrameLimits, LastFrame, Violation
from app.guard.problems import answer, parts
from app.guard.transport import GuardedTransport
from app.telemetry.correlation import trace_id_among
from generated.errors import (
    ApiError,
    CloseCode,
    Forbidden,
    HeadTooLarge,
    Internal,
    Malformed,
    TargetTooLong,
    Unavailable,
)

HANDSHAKE_S = 9.5
"""Until the application has answered; half a second less than promised."""
CLOSE_S = 3.5
"""For the answer to our Close (RFC 6455 §5.5.1), so that the connection is gone within 5 s."""
HEARTBEAT_S = 1.0
"""How often a peer that is not read is sent a Pong that nobody asked for (RFC 6455 §5.5.3): its FIN waits behind what we do not
read, but what is sent to one that has gone is answered by a reset."""
STRANGER_CLOSE_S = 0.3
"""How long an answer to our Close is waited for from who never authenticated: he has had his time (W09)."""
STRANGERS = frozenset({CloseCode.AUTH_TIMEOUT, CloseCode.INVALID_TOKEN})
PATIENCE_S = 1.0
FRAMES_PER_TURN = 64
"""Then the loop's others have their turn."""
AFTER_CLOSE_BYTES = 1 << 18
"""What may have been under way when we said Close."""
WHOLE_MESSAGES = (0x81, 0x82)
MESSAGES_AHEAD = 4
"""What the application is given before it has asked."""
ABNORMAL, INVALID_TEXT, KEEPALIVE_LOST = 1006, 1007, 1011
REFUSALS: dict[int, type[ApiError]] = {403: Forbidden, 414: TargetTooLong, 431: HeadTooLarge, 500: Internal}


class Server(ServerProtocol):
    """Refuses handshakes by problems, and hears a Close within a fragmented message."""

    def reject(self, status: StatusLike, text: str) -> Response:
        """What the websockets library refuses, as a problem: 400 for most, 403, 414, 431 and 500 as they are."""
        error = REFUSALS.get(int(status), Malformed)()
        fields, body = parts(error, trace_id_among(()))
        headers = Headers([(name.decode(), value.decode()) for name, value in fields])
        headers["Connection"] = "close"
        headers["Sec-WebSocket-Version"] = "13"  # RFC 6455 §4.4
        return Response(error.status, HTTPStatus(error.status).phrase, headers, body)

    def forget_fragments(self) -> None:
        """A control frame may stand between fragments, a Close too (RFC 6455 §5.4)."""
        self.current_size = None


class GuardedWebSocket(WebSocketsSansIOProtocol):
    """One per socket, made by `GuardedHttp` out of its connection; `on_lost` gives its place back. What it promises the
    application: a whole message each time, at most a few before it asks, and `websocket.disconnect` at the end."""

    limits: ClassVar[FrameLimits] = FrameLimits()
    """Of every socket; a test's subclass may have others."""
    _framing: ClassVar[LastFrame] = LastFrame()
    transport: GuardedTransport
    conn: Server

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self.conn.parser.close()  # uvicorn's, in whose place ours comes: it refers to itself, and would wait for the collector.
        self.conn = Server(max_size=config.ws_max_size, logger=self.logger)
        self.close_timeout = CLOSE_S
        self.on_lost: Callable[[], None] | None = None
        self._tally: Tally | None = getattr(self.app, "tally", None)
        self._alarm = Alarm(self.loop, self._out_of_time)
        self._frames = FrameAccount(self.limits)
        self._held = b""
        self._is_resting = False
        self._after_close = 0
        self._unsent_at_ping = 0
        self._texts: list[str] = []
        self._undecoded = b""

    # The connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        guarded = GuardedTransport(cast(asyncio.Transport, transport), self.loop, patience_s=PATIENCE_S)
        super().connection_made(guarded)
        self._alarm.within(HANDSHAKE_S)

    def connection_lost(self, exc: Exception | None) -> None:
        self._alarm.stop()
        self.transport.lost()
        self._held = b""
        if self.on_lost is not None:
            self.on_lost()
        super().connection_lost(exc)
        self.conn.parser.close()

    def pause_writing(self) -> None:
        super().pause_writing()
        self.transport.pause_reading()
        self.transport.watch()

    def resume_writing(self) -> None:
        super().resume_writing()
        self.transport.unwatch()
        self._advance()

    def shutdown(self) -> None:
        """Says 1012 to a socket that is open, 503 to a handshake that is not answered yet. Again it does nothing more."""
        if not self.handshake_complete:
            self._refuse_handshake(Unavailable())
            return
        self.transport.is_unread = True
        if self.conn.state is State.OPEN:
            super().shutdown()
        else:
            self.transport.close()

    def _out_of_time(self) -> None:
        if not self.handshake_complete:
            self._refuse_handshake(Unavailable())
        elif self._is_resting:
            self._beat()
        elif not self.transport.is_closing():
            self._fail(POLICY, "message not complete in time")

    # The handshake

    def feed_handshake(self, head: bytes) -> None:
        """Starts the application, or refuses what is no handshake."""
        self.conn.receive_data(head)
        self.handle_events()
        if not self.handshake_initiated:
            self._refuse_handshake(Malformed())
        elif self.close_sent:
            self._count_refusal()

    def start_keepalive(self) -> None:
        """Called when the socket is open; what came early waits until then. The heads of both sides were told: the library would keep them, and
        the credential that is among them, for as long as the socket lives."""
        super().start_keepalive()
        self.request.headers.clear()
        self.response.headers.clear()
        self._alarm.clear()
        self._advance()

    def _refuse_handshake(self, error: ApiError) -> None:
        """In the place of the application, if it runs."""
        self._count_refusal()
        self.handshake_complete = self.disconnected = True
        self.queue.put_nowait({"type": "websocket.disconnect", "code": ABNORMAL})
        self.transport.write(answer(error, trace_id_among(())))
        self.transport.leave()

    def _count_refusal(self) -> None:
        if self._tally is not None:
            self._tally.add(Refused.GUARD_HANDSHAKE)

    # Frames

    def data_received(self, data: bytes) -> None:
        """After our Close it counts what comes, and no longer reads beyond 256 KiB of it."""
        if self.transport.is_closing():
            self.transport.drop(len(data))
            return
        if self.close_sent and self._is_beyond_the_end(len(data)):
            return
        self._held = self._held + data if self._held else data
        self._advance()

    def _is_beyond_the_end(self, size: int) -> bool:
        """After our Close only the answer to it is of interest: a peer that goes on sending is not read until it is cut."""
        self._after_close += size
        if self._after_close <= AFTER_CLOSE_BYTES:
            return False
        self._held = b""
        self.transport.pause_reading()
        return True

    async def receive(self) -> ASGIReceiveEvent:
        """The application's; to ask is what lets the next frames in."""
        if self._held and self.queue.empty():
            self._advance()
        return await self.queue.get()

    def on_task_complete(self, task: asyncio.Task[None]) -> None:
        super().on_task_complete(task)
        close = self.conn.close_sent
        if self.close_timer is not None and close is not None and close.code in STRANGERS:
            self.close_timer.cancel()
            self.close_timer = self.loop.call_later(STRANGER_CLOSE_S, self.transport.close)
        if self._held:
            self._advance()

    def _advance(self) -> None:
        """Feeds one frame after the other; what is held keeps reading from going on."""
        if not self.handshake_complete:
            self.transport.pause_reading()
            return
        data, at, now, left = self._held, 0, self.loop.time(), FRAMES_PER_TURN
        try:
            while at < len(data) and left and not self._must_wait(data[at]):
                end = self._frames.step(data, at, now)
                if end == at:
                    break
                self._feed(data[at:end])
                at, left = end, left - 1
        except Violation as violation:
            self._fail(violation.code, violation.reason)
            return
        self._held = data[at:]
        if not left:
            self.loop.call_soon(self._advance)
        self._set_reading(is_resting=at < len(data) and (not left or self._must_wait(data[at])))

    def _must_wait(self, first: int) -> bool:
        """For the application to take what it was given, or the peer; nobody takes anything once the end was said.

        `first` begins the next frame: whatever could end the socket waits until each message before it was taken.
        """
        waiting = self.queue.qsize()
        if waiting and not self.close_sent and (waiting >= MESSAGES_AHEAD or first not in WHOLE_MESSAGES):
            return True
        return not self.writable.is_set() or self.transport.is_closing()

    def _set_reading(self, *, is_resting: bool) -> None:
        """A message's time runs only while it is read."""
        if is_resting or not self.writable.is_set():
            self.transport.pause_reading()
            if not self._is_resting:
                self._is_resting = True
                self._alarm.within(HEARTBEAT_S)
            return
        self.transport.resume_reading()
        if self._is_resting:
            self._is_resting = False
            self._alarm.clear()
        if not self._held and not self._frames.is_within_message:
            self._alarm.clear()
        elif not self._alarm.is_set:
            self._alarm.within(self.limits.message_s)

    def _beat(self) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        if self.writable.is_set():
            self.conn.send_pong(b"")
            self.transport.write(b"".join(self.conn.data_to_send()))
        self._alarm.within(HEARTBEAT_S)

    def _feed(self, piece: bytes) -> None:
        if self._frames.closes:
            self.conn.forget_fragments()
        self.conn.receive_data(piece)
        if self.conn.parser_exc is not None:
            self.handle_parser_exception()
        else:
            self.handle_events()

    # Messages

    def handle_text(self, event: Frame) -> None:
        self.curr_msg_data_type = "text"
        self._texts, self._undecoded = [], b""
        self._take_text(event)

    def handle_cont(self, event: Frame) -> None:
        if self.curr_msg_data_type == "text":
            self._take_text(event)
        else:
            super().handle_cont(event)

    def _take_text(self, fragment: Frame) -> None:
        """Text that cannot become valid is refused before it is whole (RFC 6455 §8.1)."""
        data = self._undecoded + fragment.data if self._undecoded else fragment.data
        try:
            text, end = codecs.utf_8_decode(data, "strict", fragment.fin)
        except UnicodeDecodeError:
            self._fail(INVALID_TEXT, "invalid UTF-8")
            return
        self._texts.append(text)
        if fragment.fin:
            self._offer({"type": "websocket.receive", "text": "".join(self._texts)})
        else:
            self._undecoded = bytes(data[end:])

    def send_receive_event_to_app(self) -> None:
        self._offer({"type": "websocket.receive", "bytes": b"".join(self.frames)})
        self.frames = []

    def _offer(self, message: ASGIReceiveEvent) -> None:
        if not self.close_sent:
            self.queue.put_nowait(message)

    async def send(self, message: ASGISendEvent) -> None:
        """The application's. To an open socket whose peer keeps up a message goes at once, as a frame that all who are sent it share."""
        if message["type"] != "websocket.send" or not self._takes_frames():
            await super().send(message)
            return
        data = message.get("bytes")
        payload = message.get("text") if data is None else data
        if payload is not None:
            self.transport.write(self._framing.of(payload))

    def _takes_frames(self) -> bool:
        return self.conn.state is State.OPEN and not self.disconnected and self.writable.is_set()

    # The end

    def send_keepalive_ping(self) -> None:
        super().send_keepalive_ping()
        self._unsent_at_ping = self.transport.unsent_bytes()

    def keepalive_timeout(self) -> None:
        """A pong is not late that waits behind messages which the application has yet to take; nor one whose ping does behind
        what the peer takes byte by byte. Whether it takes anything at all the transport watches, while we cannot write."""
        self.pong_timer = None
        self.pending_ping_payload = None
        is_taking = 0 < self.transport.unsent_bytes() < self._unsent_at_ping
        if self._held or is_taking or not self.writable.is_set():
            self.schedule_ping()
        elif not self.close_sent and not self.transport.is_closing():
            self._fail(KEEPALIVE_LOST, "keepalive ping timeout")

    def handle_parser_exception(self) -> None:
        """Says why, without a traceback: the peer's faults are not ours. The application hears that it is gone."""
        close = self.conn.close_sent
        code, reason = (close.code, close.reason) if close is not None else (ABNORMAL, "")
        self.queue.put_nowait({"type": "websocket.disconnect", "code": code, "reason": reason})
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = self.disconnected = True
        self._held = b""
        self.stop_keepalive()
        self._alarm.clear()
        self.transport.leave()

    def _fail(self, code: int, reason: str) -> None:
        self.conn.fail(code, reason)
        self.handle_parser_exception()
