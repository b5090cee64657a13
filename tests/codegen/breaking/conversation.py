"""A client of one contract speaks to the served side of another; what goes wrong is said by audience."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codegen.breaking.rules import Audience
from codegen.ir.operations import Contract, Event, Operation
from codegen.ir.types import ListOf, MapOf, Named, Record, Type, Union
from tests.codegen import samples
from tests.codegen.breaking import variants
from tests.codegen.breaking.client import JSON, PROTOBUF, Broken, Client, Json, Kept, canonical, is_of
from tests.codegen.serving import Line, forked

Found = dict[Audience, str]
"""The first thing that broke each of them."""


class Server:
    """The doors of one contract's `generated`, in a process of their own."""

    def __init__(self, contract: Contract, line: Line) -> None:
        self.contract = contract
        self.speaker = Client(contract)
        self._line = line

    def ask(self, question: Json) -> Json:
        answer = self._line.ask(json.dumps(question))
        assert answer.startswith("{"), answer
        found: Json = json.loads(answer)
        return found


@contextmanager
def served(contract: Contract, folder: Path) -> Iterator[Server]:
    """`folder` holds `generated/`."""
    with forked(folder, "tests.codegen.breaking.served_side") as line:
        yield Server(contract, line)


def broken(client: Client, server: Server) -> Found:
    """Whom the server's contract breaks, of those who have the client's."""
    found: Found = {}
    answered: set[str] = set()
    for operation in client.contract.operations:
        _operation(client, server, operation, answered, found)
    _events(client, server, found)
    return found


def _operation(client: Client, server: Server, operation: Operation, answered: set[str], found: Found) -> None:
    """A record that another operation has answered with all its values is not told again as a whole."""
    theirs = next((one for one in server.contract.operations if one.name == operation.name), None)
    requests = variants.records(client.contract, operation.request)
    answers: list[Any] = [None]
    statuses: tuple[int | None, ...] = (None,)
    if theirs is not None and theirs.http is not None:
        statuses = theirs.http.statuses
    if theirs is not None and theirs.result.record is not None:
        answers = variants.values(server.contract, Named(theirs.result.record))
        answers = answers[:1] if theirs.result.record in answered else answers
        answered.add(theirs.result.record)
    for index in range(max(len(requests), len(answers), len(statuses))):
        told = {"answer": answers[index % len(answers)], "status": statuses[index % len(statuses)]}
        exchange = Exchange(client, server, operation, theirs, requests[index % len(requests)], told)
        for media in (JSON, PROTOBUF) if operation.has_rpc else (JSON,):
            if operation.http is not None:
                with _noted(found, Audience.REST if media == JSON else Audience.PROTOBUF):
                    exchange.over_http(media)
            if operation.pkg_id is not None:
                with _noted(found, Audience.SOCKET if media == JSON else Audience.PROTOBUF):
                    exchange.over_socket(media)


@contextmanager
def _noted(found: Found, whom: Audience) -> Iterator[None]:
    try:
        yield
    except Broken as error:
        found.setdefault(whom, str(error))


@dataclass
class Exchange:
    """One request and what its handler is told to answer."""

    client: Client
    server: Server
    operation: Operation
    theirs: Operation | None
    request: Json
    told: Json

    def over_http(self, media: str) -> None:
        asked = self.client.http_request(self.operation, self.request, media)
        found = self.server.ask(asked | self.told)
        self._check_heard(found, media)
        self._check_read(self.client.http_answer(self.operation, found, media), media)

    def over_socket(self, media: str) -> None:
        asked = self.client.frame(self.operation, self.request, media)
        found = self.server.ask(asked | self.told)
        self._check_heard(found, media)
        self._check_read(self.client.reply(self.operation, found, media), media)

    def _check_heard(self, found: Json, media: str) -> None:
        """The handler saw what the client meant, and nothing that it did not say. A refusal is read later."""
        if found["seen"] is None or self.theirs is None:
            return
        name = self.operation.name
        if found["called"] != name:
            raise Broken(f"{name} was meant and {found['called']} called")
        comparison = Comparison(self.server.speaker, self.client, media)
        comparison.records(self.theirs.request, self.operation.request, found["seen"], self.request, name)

    def _check_read(self, read: object, media: str) -> None:
        record = self.operation.result.record
        if record is None or self.theirs is None or self.theirs.result.record is None:
            return
        other = self.theirs.result.record
        said = samples.with_defaults(self.server.contract, other, self.told["answer"])
        Comparison(self.client, self.server.speaker, media).values(Named(record), Named(other), read, said, record)


