"""The two clients. Generated; do not edit."""

from __future__ import annotations

from ._async_api import AsyncFeatures
from ._sync_api import Features
from .runtime.callbacks import AsyncCallbacks


class AsyncClient(AsyncFeatures, AsyncCallbacks):
    """Every operation of the contract, asynchronously; `async with` it, or `close` it."""


class Client(Features):
    """Every operation of the contract; for any number of threads. `with` it, or `close` it."""
