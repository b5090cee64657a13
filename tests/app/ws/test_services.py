"""What a socket asks of the service is what the service's own parts do."""

from __future__ import annotations

import inspect

import pytest

from app.execution import runner
from app.limits import user_sockets
from app.ws.services import Runner, UserSockets


@pytest.mark.parametrize(
    ("ours", "port"),
    [
        (runner.Runner.run, Runner.run),
        (user_sockets.UserSockets.enter, UserSockets.enter),
        (user_sockets.UserSockets.leave, UserSockets.leave),
        (user_sockets.UserSockets.withdraw, UserSockets.withdraw),
    ],
)
def test_the_service_s_parts_take_what_the_ports_say(ours: object, port: object) -> None:
    assert callable(ours)
    assert callable(port)
    assert inspect.signature(ours) == inspect.signature(port)
