"""How both clients open their socket: what `websockets.connect` is given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from websockets.typing import Subprotocol

from .operation import Contract
from .options import Options
from .session import BUNDLED, MAX_FRAME, OPEN_S


def handshake(contract: Contract, options: Options, token: str | None) -> dict[str, Any]:
    """A user's own options come first, but for what the contract says; of headers both are sent."""
    given, plain = options.websocket_options, contract.subprotocols[options.encoding]
    headers: Mapping[str, str] = given.get("additional_headers", {})
    ours = {
        "user_agent_header": contract.agent,
        "compression": None,
        "open_timeout": OPEN_S,
        "ping_interval": options.heartbeat_s,
        "ping_timeout": options.heartbeat_s,
        "close_timeout": 1.0,
        "max_size": MAX_FRAME,
    }
    said = {
        "subprotocols": [Subprotocol(f"{plain}{BUNDLED}"), Subprotocol(plain)],
        "additional_headers": {**headers, **({"authorization": f"Bearer {token}"} if token is not None else {})},
    }
    return {**ours, **given, **said}
