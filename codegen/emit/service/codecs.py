"""One codec per operation, for `generated/wire.py`: how its values cross each door."""

from __future__ import annotations

from collections.abc import Callable

from codegen.emit.printer import Module
from codegen.ir.names import snake
from codegen.ir.operations import Contract, Operation
from codegen.ir.reach import holds_itself, names
from codegen.ir.types import Record


def fault_of(module: Module, record: str | None) -> str:
    """The function that says what is wrong with a value of the record, or with one where nothing is due."""
    if record is None:
        return module.use("generated.scalars", "fault_of_nothing")
    return f"{module.use('generated', 'checks')}.fault_of_{snake(record)}"


class CodecWriter:
    """The functions and the constructor arguments of one operation's codec."""

    def __init__(
        self,
        module: Module,
        contract: Contract,
        operation: Operation,
        pb: Callable[[str], str],
        write_items: Callable[[Record, str], list[str]],
    ) -> None:
        self._module = module
        self._contract = contract
        self._write_items = write_items
        self._operation = operation
        self._pb = pb

    def functions(self) -> None:
        operation, name = self._operation, self._operation.name
        record = operation.result.record
        if operation.has_rpc:
            self._request(name)
        if record is None:
            return
        struct = f"{self._module.use('generated', 'results')}.{record}"
        message = self._pb(record) if operation.has_rpc else None
        if message:
            self._module.line(
                f"def _encode_{name}(result: {struct}) -> bytes:",
                f"    message = {message}()",
                f"    write_{snake(record)}(message, result)",
                "    return message.SerializeToString()",
                "",
                "",
            )
        if operation.result.is_list:
            self._list_frames(name, record, struct, message)

    def _request(self, name: str) -> None:
        message = self._pb(self._operation.request.name)
        self._module.line(f"def _values_{name}(data: bytes) -> dict[str, object]:")
        self._module.line(
            f"    return values_of_{snake(self._operation.request.name)}({message}.FromString(data))", "", ""
        )

    def _list_frames(self, name: str, record: str, struct: str, message: str | None) -> None:
        meta = "_json(result.meta)" if self._operation.result.has_meta else "None"
        self._module.line(
            f"def _frame_{name}(result: {struct}) -> tuple[bytes, bytes | None]:",
            f"    return _json(result.items), {meta}",
            "",
            "",
        )
        if message is None:
            return
        page = self._module.use("generated.proto.envelope_pb2", "PageMeta")
        self._module.line(
            f"def _binary_frame_{name}(result: {struct}) -> tuple[bytes, {page} | None]:",
            f"    message = {message}()",
        )
        self._module.line(
            *(f"    {line}" for line in self._write_items(self._contract.record(record), "result.items")),
        )
        if self._operation.result.has_meta:
            self._module.line(
                f"    meta = {page}()",
                "    write_page_meta(meta, result.meta)",
                "    return message.SerializeToString(), meta",
                "",
                "",
            )
        else:
            self._module.line("    return message.SerializeToString(), None", "", "")

    def _fault(self) -> str:
        file = self._operation.result.file
        if file is None:
            return fault_of(self._module, self._operation.result.record)
        judge = self._module.use("generated.content", "fault_of_download")
        return f"lambda value: {judge}(value, {file.max_bytes}, {file.media_types!r})"

    def arguments(self) -> list[str]:
        operation, name = self._operation, self._operation.name
        model = f"models.{operation.request.name}"
        record, listed = operation.result.record, operation.result.is_list
        binary = operation.has_rpc
        frame = (
            f"_frame_{name}"
            if listed
            else "lambda result: (_json(result), None)"
            if record
            else 'lambda result: (b"null", None)'
        )
        binary_frame = (
            f"_binary_frame_{name}"
            if listed
            else f"lambda result: (_encode_{name}(result), None)"
            if record
            else 'lambda result: (b"", None)'
        )
        decode = f"{model}.__pydantic_validator__.validate_json"
        is_recursive = holds_itself(
            self._contract.definitions, (name for one in operation.request.fields for name in names(one.type))
        )
        if is_recursive:
            shallow = self._module.use("generated.scalars", "shallow")
            decode = f"lambda data: {decode}({shallow}(data))"
        return [
            f"decode_json={decode}",
            f"decode_values={model}.__pydantic_validator__.validate_python",
            f"values_protobuf={f'_values_{name}' if binary else 'None'}",
            "encode_json=_json" if record else 'encode_json=lambda result: b""',
            (f"encode_protobuf=_encode_{name}" if record else 'encode_protobuf=lambda result: b""')
            if binary
            else "encode_protobuf=None",
            f"frame_json={frame}",
            f"frame_protobuf={binary_frame if binary else 'None'}",
            f"restore=msgspec.json.Decoder(results.{record}).decode" if record else "restore=lambda data: None",
            f"fault_of={self._fault()}",
            *(["is_recursive=True"] if is_recursive else []),
        ]
