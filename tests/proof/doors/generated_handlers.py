"""Handlers of any contract: what each answers is made by the mock, as the contract has it. Runs inside of a service of that contract.

The same calls have the same answers and events, and whoever calls while they are only read changes nothing.
"""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
from typing_extensions import override

import generated.handlers
from app.execution.context import Context
from app.execution.platform import Platform
from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Event, Operation
from generated import errors, wire
from generated.handlers import Handlers
from generated.operations import EVENTS
from proof.documents import Json
from proof.mock.callers import Callers
from proof.mock.refusal import Refusal
from proof.mock.service import Asked, Mock
from proof.mock.topics import Told

TABLES: tuple[ModuleType, ...] = ()
CONTRACT = "contract.pickle"
"""In the folder where the service runs."""


def handlers(platform: Platform) -> Handlers[Context]:
    contract: Contract = pickle.loads(Path(CONTRACT).read_bytes())
    answers = _Answers(contract)
    return Handlers(**{name: _handler(name, answers) for name in Handlers.__dataclass_fields__})


class _Answers(Mock):
    def __init__(self, contract: Contract) -> None:
        self.published: list[tuple[Event, Json]] = []
        super().__init__(contract, Callers(frozenset()))

    @override
    def tell(self, event: Event, data: Json) -> tuple[list[Told], int]:
        self.published.append((event, data))
        return [], 0

    @override
    def _made(self, name: str, known: Json) -> Json:
        """What is drawn depends on what is known, not on how often was asked."""
        self._count = zlib.crc32(json.dumps([name, known], sort_keys=True, default=str).encode()) % 1000
        return super()._made(name, known)

    def told(self, operation: Operation, request: Any, context: Context) -> bytes | None:
        """The result as JSON; raises what the mock refuses with as the service's own error."""
        self.published.clear()
        try:
            answered = self.answer(Asked(operation, _fields(request)))
        except Refusal as refusal:
            raise _ERRORS[refusal.code] from None
        for event, data in self.published:
            context.publish(wire.EVENT_CODECS[EVENTS[event.name].pkg_id].decode_json(json.dumps(data).encode()))
        return None if operation.result.record is None else json.dumps(answered.value).encode()


_ERRORS = {
    one.code: one
    for one in vars(errors).values()
    if isinstance(one, type) and issubclass(one, errors.ApiError) and "code" in vars(one)
}


def _fields(request: Any) -> Json:
    """What was asked, by its names in JSON, without what was left out."""
    found = request.model_dump(by_alias=True, exclude_unset=True)
    fields: Json = json.loads(msgspec.json.encode(found))
    return fields


def _handler(name: str, answers: _Answers) -> Any:
    base = getattr(generated.handlers, f"{pascal(name)}Handler")
    methods = {method: _method(method, answers) for method in base.__abstractmethods__}
    return type("Generated", (base,), methods)()


def _method(name: str, answers: _Answers) -> Callable[..., Any]:
    operation = answers.operations.get(name)

    async def answer(_: Any, context: Context, request: Any) -> Any:
        if operation is None:  # Who asks whether somebody may follow a topic.
            return True
        told = answers.told(operation, request, context)
        return None if told is None else wire.CODECS[name].restore(told)

    async def stream(_: Any, context: Context, request: Any) -> AsyncIterator[Any]:
        return
        yield

    return stream if operation is not None and operation.result.is_stream else answer
