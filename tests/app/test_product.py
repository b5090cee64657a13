"""The product is the contract's features, each with the modules of its folder."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from app import product
from app.auth.tickets import Tickets
from app.db.pipelined_redis import PipelinedConnection
from app.execution.cursor import CursorSeal
from app.execution.platform import Platform
from generated.handlers import Handlers
from generated.results import Tokens

FEATURES = Path(product.__file__).with_name("features")


class NoIdentity:
    """Nobody logs in here."""

    async def login(self, username: str, password: str) -> Tokens:
        raise AssertionError

    async def refresh(self, refresh_token: str) -> Tokens:
        raise AssertionError

    async def logout(self, refresh_token: str) -> None:
        raise AssertionError


def is_ready() -> bool:
    return True


def test_every_feature_of_the_contract_has_its_own_handler() -> None:
    platform = Platform(
        NoIdentity(), Tickets(PipelinedConnection("redis://127.0.0.1:1")), CursorSeal(b"secret"), is_ready
    )
    made = product.handlers(platform)
    for field in dataclasses.fields(Handlers):
        assert type(getattr(made, field.name)).__module__ == f"app.features.{field.name}.handler"


def test_every_feature_s_tables_are_in_the_schema() -> None:
    written = {f"app.features.{path.parent.name}.tables" for path in FEATURES.glob("*/tables.py")}
    assert {module.__name__ for module in product.TABLES} == written
