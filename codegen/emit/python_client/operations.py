"""`sdk_python/…/_operations.py` and `_contract.py`: every operation and event as a value, and what protobuf must know."""

from __future__ import annotations

from base64 import b64encode

from google.protobuf import descriptor_pb2 as pb

from codegen.emit.client_names import member_of
from codegen.emit.control_proto import with_control
from codegen.emit.printer import File, Module, quoted
from codegen.ir.operations import Contract, Http, Operation
from codegen.ir.proto_spelling import enum_members
from codegen.ir.topics import is_conflated, plain_topic
from codegen.ir.types import Enum, Record, Union, file_of
from codegen.ir.types import File as Bytes
from codegen.parse.http_request import IF_MATCH

RUNTIME = ".runtime.operation"
CHUNK = 100


def constant(name: str) -> str:
    return f"{name.upper()}_" if name in ("operations", "events") else name.upper()


def emit_operations(contract: Contract, folder: str) -> File:
    module = Module(
        f"{folder}/_operations.py", "Every operation and event, as the doors need it. Generated; do not edit."
    )
    module.use("functools", "cache")
    module.use("pydantic", "TypeAdapter")
    for operation in contract.operations:
        record = operation.result.record
        result = f"{module.use('.', 'models')}.{record}" if record else "None"
        answer = module.use("typing", "Any") if operation.result.file else result
        head = f"{constant(operation.name)}: {module.use(RUNTIME, 'Operation')}[{answer}] = Operation"
        module.line("")
        module.call(head, _operation(module, contract, operation, result))
    for event in contract.events:
        record = f"{module.use('.', 'models')}.{event.record}"
        arguments = [
            quoted(event.name),
            str(event.pkg_id),
            quoted(plain_topic(event)),
            record,
            f"cache(lambda: TypeAdapter({record}))",
            quoted(_message(contract, event.record)),
            *(["is_dense=False"] if is_conflated(contract, plain_topic(event)) else []),
        ]
        module.line("")
        module.call(f"{constant(event.name)}: {module.use(RUNTIME, 'EventType')}[{record}] = EventType", arguments)
    listed = module.use("typing", "Any")
    module.line("", f"OPERATIONS: dict[str, {module.use(RUNTIME, 'Operation')}[{listed}]] = {{")
    module.line(*(f"    {quoted(one.name)}: {constant(one.name)}," for one in contract.operations), "}")
    module.line("", f"EVENTS: dict[int, {module.use(RUNTIME, 'EventType')}[{listed}]] = {{")
    module.line(*(f"    {one.pkg_id}: {constant(one.name)}," for one in contract.events), "}")
    return module.file()


def _operation(module: Module, contract: Contract, operation: Operation, result: str) -> list[str]:
    nulls = sorted(one.member for one in operation.request.fields if one.required and one.nullable)
    told = {
        "pkg_id": operation.pkg_id,
        "is_query": operation.is_query or None,
        "is_public": (operation.roles is None) or None,
        "is_list": operation.result.is_list or None,
        "is_stream": operation.result.is_stream or None,
    }
    arguments = [
        f"name={quoted(operation.name)}",
        f"feature={quoted(operation.feature)}",
        f"result=cache(lambda: TypeAdapter({result}))",
        *(f"{name}={value!r}" for name, value in told.items() if value is not None),
        f"idempotency={quoted(operation.idempotency)}",
        f"timeout_s={operation.timeout_s!r}",
    ]
    if operation.http is not None:
        arguments.append(f"http={_http(module, operation, operation.http)}")
    if nulls:
        arguments.append(f"nullable=frozenset({{{', '.join(map(quoted, nulls))}}})")
    if operation.has_rpc:
        arguments.append(f"request_message={quoted(_message(contract, operation.request.name))}")
        if operation.result.record:
            arguments.append(f"result_message={quoted(_message(contract, operation.result.record))}")
    if operation.session:
        arguments.append(f"session={quoted(operation.session)}")
    return arguments


def _http(module: Module, operation: Operation, http: Http) -> str:
    parameters = ""
    for one in http.parameters:
        is_etag = one.location == "header" and one.carrier.lower() == IF_MATCH
        named = [
            quoted(member_of(operation, one)),
            quoted(one.carrier),
            quoted(one.location),
            *(["is_etag=True"] if is_etag else []),
        ]
        parameters += f"{module.use(RUNTIME, 'Parameter')}({', '.join(named)}), "
    arguments = [quoted(http.method), quoted(http.path)]
    if parameters:
        arguments.append(f"parameters=({parameters})")
    if http.body is not None:
        arguments.append("has_body=True")
    if http.form:
        arguments.append("is_form=True")
    if files := [_file(module, one.member, file) for one in operation.request.fields if (file := file_of(one.type))]:
        arguments.append(f"files=({', '.join(files)},)")
    if operation.result.file:
        arguments.append("answers_bytes=True")
    return f"{module.use(RUNTIME, 'HttpBinding')}({', '.join(arguments)})"


def _file(module: Module, name: str, file: Bytes) -> str:
    concrete = [one for one in file.media_types if "*" not in one]
    media = [quoted(concrete[0])] if len(file.media_types) == len(concrete) == 1 else []
    return f"{module.use(RUNTIME, 'FileField')}({', '.join([quoted(name), *media])})"


