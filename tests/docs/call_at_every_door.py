"""Runs in a copy of the tree, whose service it starts: calls an operation without parameters at each of the four doors.

Arguments: a folder for logs, the URLs of a database and of Redis, a user, the operation. Prints one line of JSON per door.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from tests.doors import all_doors
from tests.running_service import RunningService


async def ask(service: RunningService, user: str, operation: str) -> None:
    for door in all_doors(service.url, await service.token(user)):
        async with door:
            answer = await door.call(operation)
        print(json.dumps([door.name, answer.code, answer.value]))


def main(folder: str, database_url: str, redis_url: str, user: str, operation: str) -> None:
    with RunningService(Path(folder), database_url, redis_url) as service:
        asyncio.run(ask(service, user, operation))


if __name__ == "__main__":
    main(*sys.argv[1:])
