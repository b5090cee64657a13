"""What a request must be and what an answer is, by the contract's schemas: judged, and filled up with its defaults.

Values are plain JSON throughout, also of what came as protobuf. What protobuf could not carry in an answer is not taken in either, so that
both encodings take the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from google.protobuf.message import DecodeError

from codegen.emit.documents.json_schemas import REF, Spelling
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Field, ListOf, MapOf, Named, Record, Type, Union, file_of
from proof.documents import Json
from proof.mock.refusal import Refusal, escaped
from proof.protobuf import Inexpressible, Protobuf
from proof.values import Values


class Forms:
    """Of one contract. `protobuf` is None where it has no messages."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.protobuf = Protobuf(contract) if contract.proto else None
        spelling = Spelling(contract)
        self.values = Values({"openapi": "3.1.0", "components": {"schemas": spelling.components()}})
        self._requests = {one.name: spelling.record(_carried(one.request), closed=True) for one in contract.operations}
        self._records = {name: {"$ref": f"{REF}{name}"} for name in contract.results}
        self._fields = {
            (name, one.member): spelling.field(one, closed=False)
            for name in contract.results
            if isinstance(record := contract.definitions[name], Record)
            for one in record.fields
        }

    def request(self, operation: Operation) -> Json:
        """The schema of the fields, files aside."""
        return self._requests[operation.name]

    def record(self, name: str) -> Json:
        """The schema of what is answered."""
        return self._records[name]

    def field(self, record: str, member: str) -> Json:
        """The schema of a member of what is answered."""
        return self._fields[record, member]

    def fits(self, record: str, value: Any) -> bool:
        return self.values.is_valid(self._records[record], value) and self._is_expressible(record, value)

    def fits_field(self, record: str, member: str, value: Any) -> bool:
        return self.values.is_valid(self._fields[record, member], value)

    def answered(self, record: str, member: str, value: Any) -> Any:
        """A value of a request as a member of what is answered: without what is only written, which other records have inside of it."""
        one = self.contract.record(record).of_member(member)
        return self._inside(one.type, value) if one is not None else value

    def taken(self, operation: Operation, fields: Json) -> Json:
        """The fields with their defaults; refuses what does not fit, with each place."""
        try:
            json.dumps(fields, ensure_ascii=False).encode()
            faults = tuple(self._faults(self._requests[operation.name], fields))
        except UnicodeEncodeError:
            raise Refusal("invalid_data", "A text has half of a surrogate pair.") from None
        if faults:
            raise Refusal("invalid_data", faults=faults)
        if self.protobuf and operation.has_rpc and not operation.has_bytes:
            self._express(self.protobuf, operation, fields)
        return self._filled(operation.request, fields)

    def _express(self, protobuf: Protobuf, operation: Operation, fields: Json) -> None:
        try:
            protobuf.request(operation, fields)
        except (Inexpressible, ValueError, OverflowError) as error:
            raise Refusal("invalid_data", str(error)[:200].encode("utf-8", "replace").decode()) from None

    def _is_expressible(self, record: str, value: Any) -> bool:
        if self.protobuf is None or record not in self.contract.bindings:
            return True
        try:
            self.protobuf.value(record, self.protobuf.message(record, value))
        except (Inexpressible, ValueError, OverflowError, DecodeError):
            return False
        return True

    def _faults(self, schema: Json, fields: Json) -> Iterator[tuple[str, str]]:
        """The input is not repeated in what is said of it."""
        for error in self.values.judge(schema).iter_errors(fields):
            place = "".join(f"/{escaped(str(one))}" for one in error.instance_path)
            missing, more = getattr(error.kind, "property", None), getattr(error.kind, "unexpected", None)
            if isinstance(missing, str):
                yield f"{place}/{escaped(missing)}", "Is required."
            elif isinstance(more, list):
                yield from ((f"{place}/{escaped(str(name))}", "Is unknown.") for name in more)
            else:
                yield place, f"Does not fit `{error.schema_path[-1]}` of the schema."

    def _filled(self, record: Record, value: Mapping[str, Any]) -> Json:
        out: Json = {}
        for one in record.fields:
            if one.member in value:
                out[one.member] = self._inside(one.type, value[one.member])
            elif one.has_default:
                out[one.member] = one.default
        return out

    def _inside(self, kind: Type, value: Any) -> Any:
        if isinstance(kind, ListOf) and isinstance(value, list):
            return [self._inside(kind.item, one) for one in value]
        if not isinstance(value, dict):
            return value
        if isinstance(kind, MapOf):
            return {key: self._inside(kind.value, one) for key, one in value.items()}
        definition = self.contract.definitions[kind.name] if isinstance(kind, Named) else None
        if isinstance(definition, Union):
            tag = value.get(definition.tag_member)
            definition = next((self.contract.record(arm) for name, arm in definition.arms if name == tag), None)
        return self._filled(definition, value) if isinstance(definition, Record) else value


def _carried(record: Record) -> list[Field]:
    """Files are judged as they come (`proof.mock.uploads`)."""
    return [one for one in record.fields if file_of(one.type) is None]
