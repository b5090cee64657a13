"""Opens sockets of a service as its callers, by each form of credential, good and bad."""

from __future__ import annotations

import base64
import socket as network
from collections.abc import Mapping
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from proof.callers import Caller
from proof.documents import DocumentError
from proof.ws.codec import Codec
from proof.ws.contract import Event, Operation, Socket
from proof.ws.names import Topics
from proof.ws.session import Open

OPEN_S = 10.0
CLOSE_S = 5.0
CREDENTIALS = (
    "header",
    "subprotocol",
    "frame",
    "none",
    "garbage",
    "basic",
    "tampered",
    "frame-garbage",
    "unknown-format",
)
GOOD = ("header", "subprotocol", "frame")
MAX_FRAME = 64 * 1024 * 1024


class Player:
    """`url` is of the service, http or ws. One for a whole run; it keeps nothing between sessions."""

    def __init__(self, url: str, socket: Socket, callers: Mapping[str, Caller], codecs: Mapping[str, Codec]) -> None:
        parts = urlsplit(url)
        scheme = {"http": "ws", "https": "wss"}.get(parts.scheme, parts.scheme)
        self._address = f"{scheme}://{parts.netloc}{socket.address}"
        self._host, self._port = parts.hostname or "", parts.port or (443 if scheme == "wss" else 80)
        self._socket = socket
        self._callers = callers
        self._codecs = codecs

    def reach(self) -> None:
        """DocumentError where nothing listens."""
        try:
            network.create_connection((self._host, self._port), OPEN_S).close()
        except (OSError, UnicodeError) as error:
            raise DocumentError(f"{self._address}: {error}; does the service run?") from None

    def codec(self, encoding: str) -> Codec:
        """DocumentError for one that the socket has not, or that needs the contract's folder."""
        found = self._codecs.get(self._socket.encodings.get(encoding, ""))
        if found is None:
            raise DocumentError(f"{encoding}: is not spoken here; protobuf needs the folder of the contract")
        return found

    def caller(self, name: str) -> Caller:
        if name not in self._callers:
            raise DocumentError(f"{name}: is no caller here; there are {', '.join(self._callers)}")
        return self._callers[name]

    @property
    def answers_garbage(self) -> bool:
        """Whether what cannot be read, and each control frame, has an answer to wait for."""
        return self._socket.speaks_stele

    def operation(self, name: str) -> Operation:
        return self._socket.operation(name)

    def event(self, name: str) -> Event:
        return next(one for one in self._socket.events if one.name == name)

    @property
    def topics(self) -> Topics:
        return self._socket.topics

    async def open(self, step: Open) -> ClientConnection:
        """Raises InvalidHandshake, OSError or TimeoutError."""
        self.codec(step.encoding)
        headers, offers, query = self._credential(step)
        return await connect(
            f"{self._address}{query}",
            subprotocols=[Subprotocol(one) for one in offers] or None,
            additional_headers=headers,
            origin=Origin(step.origin) if step.origin else None,
            max_size=MAX_FRAME,
            compression=None,
            ping_interval=None,
            open_timeout=OPEN_S,
            close_timeout=CLOSE_S,
            user_agent_header="stele-proof",
            proxy=None,
        )

    def _credential(self, step: Open) -> tuple[dict[str, str], list[str], str]:
        token = self.caller(step.caller).token() or ""
        offers = [step.encoding] if step.encoding else []
        match step.credential:
            case "none":
                return {}, offers, ""
            case "garbage":
                return {"Authorization": "Bearer garbage"}, offers, ""
            case "basic":
                return {"Authorization": f"Basic {token}"}, offers, ""
            case "tampered":
                return {"Authorization": f"Bearer {tampered(token)}"}, offers, ""
            case "subprotocol" if token:
                return {}, [*offers, f"bearer.{base64.urlsafe_b64encode(token.encode()).decode().rstrip('=')}"], ""
            case "frame" | "frame-garbage":
                return {}, offers, "?auth=frame"
            case "unknown-format":
                return {"Authorization": f"Bearer {token}"}, ["stele.v0.none"], ""
        return ({"Authorization": f"Bearer {token}"} if token else {}), offers, ""


def tampered(token: str) -> str:
    """With a signature of another text."""
    head, _, signature = token.rpartition(".")
    return f"{head}.{signature[::-1]}"