def _events(client: Client, server: Server, found: Found) -> None:
    for media, whom in ((JSON, Audience.SOCKET), (PROTOBUF, Audience.PROTOBUF)):
        came: set[str] = set()
        for event in server.contract.events:
            for value in variants.values(server.contract, Named(event.record)):
                asked = {"pkg_id": event.pkg_id, "topic": event.topics[0], "value": value}
                with _noted(found, whom):
                    came |= _event(client, server, event, value, server.ask(asked), media)
        for event in client.contract.events:
            if event.name not in came:
                found.setdefault(whom, f"{event.name} never comes")


def _event(client: Client, server: Server, theirs: Event, value: Any, frames: Json, media: str) -> set[str]:
    pushed = client.pushed(frames, media)
    if pushed is None:
        return set()
    event, read = pushed
    said = samples.with_defaults(server.contract, theirs.record, value)
    comparison = Comparison(client, server.speaker, media)
    comparison.values(Named(event.record), Named(theirs.record), read, said, event.record)
    return {event.name}


def unreadable(writer: Server, reader: Server) -> str:
    """What the reader's relays cannot read of the entries that the writer left in a history, or nothing."""
    known = {(one.name, one.pkg_id, one.topics) for one in reader.contract.events}
    for event in writer.contract.events:
        if (event.name, event.pkg_id, event.topics) not in known:
            continue
        for value in variants.values(writer.contract, Named(event.record)):
            entry = writer.ask({"store": event.pkg_id, "event": value})["entry"]
            if fault := reader.ask({"recall": event.pkg_id, "entry": entry})["fault"]:
                return f"{event.name}: {fault}"
    return ""


class Comparison:
    """Whether a reader has what a writer said. In protobuf a field is known by its number, as long as its name is not another's."""

    def __init__(self, reader: Client, writer: Client, media: str) -> None:
        self._reader, self._writer, self._media = reader, writer, media

    def values(self, kind: Type, theirs: Type, read: Any, said: Any, at: str) -> None:
        if isinstance(read, Kept):
            return
        match kind, theirs:
            case ListOf(), ListOf():
                self._equal(len(read) == len(said), read, said, at)
                for one, other in zip(read, said, strict=True):
                    self.values(kind.item, theirs.item, one, other, f"{at}[]")
            case MapOf(), MapOf():
                self._equal(read.keys() == said.keys(), read, said, at)
                for key in read:
                    self.values(kind.value, theirs.value, read[key], said[key], f"{at}.{key}")
            case Named(), Named():
                self._named(kind.name, theirs.name, read, said, at)
            case _:
                self._equal(is_of(kind, said) and canonical(kind, read) == canonical(kind, said), read, said, at)

    def _named(self, name: str, theirs: str, read: Any, said: Any, at: str) -> None:
        mine, other = self._reader.contract.definitions[name], self._writer.contract.definitions[theirs]
        if isinstance(mine, Union) and isinstance(other, Union):
            tag = said[other.tag]
            if tag not in dict(mine.arms):
                return
            self._equal(read[mine.tag] == tag, read, said, at)
            pair = dict(mine.arms)[tag], dict(other.arms)[tag]
            self.records(self._reader.contract.record(pair[0]), self._writer.contract.record(pair[1]), read, said, at)
        elif isinstance(mine, Record) and isinstance(other, Record):
            self.records(mine, other, read, said, at)
        else:
            self._equal(read == said, read, said, at)

    def records(self, mine: Record, other: Record, read: Json, said: Json, at: str) -> None:
        for one in mine.fields:
            where = f"{at}.{one.name}"
            name = self._counterpart(mine, other, one.name)
            counterpart = None if name is None else other.field(name)
            there = read.get(one.name)
            if counterpart is not None and said.get(counterpart.name) is not None:
                self._equal(there is not None, there, said[counterpart.name], where)
                self.values(one.type, counterpart.type, there, said[counterpart.name], where)
            elif there is not None and not (one.is_collection and not there) and there != (one.default or None):
                raise Broken(f"{where} is {there!r}, which nobody said")

    def _counterpart(self, mine: Record, other: Record, name: str) -> str | None:
        """A field that has moved to another number is still the one that was meant."""
        if self._media == JSON or not mine.fields or not other.fields:
            return name
        numbers = {field: number for number, field in self._reader.numbers(mine.name).items()}
        found = self._writer.numbers(other.name).get(numbers[name])
        return name if other.field(name) or mine.field(found or "") else found

    def _equal(self, is_so: bool, read: object, said: object, at: str) -> None:
        if not is_so:
            raise Broken(f"{at}: {read!r} was read where {said!r} was said")
