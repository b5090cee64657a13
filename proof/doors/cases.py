"""What is asked of every door: a few calls by some callers, with what fits, what does not, and ids that earlier calls answered."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from codegen.ir.names import snake
from codegen.ir.operations import Contract, Operation
from proof.documents import DocumentError, Json
from proof.schemas import Schemas
from proof.values import Values, any_of

KNOWN = "$known"
MAX_CALLS = 6
ABOUT_OTHERS = frozenset({"get_audit_log", "get_audit_logs"})
"""They read rows that are written behind the answers, and so are not the same at one moment; what is stored is compared itself."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A call before it is made. A field `{"$known": name, "else": value}` is what `learn` knows of that name."""

    operation: str
    fields: Json
    caller: str
    is_keyed: bool = False
    fault: str = ""


class Cases:
    """Of one contract. Only operations that a client may call at any time, and that answer once: those of a session have a state
    beside it; `among` names
    those that are wanted, all where it is empty. DocumentError where there is none."""

    def __init__(
        self, contract: Contract, callers: list[str], *, only_reads: bool = False, among: Collection[str] = ()
    ) -> None:
        self.operations = [
            one
            for one in contract.operations
            if not one.has_bytes
            and not one.result.is_stream
            and one.session is None
            and one.priority != "health"
            and one.name not in ABOUT_OTHERS
            and (one.is_query or not only_reads)
            and (not among or one.name in among)
        ]
        if not self.operations:
            raise DocumentError("the contract has no operation that can be asked here")
        self._callers = callers
        schemas = Schemas(contract)
        self._values = Values(schemas.document)
        self._schemas = {one.name: schemas.request(one) for one in self.operations}

    def calls(self) -> st.SearchStrategy[tuple[Drawn, ...]]:
        return st.lists(self.one(), min_size=1, max_size=MAX_CALLS).map(tuple)

    def one(self) -> st.SearchStrategy[Drawn]:
        return st.sampled_from(self.operations).flatmap(self._of)

    def fitting(self, operation: Operation) -> st.SearchStrategy[Drawn]:
        """Without a fault; every id is that of something that there is."""
        return self._of(operation, may_fault=False)

    def _of(self, operation: Operation, *, may_fault: bool = True) -> st.SearchStrategy[Drawn]:
        schema = self._schemas[operation.name]
        caller = st.sampled_from(self._callers)

        @st.composite
        def drawn(draw: DrawFn) -> Drawn:
            value = draw(self._values.valid(schema))
            faults = (
                [one for one in self._values.faults(schema, value) if isinstance(one.value, dict)] if may_fault else []
            )
            fault = draw(st.one_of(st.none(), st.none(), any_of(faults))) if faults else None
            fields = fault.value if fault else value
            if fault is None:
                fields = {name: self._known(draw, name, one, always=not may_fault) for name, one in fields.items()}
            keyed = operation.idempotency == "key" and draw(st.booleans())
            return Drawn(
                operation.name,
                fields,
                draw(caller),
                keyed,
                repr(fault) if fault else "",
            )

        return drawn()

    def _known(self, draw: DrawFn, name: str, value: Any, *, always: bool) -> Any:
        """Most ids are those of something that there is."""
        return {KNOWN: name, "else": value} if name.endswith("_id") and (always or draw(st.integers(0, 3))) else value


def filled(fields: Json, answered: Json) -> Json:
    """With what earlier answers said; without, as it was drawn."""
    return {
        name: answered.get(one[KNOWN], one["else"]) if isinstance(one, dict) and KNOWN in one else one
        for name, one in fields.items()
    }


def learn(operation: Operation, value: Any, answered: Json) -> None:
    """An answer's `id` is the `<noun>_id` of its record."""
    if isinstance(value, dict) and "id" in value and operation.result.record:
        answered[f"{snake(operation.result.record)}_id"] = value["id"]
