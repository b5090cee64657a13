"""A handler's public methods are the contract's operations, or the service does not start (Z06)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.execution.handler_methods import UnknownMethod, check_methods
from app.features.system.handler import System
from generated.handlers import Handlers


class Idle(System):
    """Has a helper of its own and nothing else."""

    def __init__(self) -> None:
        super().__init__(self._always)

    def _always(self) -> bool:
        return True


class Talkative(Idle):
    async def drop_all_artists(self, context: object, request: object) -> None:
        """Callable by nobody, and so not to be there."""


def handlers(**given: Any) -> Handlers[Any]:
    """Only names are looked at, so one kind stands for all."""
    idle: Any = Idle()
    every: Handlers[Any] = Handlers(audit_log=idle, auth=idle, artists=idle, system=idle)
    return replace(every, **given)


def test_private_methods_are_the_handler_s_own_business() -> None:
    check_methods(handlers())


def test_a_method_without_a_policy_is_named_with_what_to_do() -> None:
    with pytest.raises(UnknownMethod, match=r"Talkative\.drop_all_artists: no operation .* specs/"):
        check_methods(handlers(system=Talkative()))