def _message(contract: Contract, name: str) -> str:
    """The full name of a message, or nothing where protobuf has none."""
    binding = contract.bindings.get(name)
    if binding is None:
        return ""
    files = pb.FileDescriptorSet.FromString(contract.proto).file
    scope = next((file.package for file in files if file.name == f"{binding.file}.proto"), "")
    return f"{scope}.{binding.path}" if scope else binding.path


def emit_contract(contract: Contract, folder: str) -> File:
    module = Module(f"{folder}/_contract.py", "The contract that this package was made of. Generated; do not edit.")
    module.use("base64", "b64decode")
    module.use("._operations", "EVENTS")
    module.use("._operations", "OPERATIONS")
    module.use(".errors", "CODES")
    subprotocols = {media.rpartition("/")[2].removeprefix("x-"): name for name, media in contract.frames.encodings}
    name = contract.info.product
    module.line("", "DESCRIPTORS = (", *(f"    {quoted(part)}" for part in _chunks(_descriptors(contract))), ")", "")
    module.call(
        f"CONTRACT = {module.use(RUNTIME, 'Contract')}",
        [
            f"title={quoted(contract.info.title)}",
            f"version={quoted(contract.info.version)}",
            f"hash={quoted(contract.hash)}",
            f"agent={quoted(f'{name}_client/{contract.info.version} (python; {contract.hash})')}",
            f"address={quoted(contract.frames.address)}",
            f"subprotocols={_dictionary({key: quoted(value) for key, value in subprotocols.items()})}",
            "operations=OPERATIONS",
            "events=EVENTS",
            "errors=CODES",
            f"protobuf={_protobuf(module, contract)}",
        ],
    )
    return module.file()


def _protobuf(module: Module, contract: Contract) -> str:
    arguments = ["descriptors=b64decode(DESCRIPTORS)"]
    arguments += [
        f"{word}={quoted(_message(contract, word.capitalize()))}" for word in ("request", "response", "problem")
    ]
    for table, found in _tables(contract).items():
        arguments.append(f"{table}={_dictionary(found)}")
    return f"{module.use(RUNTIME, 'Protobuf')}({', '.join(arguments)})"


def _tables(contract: Contract) -> dict[str, dict[str, str]]:
    """By message: enums' values, unions' tags, and the fields whose absence says something."""
    tables: dict[str, dict[str, str]] = {"enums": {}, "unions": {}, "nulls": {}, "defaulted": {}, "members": {}}
    numbers = _numbers(contract)
    records = [one for one in contract.definitions.values() if isinstance(one, Record)]
    requests = [one.request for one in contract.operations if one.has_rpc]
    for definition in contract.definitions.values():
        name = _message(contract, definition.name)
        if name and isinstance(definition, Enum):
            tables["enums"][name] = _members(definition, numbers[name])
        elif name and isinstance(definition, Union):
            arms = _dictionary({definition.arm_name(tag): quoted(tag) for tag, _ in definition.arms})
            tables["unions"][name] = f"({quoted(definition.tag_member)}, {arms})"
    for record in records:
        name = _message(contract, record.name)
        nulls = [one.name for one in record.fields if one.required and one.nullable]
        defaulted = [one.name for one in record.fields if one.is_collection and one.default]
        for table, fields in (("nulls", nulls), ("defaulted", defaulted)):
            if name and fields:
                tables[table][name] = f"frozenset({{{', '.join(map(quoted, fields))}}})"
    for record in (*records, *requests):
        name, members = (
            _message(contract, record.name),
            {one.name: quoted(one.json) for one in record.fields if one.json},
        )
        if name and members:
            tables["members"][name] = _dictionary(members)
    return {name: table for name, table in tables.items() if table or name != "members"}


def _members(enum: Enum, numbers: dict[str, int]) -> str:
    spelled = enum_members(enum)[-len(enum.members) :]
    pairs = [f"{numbers[word]}: {value!r}" for word, (_, value) in zip(spelled, enum.members, strict=True)]
    return f"{{{', '.join(pairs)}}}"


def _numbers(contract: Contract) -> dict[str, dict[str, int]]:
    """The numbers of every enum, by its full name."""
    found: dict[str, dict[str, int]] = {}
    for file in pb.FileDescriptorSet.FromString(contract.proto).file:
        scope = f"{file.package}." if file.package else ""
        for enum in file.enum_type:
            found[scope + enum.name] = {one.name: one.number for one in enum.value}
        for message in file.message_type:
            _nested_numbers(message, scope, found)
    return found


def _nested_numbers(message: pb.DescriptorProto, scope: str, found: dict[str, dict[str, int]]) -> None:
    inner = f"{scope}{message.name}."
    for enum in message.enum_type:
        found[inner + enum.name] = {one.name: one.number for one in enum.value}
    for nested in message.nested_type:
        _nested_numbers(nested, inner, found)


def _descriptors(contract: Contract) -> str:
    """Without services and comments, which no message needs."""
    files = with_control(pb.FileDescriptorSet.FromString(contract.proto))
    for file in files.file:
        file.ClearField("source_code_info")
        file.ClearField("service")
    return b64encode(files.SerializeToString(deterministic=True)).decode()


def _chunks(text: str) -> list[str]:
    return [text[start : start + CHUNK] for start in range(0, len(text), CHUNK)] or [""]


def _dictionary(pairs: dict[str, str]) -> str:
    return f"{{{', '.join(f'{quoted(key)}: {value}' for key, value in pairs.items())}}}"
