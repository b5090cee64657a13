"""For tests of programs that use this client. Generated; do not edit."""

from __future__ import annotations

from . import _operations
from ._clients import AsyncClient, Client
from .runtime.fake import Called as Called
from .runtime.fake import Unprepared as Unprepared
from .runtime.fake_async import AsyncFake
from .runtime.fake_sync import Fake

operations = _operations
"""What `prepare` takes."""


class FakeAsyncClient(AsyncFake, AsyncClient):
    """An `AsyncClient` without a network, which answers what the test has prepared."""


class FakeClient(Fake, Client):
    """An `Client` without a network, which answers what the test has prepared."""
