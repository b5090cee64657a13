"""`sdk_python/…/_async_api.py` and `_sync_api.py`: one class per feature, one method per operation, and the client of all.

Each is written in its own words. Replacing words in the one would make the other, and of texts and names of the contract
something else.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from enum import Enum

from codegen.emit.client_names import attribute as feature_attribute
from codegen.emit.client_names import error_class, python_name
from codegen.emit.printer import File, Module, quoted
from codegen.emit.python_client.operations import constant
from codegen.emit.python_client.types import given, received
from codegen.emit.sentences import bounded_sentences, deprecation, note_sentences
from codegen.ir.names import pascal
from codegen.ir.operations import Contract, Operation
from codegen.ir.types import Field, ListOf

OPTIONS = ("timeout_s", "idempotency_key", "fetch")
WIDTH = 110


class Flavour(Enum):
    """The words in which the two clients differ."""

    ASYNCHRONOUS = ("async", "Async", "async def", "await ")
    BLOCKING = ("sync", "", "def", "")

    def __init__(self, word: str, prefix: str, define: str, wait: str) -> None:
        self.word = word
        self.prefix = prefix
        self.define = define
        self.wait = wait


def emit_api(contract: Contract, folder: str, flavour: Flavour) -> File:
    methods = {name for one in contract.operations for name in (one.method, one.pager) if name}
    module = Module(
        f"{folder}/_{flavour.word}_api.py",
        "The operations of each feature as methods. Generated; do not edit.",
        frozenset({*methods, *contract.features, *contract.names}),
    )
    module.use(".", "_operations")
    for feature in contract.features:
        _Feature(module, contract, flavour).write(feature)
    _client(module, contract, flavour)
    return module.file()


def _client(module: Module, contract: Contract, flavour: Flavour) -> None:
    module.use("._contract", "CONTRACT")
    base = module.use(f".runtime.client_{flavour.word}", f"{flavour.prefix}BaseClient")
    module.line("", "", f"class {flavour.prefix}Features({base}):", "    _contract = CONTRACT")
    for feature in contract.features:
        name = f"{flavour.prefix}{resource(feature)}"
        module.line("", f"    @{module.builtin('property')}", f"    def {feature_attribute(feature)}(self) -> {name}:")
        module.line(f"        return {name}(self._calls)")


class _Feature:
    def __init__(self, module: Module, contract: Contract, flavour: Flavour) -> None:
        self._module = module
        self._contract = contract
        self._flavour = flavour

    def write(self, feature: str) -> None:
        prefix, module = self._flavour.prefix, self._module
        calls = module.use(f".runtime.calls_{self._flavour.word}", f"{prefix}Calls")
        module.line("", "", f"class {prefix}{resource(feature)}:", f"    def __init__(self, calls: {calls}) -> None:")
        module.line("        self._calls = calls")
        for operation in self._contract.operations:
            if operation.feature == feature:
                self._method(operation)
                if operation.pager:
                    self._pager(operation, operation.pager)

    def _method(self, operation: Operation) -> None:
        module, is_keyed = self._module, operation.idempotency == "key"
        record = operation.result.record
        result = f"{module.use('.', 'models')}.{record}" if record else "None"
        if operation.result.is_stream:
            self._stream(operation, result)
            return
        if operation.result.file:
            result = module.use(f".runtime.download_{self._flavour.word}", f"{self._flavour.prefix}Download")
        module.line("")
        name, options = python_name(operation.method), _option_names(operation)
        taken = {one.name for one in operation.request.fields}
        self._signature(operation, name, result, self._flavour.define, is_keyed=is_keyed)
        module.line(*_documentation(self._contract, operation, []))
        keyed = f", idempotency_key={options['idempotency_key']}" if is_keyed else ""
        call = (
            f"{self._flavour.wait}self._calls.call(_operations.{constant(operation.name)}, "
            f"{_values(operation)}, timeout_s={options['timeout_s']}{keyed})"
        )
        if operation.result.file:
            answer = next(name for name in ("download", "download_", "download__") if name not in taken)
            module.line(f"        {answer}: {result} = {call}", f"        return {answer}")
        else:
            module.line(f"        return {call}")

    def _stream(self, operation: Operation, item: str) -> None:
        """Nothing is awaited to get a stream: it is asked for when its first item is."""
        module, flavour, options = self._module, self._flavour, _option_names(operation)
        stream = module.use(f".runtime.stream_{flavour.word}", f"{flavour.prefix}Stream")
        module.line("")
        self._signature(operation, python_name(operation.method), f"{stream}[{item}]", "def", is_keyed=False)
        walked = "async with" if flavour is Flavour.ASYNCHRONOUS else "with"
        more = [f"Iterate for the items; `{walked}` it where not all of them are taken."]
        module.line(*_documentation(self._contract, operation, more))
        module.line(
            f"        return self._calls.stream(_operations.{constant(operation.name)}, {_values(operation)}, "
            f"timeout_s={options['timeout_s']})"
        )

    def _pager(self, operation: Operation, name: str) -> None:
        module, flavour = self._module, self._flavour
        page = f"{module.use('.', 'models')}.{operation.result.record}"
        pager = module.use(f".runtime.paging_{flavour.word}", f"{flavour.prefix}Pager")
        mapping, anything = module.use("collections.abc", "Mapping"), module.use("typing", "Any")
        options = _option_names(operation)
        module.line("")
        result = f"{pager}[{page}, {self._item(operation)}]"
        self._signature(operation, python_name(name), result, "def", is_keyed=False)
        more = ["Iterate for the items of all pages, or over `.pages()`."]
        module.line(*_documentation(self._contract, operation, more))
        fetch = options["fetch"]
        module.line(
            f"        {flavour.define} {fetch}(values: {mapping}[{module.builtin('str')}, {anything}]) -> {page}:",
            f"            return {flavour.wait}self._calls.call(_operations.{constant(operation.name)}, values, "
            f"timeout_s={options['timeout_s']})",
            "",
            f"        return {pager}({fetch}, {_values(operation)})",
        )

    def _item(self, operation: Operation) -> str:
        items = self._contract.record(operation.result.record or "").field("items")
        kind = items.type.item if items and isinstance(items.type, ListOf) else None
        if kind is None:
            return self._module.use("typing", "Any")
        return received(self._module, self._contract, kind, f"{self._module.use('.', 'models')}.")

    def _signature(self, operation: Operation, name: str, result: str, head: str, *, is_keyed: bool) -> None:
        module, options = self._module, _option_names(operation)
        fields = sorted(operation.request.fields, key=_may_be_left_out)
        parameters = [_parameter(module, self._contract, one) for one in fields]
        parameters.append(f"{options['timeout_s']}: {module.builtin('float')} | None = None")
        if is_keyed:
            key = f"{module.builtin('str')} | {module.use('uuid', 'UUID')} | None"
            parameters.append(f"{options['idempotency_key']}: {key} = None")
        module.call(f"    {head} {name}", ["self", "*", *parameters], f" -> {result}:")


def resource(feature: str) -> str:
    """The class of a feature's methods; no class of the runtime ends so."""
    return f"{pascal(feature)}Api"


