"""uvicorn's HTTP protocol with bounds (ACCEPTANCE D13): one head and one body after the other, each within its size and time.

Promises: heads are judged whole, before they are parsed; a request that stands behind another is not read before that one is
answered; fields after the body reach nobody; a body that nobody reads ends the connection, after the answer was heard.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from functools import partial
from typing import Any

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.utils import get_remote_addr
from uvicorn.server import ServerState

from app.admission.gate import Gate
from app.admission.tally import Refused, Tally
from app.execution.address import client_ip, limit_key
from app.guard import head as heads
from app.guard.alarm import Alarm
from app.guard.body import BODY_CHECK_S, BODY_S, Body, Overrun
from app.guard.flow import Flow
from app.guard.hosts import TrustedHosts
from app.guard.places import Places, places_in
from app.guard.problems import Field, answer
from app.guard.transport import GuardedTransport
from app.guard.turning_away import FULL_RETRY_S, MAX_UNREAD_BODY, Known, TurningAway
from app.guard.websocket_protocol import GuardedWebSocket
from app.telemetry.correlation import trace_id_among, trace_said_among
from generated.errors import ApiError, Malformed, RequestTimeout, Unavailable

HEAD_S = 9.5
"""Half a second less than the 10 s that are promised, which hold under load too."""
PATIENCE_S = 10.0
"""How long a connection that is being closed may take nothing of its answer."""


class GuardedHttp(HttpToolsProtocol):
    """One per connection, made by uvicorn. `gate`, `tally`, `hosts`, `places` and `trusted_proxies` are the application's, if it has
    them: without a gate everything is let in, without a tally nothing is counted, without places the worker's own are made, without
    trusted proxies the peer is the caller. A request that is refused here makes no task and reaches no application."""

    transport: GuardedTransport
    flow: Flow
    ws_protocol_class: type[GuardedWebSocket] | None
    _address, _has_place = "", False
    _held = b""
    _passes_over = 0  # Of a body that nobody reads: what is still to come.
    # Of the request that is read now:
    _is_in_head = True
    _is_old = _is_socket = _is_given = _is_whole = _keeps_alive = False
    _caller_address = ""
    _declared: int | None = None
    _retry_after_s: int | None = None
    _body: Body | None = None

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, app_state, _loop)
        self._alarm = Alarm(self.loop, self._out_of_time)
        self._places: Places = getattr(self.app, "places", None) or places_in(app_state)
        self._gate: Gate | None = getattr(self.app, "gate", None)
        self._trusted_proxies: int = getattr(self.app, "trusted_proxies", 0)
        self._tally: Tally | None = getattr(self.app, "tally", None)
        self._hosts: TrustedHosts | None = getattr(self.app, "hosts", None)
        self._turning_away: TurningAway = getattr(server_state, "turning_away", None) or TurningAway()

    # The connection

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        """Takes a place, or answers 503 and ends the connection."""
        guarded = GuardedTransport(transport, self.loop, patience_s=PATIENCE_S)
        address, _ = get_remote_addr(transport) or ("", 0)
        if not self._places.take(address):
            self.transport = guarded
            self._count(Refused.PLACES_FULL if self._places.is_full else Refused.PLACES_ADDRESS)
            guarded.write(answer(Unavailable(retry_after_s=FULL_RETRY_S), trace_id_among(())))
            guarded.close()
            return
        self._address, self._has_place = address, True
        super().connection_made(guarded)
        self.flow = Flow(guarded, self.read_on)
        self._alarm.within(HEAD_S)

    def connection_lost(self, exc: Exception | None) -> None:
        """Gives the place back, however the connection ended."""
        self.transport.lost()
        self._held = b""
        if self._has_place:
            self._places.give_back(self._address)
        super().connection_lost(exc)
        if self._body is not None:
            self._hide_allowance()
        self._let_go()

    def _let_go(self) -> None:
        """Of all that refers to this: else it would stay until the collector goes through everything that lives."""
        self._alarm.stop()
        self.cycle = self.parser = None  # type: ignore[assignment]  # neither is asked for any more
        if self._has_place:
            self.flow.end()

    def data_received(self, data: bytes) -> None:
        """What cannot be worked on yet is held, and reading rests until it can."""
        if self.transport.is_closing():
            self.transport.drop(len(data))
            return
        if self._held:
            data, self._held = self._held + data, b""
        self._advance(data)

    def expect_end(self) -> None:
        """The answer that is under way is the last one, as those are that begin later; a connection without a request stays."""
        self._keeps_alive = False
        if self._is_answering():
            self.cycle.keep_alive = False

    def shutdown(self) -> None:
        """The request that is being answered is the last one; a connection without one ends."""
        self._keeps_alive = False
        super().shutdown()

    @property
    def _is_last(self) -> bool:
        return getattr(self.server_state, "is_ending", False)

    def read_on(self) -> None:
        """Somebody is ready for more: for what is held, then for what comes."""
        if self._held:
            held, self._held = self._held, b""
            self._advance(held)
        if not self.flow.must_rest and not (self._held and self._is_answering()):
            self.transport.resume_reading()

    def _advance(self, data: bytes) -> None:
        """One head or piece of a body after the other, while somebody waits for it; the rest is held, and reading rests."""
        while data and not self.transport.is_closing():
            if size := min(self._passes_over, len(data)):
                self._passes_over, data = self._passes_over - size, data[size:]
                continue
            if self.flow.must_rest or (self._body is None and self._is_answering()):
                self.transport.pause_reading()
                break
            if self._body is not None:
                data = self._feed_body(self._body, data)
                continue
            data = data.lstrip(heads.LINE)  # RFC 9112 §2.2
            end = data.find(heads.END) + len(heads.END)
            if end < len(heads.END):
                self._await_head(data)
                break
            head, behind = data[:end], data[end:]
            data = behind if self._turns_away_again(head) else self._feed_head(head, behind)
        self._held = data
        self.transport.is_unread = bool(data) or self._body is not None or self._passes_over > 0

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _out_of_time(self) -> None:
        if self.transport.is_closing():
            return
        if self._body is not None:
            self._check_pace(self._body)
        elif self._held:
            self._refuse(RequestTimeout())
        else:
            self.transport.close()

    def _refuse(self, error: ApiError, fields: Iterable[Field] = ()) -> None:
        """Answers in the place of the application, which hears that its caller is gone, and ends the connection."""
        is_late = isinstance(error, RequestTimeout)
        self._count(Refused.GUARD_TIME if is_late else Refused.GUARD_HEAD if self._body is None else Refused.GUARD_BODY)
        is_begun = self._is_answering() and self.cycle.response_started
        if self._is_answering():
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        if not is_begun:
            defaults = self.server_state.default_headers
            self.transport.write(answer(error, trace_id_among(fields), server_fields=defaults))
        self.transport.leave()

    def _count(self, refused: Refused) -> None:
        if self._tally is not None:
            self._tally.add(refused)

    # Heads

    def _await_head(self, start: bytes) -> None:
        try:
            heads.check_unfinished(start)
        except ApiError as error:
            self._refuse(error)
            return
        if start and not self._is_in_head:
            self._is_in_head = True
            self._alarm.within(HEAD_S)

    def _feed_head(self, head: bytes, behind: bytes) -> bytes:
        """What is still to be read here of what stands behind the head."""
        self._is_in_head = self._is_whole = self._is_given = False
        self._alarm.clear()
        try:
            self._is_old = heads.check_size(head)
            self.parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            return self._upgrade(head, behind)
        except ApiError as error:
            self._refuse(error)
        except httptools.HttpParserError as error:
            cause = error.__context__
            self._refuse(cause if isinstance(cause, ApiError) else Malformed())
        else:
            if not self._is_given:
                self._turn_away(head)
            elif not self._is_whole:
                self._begin_body()
        return behind

    def on_message_begin(self) -> None:
        if self._body is not None:
            raise Overrun
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Fields that come later, as trailers, go to a list that nobody reads (RFC 9110 §6.5.1)."""
        self._declared = heads.check_fields(self.headers, is_old=self._is_old)
        if self._hosts is not None:
            self._hosts.check(self.headers, self.url)
        if self.parser.should_upgrade():
            self._is_socket = heads.check_upgrade(self.parser.get_method(), self.headers, is_old=self._is_old)
            if not self._is_socket:
                return
        self.scope["arrived_at"] = time.monotonic()  # type: ignore[typeddict-unknown-key]  # ours, for the deadline
        self._retry_after_s = self._gate_refuses()
        if self._retry_after_s is None:
            super().on_headers_complete()
            self._is_given = True
            if self._is_last:
                self.expect_end()
        else:
            self._keeps_alive = not self._is_old and not self._is_last and self.parser.should_keep_alive()
        self.headers = []

    def _should_upgrade(self) -> bool:
        """Asked where the parser found an upgrade; others than ours have been left out by then."""
        return True

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """As uvicorn's, with the gate told of the beginning and the end."""
        task = self.loop.create_task(cycle.run_asgi(app))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        if self._gate is not None:
            arrival = self._gate.arrived(self._caller_address)
            cycle.scope["arrival"] = arrival  # type: ignore[typeddict-unknown-key]  # ours, for the pipeline
            task.add_done_callback(arrival.answered)

    def _gate_refuses(self) -> int | None:
        """Seconds after which to come again, if the application's `gate` has no room: no task is made then."""
        if self._gate is None:
            return None
        self._caller_address = limit_key(client_ip(self.scope, self._trusted_proxies))
        return self._gate.refuses(self.url.partition(b"?")[0], self.parser.get_method(), self._caller_address)

    def _turn_away(self, head: bytes) -> None:
        """A short body whose length is known is passed over; else the connection ends with the answer, as one does that still asks whether to send."""
        body_bytes = 0 if self._is_whole else self._declared or MAX_UNREAD_BODY + 1
        is_last = not self._keeps_alive or body_bytes > MAX_UNREAD_BODY or (body_bytes > 0 and self.expect_100_continue)
        path, said = self.url.partition(b"?")[0], trace_said_among(self.scope["headers"])
        known = Known(path, self.parser.get_method(), self._caller_address, said, body_bytes)
        self._say_full(known, self._retry_after_s or FULL_RETRY_S, is_last=is_last)
        if not is_last:
            self._turning_away.remember(self._address, head, known)
        if body_bytes:
            self.parser = httptools.HttpRequestParser(self)

    def _turns_away_again(self, head: bytes) -> bool:
        """The same bytes are judged as they were; whether there is room now is asked each time."""
        again = None if self._is_last else self._turning_away.again(self._gate, self._address, head)
        if again is None:
            return False
        self._is_in_head = False
        self._say_full(*again, is_last=False)
        return True

    def _say_full(self, known: Known, retry_after_s: int, *, is_last: bool) -> None:
        fields = self.server_state.default_headers
        self.transport.write(self._turning_away.answer(known, retry_after_s, server_fields=fields, is_last=is_last))
        if is_last:
            self.transport.leave()
        else:
            self._passes_over = known.body_bytes
            self._alarm.within(self.timeout_keep_alive)

    def _upgrade(self, head: bytes, behind: bytes) -> bytes:
        """A parser that has seen an upgrade reads no more; without the field the request is as any other."""
        if not self._is_socket:
            self.parser = httptools.HttpRequestParser(self)
            return self._feed_head(heads.without_upgrade(head), behind)
        if not self._is_given:
            self._keeps_alive = False
            self._turn_away(head)
        else:
            self._become_socket(behind)
        return b""

    def _become_socket(self, behind: bytes) -> None:
        """The connection goes on with another protocol; its place goes with it."""
        assert self.ws_protocol_class is not None
        self.connections.discard(self)
        protocol = self.ws_protocol_class(config=self.config, server_state=self.server_state, app_state=self.app_state)
        protocol.on_lost = partial(self._places.give_back, self._address)
        connection = self.transport.server_side
        protocol.connection_made(connection)
        protocol.feed_handshake(heads.written(self.url, self.scope["headers"]))
        if behind:
            protocol.data_received(behind)
        connection.set_protocol(protocol)
        self._let_go()

    # Bodies

    def _begin_body(self) -> None:
        """An answer that begins before the body is whole says that it is the last one."""
        self._body = Body(self._declared, self.loop.time() + BODY_S)
        self.scope["allow_body"] = self._allow_body  # type: ignore[typeddict-unknown-key]  # ours, for bodies that are streams
        self._keeps_alive, self.cycle.keep_alive = self.cycle.keep_alive, False
        self._alarm.within(BODY_CHECK_S)

    def _allow_body(self, max_bytes: int) -> None:
        """For the request that is being answered: there is no other before that."""
        if self._body is not None:
            self._body.allow(max_bytes, self.loop.time())

    def _hide_allowance(self) -> None:
        """It holds the connection, which the scope would hold with it."""
        self.scope.pop("allow_body", None)  # type: ignore[typeddict-item]  # ours, as where it is set

    def _feed_body(self, body: Body, data: bytes) -> bytes:
        size = body.cut(len(data))
        try:
            self.parser.feed_data(data[:size])
            body.count(size, len(self.headers))
        except ApiError as error:
            self._refuse(error, self.scope["headers"])
        except httptools.HttpParserError as error:
            if not isinstance(error.__context__, Overrun):
                self._refuse(Malformed(), self.scope["headers"])
            else:
                self._end_body(keeps_alive=False)
        else:
            if self._is_whole:
                self._end_body(keeps_alive=self._keeps_alive)
        return data[size:]

    def _end_body(self, *, keeps_alive: bool) -> None:
        self._body = None
        self._hide_allowance()
        self._alarm.clear()
        if not self.cycle.response_started:
            self.cycle.keep_alive = keeps_alive

    def on_body(self, body: bytes) -> None:
        if self._body is not None:
            self._body.payload += len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_whole = True
        if self._is_given:
            super().on_message_complete()

    def _check_pace(self, body: Body) -> None:
        left_s = body.ends_at - self.loop.time()
        if left_s > 0 and (self.flow.read_paused or body.is_fast_enough()):
            self._alarm.within(min(BODY_CHECK_S, left_s))
        else:
            self._refuse(RequestTimeout(), self.scope["headers"])

    # Answers

    def on_response_complete(self) -> None:
        """Instead of uvicorn's, which sets and cancels a timer for every request."""
        self.server_state.total_requests += 1
        if not self.transport.is_closing():
            self._alarm.within(self.timeout_keep_alive)
            self.flow.read_paused = False
            self.read_on()
