"""Runs in a process of its own, on the `generated` of a contract: its doors on a port, with handlers that answer what they are told.

Says its address, then takes lines of JSON on stdin: each is what every handler answers from now on.
"""

from __future__ import annotations

import asyncio
import sys

from tests.codegen.served_case import Case
from tests.codegen.served_sdk import serving


async def main() -> None:
    case = Case()
    async with serving(case) as url:
        print(url, flush=True)
        while line := await asyncio.to_thread(sys.stdin.readline):
            case.answer = line.encode()
            print("ok", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
