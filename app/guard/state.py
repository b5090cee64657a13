"""What all connections of one worker share."""

from __future__ import annotations

from uvicorn.server import ServerState

from app.guard.turning_away import TurningAway


class GuardedState(ServerState):
    """As uvicorn's. Once it `is_ending`, each answer over HTTP is its connection's last, and says so."""

    is_ending = False

    def __init__(self) -> None:
        super().__init__()
        self.turning_away = TurningAway()