def _may_be_left_out(one: Field) -> bool:
    return not one.required or one.has_default


def _parameter(module: Module, contract: Contract, one: Field) -> str:
    """What is left out is the server's default."""
    spelled = given(module, contract, one.type)
    optional = one.nullable or _may_be_left_out(one)
    return f"{parameter(one.name)}: {spelled}{' | None' if optional else ''}" + (
        " = None" if _may_be_left_out(one) else ""
    )


def parameter(name: str) -> str:
    return f"{name}_" if name == "self" else name


def _option_names(operation: Operation) -> dict[str, str]:
    """What is a method's own, which makes way for fields of its name."""
    fields = {one.name for one in operation.request.fields}
    return {name: f"{name}_" if name in fields else name for name in OPTIONS}


def _values(operation: Operation) -> str:
    pairs = (f"{quoted(one.member)}: {parameter(one.name)}" for one in operation.request.fields)
    return f"{{{', '.join(pairs)}}}"


def _documentation(contract: Contract, operation: Operation, more: list[str]) -> list[str]:
    rsp = {error.code: error.rsp for error in contract.errors}
    lines = [operation.summary or operation.name, *_paragraph(operation.description), *_lines(more)]
    if operation.deprecated:
        lines += ["", deprecation(operation.sunset)]
    lines += [line for one in note_sentences(operation.notes) for line in _paragraph(one)]
    said = {parameter(one.name): " ".join(bounded_sentences(one)) for one in operation.request.fields}
    told = [f"{name}: {text}" for name, text in said.items() if text]
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
