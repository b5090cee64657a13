"""One call of an operation, whatever door its attempts take: its name, its values, its id and its time."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from .content import is_repeatable
from .errors import InvalidResponse
from .operation import Operation
from .retry import Deadline

T = TypeVar("T")
MAX_TIMEOUT_MS = 30_000
"""The most that the server takes; beyond it its own deadline counts."""


@dataclass(slots=True)
class Call(Generic[T]):
    """`values` hold what is sent; `request_id` is the same for every attempt (`req_id` and `Idempotency-Key`)."""

    operation: Operation[T]
    values: dict[str, Any]
    request_id: str
    deadline: Deadline
    is_repeatable: bool = True
    """Whether what it sends can be sent again."""
    traceparent: str | None = None
    """The caller's span, the same for every attempt."""

    @property
    def timeout_ms(self) -> int | None:
        """What is told to the server; a stream that may take longer than can be said has the server's own deadline."""
        left_ms = int(self.deadline.left_s * 1000)
        if self.operation.is_stream and left_ms > MAX_TIMEOUT_MS:
            return None
        return max(1, min(MAX_TIMEOUT_MS, left_ms))

    @property
    def meta(self) -> dict[str, Any]:
        """What a frame says beside its data."""
        said = {"timeout_ms": self.timeout_ms, "traceparent": self.traceparent}
        return {name: value for name, value in said.items() if value is not None}

    def read(self, value: object) -> T:
        """The typed result; raises InvalidResponse with the place of the first fault."""
        try:
            return self.operation.result().validate_python(value)
        except ValidationError as error:
            fault = error.errors(include_url=False, include_input=False)[0]
            pointer = "".join(f"/{step}" for step in fault["loc"])
            message = f"{self.operation.name} answered what the contract does not know: {pointer} {fault['msg']}"
            raise InvalidResponse(message, self.request_id, pointer) from None


def make_call(
    operation: Operation[T],
    values: Mapping[str, Any],
    timeout_s: float,
    idempotency_key: str | uuid.UUID | None,
    traceparent: str | None = None,
) -> Call[T]:
    """None leaves a field out, unless its null is a value. Raises ValueError for a key that is no UUID."""
    given = {name: one for name, one in values.items() if one is not None or name in operation.nullable}
    request_id = str(uuid.UUID(str(idempotency_key))) if idempotency_key is not None else str(uuid.uuid4())
    return Call(operation, given, request_id, Deadline(timeout_s), is_repeatable(operation.http, given), traceparent)
