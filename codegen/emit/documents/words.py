"""The x- words of an operation that both documents say."""

from __future__ import annotations

from codegen.emit.documents.json_schemas import Json
from codegen.ir.operations import Objective, Operation


def shared_words(operation: Operation) -> Json:
    words: Json = {
        "x-idempotent": operation.idempotency,
        "x-timeout": f"{round(operation.timeout_s * 1000)}ms",
    }
    if operation.result.is_stream:
        words["x-stream"] = True
    return words | ({"x-slo": _objective(operation.objective)} if operation.objective else {})


def _objective(objective: Objective) -> Json:
    word: Json = {"availability": objective.availability}
    if objective.latency is None:
        return word
    return word | {"latency": {"percent": objective.latency, "within": f"{round(objective.within_s * 1000)}ms"}}
