"""The schemas of a contract's records, inputs and results as draft-07, as the expanded AsyncAPI spells them."""

from __future__ import annotations

from typing import Any

from codegen.emit.documents.json_schemas import REF, Spelling, draft07
from codegen.ir.operations import Contract, Operation
from proof.documents import Json


class Schemas:
    """`document` is what they refer into."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._spelling = Spelling(contract)
        self.document: Json = {
            "asyncapi": "3.0.0",
            "components": {"schemas": draft07(self._spelling.components())},
        }

    def request(self, operation: Operation) -> Any:
        """Of the fields, whatever carries them; closed."""
        return draft07(self._spelling.record(operation.request.fields, closed=True))

    def result(self, operation: Operation) -> Any:
        """As a frame's `data` and `meta` have it: a list without a page is its items alone; bytes are anything."""
        record = operation.result.record
        if operation.result.file is not None:
            return True
        if record is None:
            return {"type": "null"}
        if not operation.result.is_list or operation.result.has_meta:
            return {"$ref": f"{REF}{record}"}
        return {"type": "array", "items": {"$ref": f"{REF}{self._contract.item_of(record)}"}}
