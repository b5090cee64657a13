"""Events on the terminal as they come, of several topics at once, and who follows those, until there were enough or somebody stops it."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from ..attendance import Attendance
from ..client_async import AsyncBaseClient
from ..event import Event
from ..json_codec import plain
from ..topic import AttendedTopic, Topic, attended
from .output import printable

Told = tuple[str, Event[Any]] | Attendance
"""An event with its name, or who follows a topic."""


async def follow(
    client: AsyncBaseClient, topics: Sequence[Topic[Any]], *, presence: bool, is_json: bool, count: int | None
) -> None:
    """Prints their events in the order in which they come. What was missed while the socket was away comes first after it; what will
    never come is said on stderr. With `presence` it prints who follows them, too. Raises what ends a stream."""
    queue: asyncio.Queue[Told] = asyncio.Queue(1)
    async with client, asyncio.TaskGroup() as group:
        tasks = [group.create_task(_read(client, topic, queue)) for topic in topics]
        if presence:
            tasks += [group.create_task(_watch(client, attended(topic), queue)) for topic in topics]
        printer = group.create_task(_print(queue, is_json=is_json, count=count))
        printer.add_done_callback(lambda _: [task.cancel() for task in tasks])


async def _read(client: AsyncBaseClient, topic: Topic[Any], queue: asyncio.Queue[Told]) -> None:
    names = {kind.record: kind.name for kind in topic.kinds}
    async with client.events(topic) as stream:
        print(f"following {topic.name}: {', '.join(names.values())}", file=sys.stderr, flush=True)
        async for event in stream:
            await queue.put((names[type(event.data)], event))


async def _watch(client: AsyncBaseClient, topic: AttendedTopic[Any], queue: asyncio.Queue[Told]) -> None:
    async with client.presence(topic) as stream:
        async for state in stream:
            await queue.put(state)


async def _print(queue: asyncio.Queue[Told], *, is_json: bool, count: int | None) -> None:
    printed = 0
    while count is None or printed < count:
        told = await queue.get()
        if isinstance(told, Attendance):
            line = json.dumps(asdict(told), ensure_ascii=False) if is_json else _attendance(told)
        else:
            if told[1].after_gap:
                print(f"events of {told[1].topic} were missed and will not come", file=sys.stderr, flush=True)
            line = _line(*told, is_json=is_json)
        print(line, flush=True)
        printed += 1


def _attendance(told: Attendance) -> str:
    changes = [f"+{user}" for user in told.joined] + [f"-{user}" for user in told.left]
    return f"{told.topic}  {told.count} present  {printable(' '.join(changes or told.users))}"


def _line(name: str, event: Event[Any], *, is_json: bool) -> str:
    data = plain(event.data)
    if not is_json:
        place = "" if event.offset is None else f"  {event.offset}"
        return f"{event.topic}{place}  {name}  {printable(json.dumps(data, ensure_ascii=False))}"
    told = {"event": name, "topic": event.topic, "offset": event.offset, "epoch": event.epoch}
    return json.dumps({**told, "after_gap": event.after_gap, "data": data}, ensure_ascii=False)
