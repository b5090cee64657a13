"""Both Python clients behind one way to call them, so that one test proves a claim for either."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

from generated.sdk_python.stele_client import AsyncClient, Client

FLAVOURS = ("asynchronous", "blocking")
QUICK: dict[str, Any] = {"timeout_s": 5.0}


class Twin:
    """`ask("authors.get", author_id=7)` calls the method of either client; a blocking one runs in a thread."""

    def __init__(self, client: AsyncClient | Client) -> None:
        self.client = client

    async def ask(self, name: str, /, **fields: Any) -> Any:
        feature, _, method = name.rpartition(".")
        found = getattr(getattr(self.client, feature) if feature else self.client, method)
        if isinstance(self.client, AsyncClient):
            return await found(**fields)
        return await asyncio.to_thread(found, **fields)

    async def until_open(self) -> None:
        """The socket of an `auto` client opens beside its first calls."""
        async with asyncio.timeout(5):
            while not self.client._socket.is_open:
                if isinstance(self.client, Client):
                    await asyncio.to_thread(self.client._socket.start)
                else:
                    self.client._socket.start()
                await asyncio.sleep(0.01)


@asynccontextmanager
async def twin(flavour: str, url: str, **options: Any) -> AsyncIterator[Twin]:
    settings = {"token": "t0", **QUICK, **options}
    if flavour == "asynchronous":
        async with AsyncClient(url, **settings) as client:
            yield Twin(client)
    else:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(128))
        blocking = Client(url, **settings)
        try:
            yield Twin(blocking)
        finally:
            await asyncio.to_thread(blocking.close)
