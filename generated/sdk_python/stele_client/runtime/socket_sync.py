"""The socket door of the blocking client: no thread of ours; of the callers that wait, one reads for all.

With nobody waiting nothing is read: events wait, and a token is renewed at the next call. A connection that ended
meanwhile is dialled again then; one whose server announced its end is replaced by a call, and ends with the last that waits on it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar, cast

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from .call import Call
from .codec import Authenticated, BadFrame, Draining, Expiring, Missed, Presence, Reply, TopicsChanged
from .errors import ApiError, AuthenticationLost, ClientError, ConnectionLost
from .followers import Followers
from .handshake import handshake
from .line_sync import Line, Slot
from .operation import Contract
from .options import Options
from .retry import AttemptFailed, Deadline, Outcome
from .session import (
    CONTROL_S,
    MAX_IN_FLIGHT,
    STABLE_S,
    Action,
    Answered,
    ControlRefused,
    Ending,
    Pushed,
    Session,
    after_close,
    after_refusal,
    reconnect_s,
    unwanted,
)
from .socket_items_sync import SocketItems
from .tokens_sync import Tokens

T = TypeVar("T")
ABNORMAL = 1006
UNREADABLE = 3002


class SocketDoor:
    def __init__(
        self,
        contract: Contract,
        session: Session,
        options: Options,
        tokens: Tokens,
        on_contract: Callable[[str], None],
    ) -> None:
        self._contract = contract
        self._options = options
        self._addresses = options.addresses
        self._session = session
        self._hooks = options.hooks
        self._tokens = tokens
        self._on_contract = on_contract
        self._line: Line | None = None
        self._former: list[Line] = []
        """Those on which somebody may still wait."""
        self._dialling = threading.Lock()
        self._room = threading.BoundedSemaphore(MAX_IN_FLIGHT)
        self._count = self._failures = 0
        self._next_dial = 0.0
        self._is_renewed = self._is_expiring = False
        self.followers = Followers(session.codec, options.hooks)
        self.token: str | None = None
        """The one that the connection was opened with, or has been given since."""
        self.stopped: ClientError | None = None
        """Why the socket is not opened again, until it is reset."""

    @property
    def is_open(self) -> bool:
        return self._line is not None and self._line.is_open

    def start(self) -> None:
        """Dial, unless somebody does, or a pause holds after a failure."""
        self._notice()
        is_wanted = not self.is_open and self.stopped is None and time.monotonic() >= self._next_dial
        if is_wanted and self._dialling.acquire(blocking=False):
            try:
                self._dial()
            finally:
                self._dialling.release()

    def opened(self, within_s: float) -> bool:
        """Whether the socket is open, now or within the time; at once False when it was stopped."""
        deadline = Deadline(within_s)
        while not self.is_open and self.stopped is None and deadline.left_s > 0:
            self.start()
            if not self.is_open and self.stopped is None:
                time.sleep(min(deadline.left_s, max(0.01, self._next_dial - time.monotonic())))
        return self.is_open

    def close(self, reason: ClientError) -> None:
        """Ends the connection, also one that is just being dialled; `stopped` is the reason."""
        self.stopped = reason
        lines, self._line = [*self._former, *([self._line] if self._line is not None else [])], None
        for line in lines:
            line.connection.close()
            line.lose(reason.message)
        self.followers.end(None)

    # Calls

    def attempt(self, call: Call[T], token: str | None) -> T:
        """The typed result; raises AttemptFailed. `token` is the connection's affair."""
        if not self._room.acquire(timeout=call.deadline.left_s):
            raise AttemptFailed(Outcome.NOT_SENT, call.deadline.exceeded(call.request_id))
        try:
            self._catch_up()
            if self._is_expiring:
                self._renew()
            line, slot = self._place(call)
            if call.operation.is_stream:
                return cast(T, self._begin(call, line, slot))
            reply = self._exchange(call, line, slot)
        except BaseException:
            self._room.release()
            raise
        self._room.release()
        return self._session.result(call, reply)

    def _place(self, call: Call[Any]) -> tuple[Line, Slot]:
        """Where it can be sent now; what is in flight is not sent twice. To be followed by `_exchange`."""
        line, slot, request_id = self._line, Slot(), call.request_id
        is_free = line is not None and line.is_open and request_id not in line.streams
        if line is None or not is_free or line.slots.setdefault(request_id, slot) is not slot:
            self._notice()
            raise AttemptFailed(Outcome.NOT_SENT, ConnectionLost("the socket is not open", request_id))
        return line, slot

    def _begin(self, call: Call[Any], line: Line, slot: Slot) -> SocketItems:
        """An open stream, which gives its room back when it is closed."""
        items = line.streams[call.request_id] = SocketItems(call, self._session, line, self._release)
        try:
            first = self._exchange(call, line, slot)
            self._session.begun(call, first)
        except BaseException:
            line.forget(call.request_id)
            raise
        items.offer_first(first)
        return items

    def _release(self, line: Line, request_id: str) -> None:
        if line.forget(request_id):
            self._room.release()

    def _exchange(self, call: Call[Any], line: Line, slot: Slot) -> Reply:
        try:
            frame = self._session.codec.request(call.operation, call.values, call.request_id, call.meta)
            line.connection.send(frame)
            line.wait(slot, call.deadline)
        except ConnectionClosed as error:
            self._notice()
            raise AttemptFailed(Outcome.LOST, ConnectionLost(str(error), call.request_id)) from error
        except TimeoutError:
            line.send(self._session.codec.cancel(call.request_id))
            raise AttemptFailed(Outcome.LOST, call.deadline.exceeded(call.request_id)) from None
        finally:
            line.slots.pop(call.request_id, None)
            line.end_if_quiet()
        if slot.reply is None:
            message = slot.error.message if slot.error is not None else "the socket was closed"
            raise AttemptFailed(Outcome.LOST, ConnectionLost(message, call.request_id))
        return slot.reply

    def _catch_up(self) -> None:
        """Hears what came while nobody read; where the server has announced its end, the next connection is opened."""
        line = self._line
        if line is not None:
            line.hear()
        if line is not None and line.is_due and self._dialling.acquire(blocking=False):
            try:
                self._move(line)
            finally:
                self._dialling.release()

    def _move(self, line: Line) -> None:
        """Where it does not succeed the next call after the pause tries again."""
        if self._line is line:
            self._addresses.leave(line.address)
            self._dial()
            if self._line is line:
                line.moves_at = self._next_dial
            else:
                self._former = [line, *(one for one in self._former if one.is_open)]
                line.retire()

    def _read_until(self, line: Line, is_done: Callable[[], bool], within_s: float) -> bool:
        """Whether the connection is still alive."""
        deadline = Deadline(within_s)
        while not is_done():
            try:
                message = line.connection.recv(timeout=deadline.left_s)
                for action in self._session.feed(message, line.connection.subprotocol):
                    self._act(line, action)
            except TimeoutError:
                return True
            except ConnectionClosed:
                self._forget(line)
                return False
            except BadFrame:
                line.connection.close(UNREADABLE)
                self._forget(line)
                return False
            if within_s and deadline.left_s <= 0:
                return True
        return True

    def _forget(self, line: Line) -> None:
        """It has ended, be it the door's or one whose place another has taken."""
        self._notice()
        line.lose("the socket was closed")

    def wait_for_event(self, slot: Slot, within_s: float) -> None:
        """Reads for all until the slot is settled, or the time is over, or the connection."""
        self._notice()
        if not self.opened(within_s):
            return
        line = self._line
        if line is not None and not line.follows:
            self._follow_again(line)
            line = self._line
        if line is not None:
            line.event_slots.append(slot)
            try:
                line.wait(slot, Deadline(within_s))
            except TimeoutError:
                return
            finally:
                line.event_slots.remove(slot)

    # The credential

    def present(self, token: str | None) -> None:
        """The token in band, unless the connection has it; a server that does not take it within 5 s is left."""
        if not self.is_open or token is None or token == self.token:
            return
        try:
            self._control(Authenticated, self._session.codec.authenticate(token))
            self.token = token
        except ClientError:
            if (line := self._line) is not None:
                line.connection.close()

    def _renew(self) -> None:
        self._is_expiring = False
        with suppress(ClientError):  # the connection ends with its token
            self._tokens.renew(self.token)
            self.present(self._tokens.get())

    def _control(self, answer: type[Authenticated | TopicsChanged], frame: str | bytes) -> None:
        """Waits for the answer, which has no id in JSON: answers come in the order of their frames."""
        line, slot = self._line, Slot(answer)
        if line is None:
            return
        line.controls.append(slot)
        line.send(frame)
        try:
            line.wait(slot, Deadline(CONTROL_S))
        except TimeoutError:
            raise ClientError("the server does not answer a control frame") from None
        if slot.error is not None:
            raise slot.error

    # Topics

    def follow(self, topics: list[str]) -> None:
        """Raises what the server refuses with; a connection that is lost meanwhile follows when it is back."""
        line = self._line
        if line is not None and line.is_open:
            wanted = topics if line.follows else sorted({*topics, *self.followers.topics})
            with suppress(ConnectionLost):
                for frame in self.followers.subscriptions(wanted, line):
                    self._control(TopicsChanged, frame)
                line.follows = True

    def leave(self, topics: list[str]) -> None:
        if self.is_open:
            with suppress(ClientError):
                self._control(TopicsChanged, self._session.codec.unsubscribe(topics))

    def _follow_again(self, line: Line) -> None:
        """What the server cannot do for now is asked for again over the next connection."""
        try:
            self.follow(self.followers.topics)
        except ClientError as error:
            if isinstance(error, ApiError) and error.retryable:
                line.connection.close()
            else:
                self.followers.end(error)

    # The connection's life

    def _dial(self) -> None:
        address = self._addresses.current
        try:
            self.token = self._tokens.get()
            connection = self._connect(address, self.token)
        except InvalidStatus as error:
            status = error.response.status_code
            self._end(after_refusal(status, renewed=self._is_renewed), status, address)
        except (OSError, InvalidHandshake, TimeoutError):
            self._end(Ending.RECONNECT, ABNORMAL, address)
        else:
            self._count += 1
            self._line = Line(connection, address, self._read_until)
            if self.stopped is not None:
                self._line = None
                connection.close()
                return
            response = connection.response
            self._on_contract(response.headers.get("stele-contract", "") if response is not None else "")
            if self._hooks.on_connect is not None:
                self._hooks.on_connect(self._count)

    def _connect(self, address: str, token: str | None) -> ClientConnection:
        url = address.replace("http", "ws", 1) + self._contract.address
        opened: Any = connect(url, **handshake(self._contract, self._options, token), legacy=True)
        connection: ClientConnection = opened
        return connection

    def _notice(self) -> None:
        """The connection has ended: who waits hears of it, and what its code asks for is prepared."""
        line = self._line
        if line is None or line.is_open:
            return
        self._line = None
        told = line.connection.protocol.close_rcvd
        code = told.code if told is not None else ABNORMAL
        if time.monotonic() - line.opened_at >= STABLE_S:
            self._failures, self._is_renewed = 0, False
        line.lose(f"the socket was closed ({code})")
        self._end(after_close(code, renewed=self._is_renewed), code, line.address)
        if line.moves_at is not None:
            self._next_dial = line.moves_at

    def _end(self, ending: Ending, code: int, address: str) -> None:
        pause_s = reconnect_s(self._failures)
        self._failures += 1
        self._next_dial = time.monotonic() + pause_s
        if ending is Ending.RECONNECT:
            self._addresses.leave(address)
        elif ending is Ending.RENEW:
            self._renew_after_close()
        elif ending is Ending.STOP:
            self.stopped = unwanted(code)
        if self.stopped is not None:
            self.followers.end(self.stopped)
        if self._hooks.on_disconnect is not None:
            self._hooks.on_disconnect(code, pause_s if self.stopped is None else -1.0)

    def _renew_after_close(self) -> None:
        """A token that cannot be had for now is asked for again after the next close."""
        try:
            self._tokens.renew(self.token)
            self._is_renewed = True
        except AuthenticationLost as error:
            self.stopped = error
        except ClientError:
            return

    def _act(self, line: Line, action: Action) -> None:
        match action:
            case Answered(request_id, reply):
                line.answered(request_id, reply)
            case Pushed(kind, push):
                self.followers.offer(kind, push)
            case Expiring():
                self._is_expiring = True
            case Draining(after_s):
                line.leave_after(after_s)
            case Missed(topic, position):
                self.followers.miss(topic, position)
            case Presence():
                self.followers.tell(action, line)
            case Authenticated():
                line.settle(Authenticated, None)
            case TopicsChanged(starts):
                self.followers.start(starts, line)
                line.settle(TopicsChanged, None)
            case ControlRefused(error):
                line.settle(None, error)
