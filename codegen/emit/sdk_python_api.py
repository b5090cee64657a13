"""`sdk_python/…/_async_api.py`: one class per feature, one method per operation, and the client that has them all.

Written once; `unasync` makes the blocking half of it.
"""

from __future__ import annotations

import keyword
import textwrap
from collections.abc import Iterator

from codegen.emit.printer import File, Module
from codegen.emit.sdk_names import attribute as feature_attribute
from codegen.emit.sdk_names import error_class
from codegen.emit.sdk_python_operations import constant
from codegen.emit.sdk_python_types import given
from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Field, ListOf, Named

OPTIONS = ("timeout_s", "idempotency_key", "self")
WIDTH = 110


def emit_api(contract: Contract, folder: str) -> File:
    methods = {name for one in contract.operations for name in (one.method, one.pager) if name}
    module = Module(
        f"{folder}/_async_api.py",
        "The operations of each feature as methods. Generated; do not edit.",
        frozenset(methods | contract.names),
    )
    module.use(".", "_operations")
    module.use(".runtime.calls_async", "AsyncCalls")
    for feature in contract.features:
        operations = [one for one in contract.operations if one.feature == feature]
        module.line("", "", f"class Async{pascal(feature)}:", "    def __init__(self, calls: AsyncCalls) -> None:")
        module.line("        self._calls = calls")
        for operation in operations:
            _method(module, contract, operation)
            if operation.pager:
                _pager(module, contract, operation, operation.pager)
    _client(module, contract)
    return module.file()


def _client(module: Module, contract: Contract) -> None:
    module.use("._contract", "CONTRACT")
    module.use(".runtime.client_async", "AsyncBaseClient")
    module.line("", "", "class AsyncFeatures(AsyncBaseClient):", "    _contract = CONTRACT")
    for feature in contract.features:
        module.line("", "    @property", f"    def {feature_attribute(feature)}(self) -> Async{pascal(feature)}:")
        module.line(f"        return Async{pascal(feature)}(self._calls)")


def _method(module: Module, contract: Contract, operation: Operation) -> None:
    models = module.use(".", "models")
    result = f"{models}.{operation.result.record}" if operation.result.record else "None"
    is_keyed = operation.idempotency == "key"
    module.line("")
    _signature(module, contract, operation, python_name(operation.method), result, "async def", is_keyed=is_keyed)
    module.line(*_documentation(contract, operation, []))
    name, options = constant(operation.name), _option_names(operation)
    keyed = f", idempotency_key={options['idempotency_key']}" if is_keyed else ""
    module.line(
        f"        return await self._calls.call(_operations.{name}, {_values(operation)}, "
        f"timeout_s={options['timeout_s']}{keyed})"
    )


def _pager(module: Module, contract: Contract, operation: Operation, name: str) -> None:
    record = operation.result.record or ""
    items = contract.record(record).field("items")
    item = items.type.item if items and isinstance(items.type, ListOf) else None
    models = module.use(".", "models")
    spelled = f"{models}.{item.name}" if isinstance(item, Named) else module.use("typing", "Any")
    pager = module.use(".runtime.paging_async", "AsyncPager")
    values, any_ = module.use("collections.abc", "Mapping"), module.use("typing", "Any")
    module.line("")
    result = f"{pager}[{models}.{record}, {spelled}]"
    _signature(module, contract, operation, python_name(name), result, "def", is_keyed=False)
    module.line(*_documentation(contract, operation, ["Iterate for the items of all pages, or over `.pages()`."]))
    options = _option_names(operation)
    module.line(
        f"        async def fetch(values: {values}[{module.builtin('str')}, {any_}]) -> {models}.{record}:",
        f"            return await self._calls.call(_operations.{constant(operation.name)}, values, "
        f"timeout_s={options['timeout_s']})",
        "",
        f"        return {pager}(fetch, {_values(operation)})",
    )


def _signature(
    module: Module, contract: Contract, operation: Operation, name: str, result: str, head: str, *, is_keyed: bool
) -> None:
    text, number = module.builtin("str"), module.builtin("float")
    options = _option_names(operation)
    parameters = [_parameter(module, contract, one) for one in sorted(operation.request.fields, key=_may_be_left_out)]
    parameters.append(f"{options['timeout_s']}: {number} | None = None")
    if is_keyed:
        key = f"{text} | {module.use('uuid', 'UUID')} | None"
        parameters.append(f"{options['idempotency_key']}: {key} = None")
    module.call(f"    {head} {name}", ["self", "*", *parameters], f" -> {result}:")


def _may_be_left_out(one: Field) -> bool:
    return not one.required or one.has_default


def _parameter(module: Module, contract: Contract, one: Field) -> str:
    """What is left out is the server's default."""
    spelled = given(module, contract, one.type, module.use(".", "models"))
    optional = one.nullable or _may_be_left_out(one)
    return f"{parameter(one.name)}: {spelled}{' | None' if optional else ''}" + (
        " = None" if _may_be_left_out(one) else ""
    )


def parameter(name: str) -> str:
    return f"{name}_" if name == "self" else name


def python_name(name: str) -> str:
    return f"{name}_" if keyword.iskeyword(name) else name


def _option_names(operation: Operation) -> dict[str, str]:
    """The call's own options, which make way for fields of their names."""
    fields = {one.name for one in operation.request.fields}
    return {name: f"{name}_" if name in fields else name for name in OPTIONS}


def _values(operation: Operation) -> str:
    pairs = (f'"{one.name}": {parameter(one.name)}' for one in operation.request.fields)
    return f"{{{', '.join(pairs)}}}"


def _documentation(contract: Contract, operation: Operation, more: list[str]) -> list[str]:
    rsp = {error.code: error.rsp for error in contract.errors}
    lines = [operation.summary or operation.name, *_paragraph(operation.description), *_lines(more)]
    if operation.deprecated:
        gone = f", and may be gone from {operation.sunset} on" if operation.sunset else ""
        lines += ["", f"Deprecated{gone}."]
    told = [f"{parameter(one.name)}: {one.description}" for one in operation.request.fields if one.description]
    if told:
        lines += ["", "Args:", *(f"    {line}" for one in told for line in textwrap.wrap(one, WIDTH - 4))]
    if operation.declared_errors:
        names = ", ".join(error_class(code, rsp.get(code, "")) for code in operation.declared_errors)
        lines += ["", "Raises:", f"    {names}"]
    return list(_docstring(lines))


def _paragraph(text: str) -> list[str]:
    return ["", *textwrap.wrap(" ".join(text.split()), WIDTH)] if text else []


def _lines(more: list[str]) -> list[str]:
    return ["", *more] if more else []


def _docstring(lines: list[str]) -> Iterator[str]:
    """Text of the contract may hold what would end a literal, or what nobody can see."""
    safe = [_safe(line) for line in lines]
    if len(safe) == 1:
        yield f'        """{safe[0]}"""'
        return
    yield f'        """{safe[0]}'
    yield from (f"        {line}" if line else "" for line in safe[1:])
    yield '        """'


def _safe(line: str) -> str:
    one = line if line.isprintable() else "".join(char if char.isprintable() else " " for char in line)
    return one.rstrip().replace("\\", "\\\\").replace('"', '\\"')
