"""What a program does with the client in a day, in a minute; `typescript/scenario.ts` is its twin.

Called with the server's address, a transport, an encoding and a label of its own. Says `kill` when 50 calls are in flight,
expects the server to be killed and started again then, and prints what it saw as one line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Any

from generated.sdk_python.stele_client import AsyncClient, errors, models

PAGES, AT_ONCE, READERS, WRITERS = 250, 10, 50, 10
TOKEN_LIFE_S = 8.0


async def main(url: str, transport: Any, encoding: Any, label: str) -> None:
    seen: dict[str, Any] = {}
    patient: dict[str, Any] = {"username": "admin", "password": "admin", "timeout_s": 60.0, "max_retries": 12}
    began = time.monotonic()
    async with AsyncClient(url, transport=transport, encoding=encoding, **patient) as client:
        artist = await refusals(client, label, seen)
        await events(client, label, seen, transport)
        await pages(client, label, seen)
        while time.monotonic() - began < TOKEN_LIFE_S * 1.5:
            await client.artists.get(artist_id=artist.id)
            await asyncio.sleep(0.2)
        seen["expiry"] = "survived"
        await crash(client, artist, label, seen)
    print(json.dumps(seen), flush=True)


async def refusals(client: AsyncClient, label: str, seen: dict[str, Any]) -> models.Artist:
    artist = await client.artists.create(name=label, bio="first")
    try:
        await client.artists.create(name=label)
    except errors.ArtistNameTaken as error:
        seen["conflict"] = [error.code, bool(error.trace_id), bool(error.request_id)]
    try:
        await client.artists.create(name="")
    except errors.InvalidData as error:
        seen["pointers"] = [fault.pointer for fault in error.errors]
    changed = await client.artists.update(artist_id=artist.id, name=label, expected_version=artist.version)
    try:
        await client.artists.update(artist_id=artist.id, name=label, expected_version=artist.version)
    except errors.VersionMismatch as error:
        seen["stale"] = error.code
    return changed


async def events(client: AsyncClient, label: str, seen: dict[str, Any], transport: str) -> None:
    if transport == "http":
        return
    async with client.events(models.ArtistCreated) as stream:
        made = await client.artists.create(name=f"{label} event")
        async for event in stream:
            if event.data.artist.id == made.id:
                seen["event"] = event.data.artist == made
                return


async def pages(client: AsyncClient, label: str, seen: dict[str, Any]) -> None:
    for first in range(0, PAGES, AT_ONCE):
        names = (f"{label} page {number}" for number in range(first, first + AT_ONCE))
        await asyncio.gather(*(client.artists.create(name=name) for name in names))
    found = [one.id async for one in client.artists.paginate(per_page=100) if one.name.startswith(f"{label} page ")]
    seen["paginated"] = [len(found), len(set(found))]


async def crash(client: AsyncClient, artist: models.Artist, label: str, seen: dict[str, Any]) -> None:
    """Readers read until the server is back and once more; writers write once, in the middle."""
    results: list[bool] = []
    failures: list[str] = []
    print("kill", flush=True)
    ends = time.monotonic() + 9.0

    async def read() -> None:
        while time.monotonic() < ends:
            try:
                results.append(await client.artists.get(artist_id=artist.id) == artist)
            except errors.ClientError as error:
                failures.append(type(error).__name__)
            await asyncio.sleep(0.01)

    async def write(number: int) -> None:
        await asyncio.sleep(number * 0.1)
        await client.artists.create(name=f"{label} crash {number}")

    await asyncio.gather(*(read() for _ in range(READERS)), *(write(number) for number in range(WRITERS)))
    names = [one.name async for one in client.artists.paginate(per_page=100) if one.name.startswith(f"{label} crash ")]
    seen["read"] = [all(results), len(results) >= READERS, failures]
    seen["written"] = [len(names), len(set(names))]


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
