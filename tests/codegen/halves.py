"""Takes out of a contract what another script says too, so that tests can see it come back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from codegen.diagnostics import Findings
from codegen.parse.documents import shared_name
from codegen.parse.http_operation import HttpOperation
from codegen.parse.yaml_tree import Node, parse_yaml, plain
from codegen.pipeline import Loaded, load

SAID: dict[str, tuple[dict[str, str], ...]] = {
    "boolean": ({},),
    "integer": ({"format": "int32"}, {"format": "int64"}),
    "number": ({},),
    "string": ({}, {"contentEncoding": "base64"}, {"format": "date-time"}, {"format": "duration"}),
}
"""The schemas of which proto says everything, beside their type."""
ENVELOPE = {"frame.yaml", "page.yaml", "problem.yaml"}


def without_proto(specs: Path) -> int:
    """Every message, enum and rpc of a feature."""
    files = [path for path in (specs / "proto").glob("*.proto") if path.name != "envelope.proto"]
    for path in files:
        path.unlink()
    return len(files)


def without_properties(specs: Path) -> int:
    """Every property of which proto says everything, as if it were new there: the lock does not know it."""
    if not (specs / "contract.lock").exists():  # A contract without proto says everything once.
        return 0
    loaded, lock = load(specs), _read(specs / "contract.lock")
    kept, gone = _kept(loaded), set[str]()
    texts = "".join(loaded.dialects.documents.sources.values())
    for path in (specs / "schemas").glob("*.yaml"):
        if path.name not in ENVELOPE and "allOf" not in path.read_text():
            data = _read(path)
            for name, schema in data.items():
                gone |= _strip(schema, loaded) if name not in kept and f"/{name}/properties/" not in texts else set()
            _write(path, data)
    for table in lock["fields"].values():
        for name in gone & table.keys():
            del table[name]
    _write(specs / "contract.lock", lock)
    return len(gone)


def without_messages(specs: Path) -> int:
    """Of a socket's operation all but its name and direction, where one schema is its request on the other door."""
    if not (specs / "asyncapi.yaml").exists():
        return 0
    loaded, root, count = load(specs), _read(specs / "asyncapi.yaml"), 0
    listed = root["channels"]["web"]["messages"]
    for path in (specs / "packages").glob("*.yaml"):
        data = _read(path)
        for name, operation in data["operations"].items():
            if _is_described(loaded, name):
                data["operations"][name] = {key: operation[key] for key in ("action", "channel")}
                count += 1
        used = set(_mentioned(data["operations"]))
        data["messages"] = {name: one for name, one in data["messages"].items() if name in used}
        _write(path, {key: table for key, table in data.items() if table})
        for name in [name for name, one in listed.items() if f"/{path.name}#" in one["$ref"] and name not in used]:
            del listed[name]
    _write(specs / "asyncapi.yaml", root)
    return count


def facts(loaded: Loaded) -> object:
    """The contract without places, hash and proto's files, whatever the order of its fields."""
    return _sorted(loaded.contract)


def _sorted(value: object) -> object:
    if hasattr(value, "__dataclass_fields__"):
        keys = [key for key in value.__dataclass_fields__ if key not in ("place", "hash", "proto", "bindings")]
        return type(value).__name__, [(key, _sorted(getattr(value, key))) for key in keys]
    if isinstance(value, dict):
        return sorted((key, _sorted(item)) for key, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return sorted((_sorted(item) for item in value), key=repr)
    return value


def _read(path: Path) -> Any:
    root = parse_yaml(path.name, path.read_bytes(), Findings())
    assert root is not None
    return plain(root)


def _write(path: Path, data: object) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False, width=200, allow_unicode=True))


def _kept(loaded: Loaded) -> set[str | None]:
    """Lists, which their fields make lists, and what is the request on one of two doors only."""
    found = {one.result.record for one in loaded.contract.operations if one.result.is_list}
    for name, http in loaded.dialects.http.operations.items():
        socket = loaded.dialects.socket.operations.get(name)
        names = [_names(loaded, http.records), _names(loaded, socket.records if socket else http.records)]
        found |= names[0] ^ names[1]
    return found


def _names(loaded: Loaded, records: list[Node]) -> set[str | None]:
    targets = [loaded.dialects.documents.resolve(node) for node in records]
    return {shared_name(node) for node in targets if node is not None}


def _strip(schema: dict[str, Any], loaded: Loaded) -> set[str]:
    properties, required = schema.get("properties", {}), schema.get("required", [])
    gone = {name for name, one in properties.items() if _is_said(one, loaded)}
    if gone:
        schema["properties"] = {name: one for name, one in properties.items() if name not in gone}
        schema["required"] = [name for name in required if name not in gone]
    return gone


def _is_said(schema: dict[str, Any], loaded: Loaded) -> bool:
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2] in loaded.contract.definitions
    for kind, inner, empty in (("array", "items", []), ("object", "additionalProperties", {})):
        if schema.get("type") == kind:
            return schema == {"type": kind, inner: schema.get(inner), "default": empty} and _is_said(
                schema[inner], loaded
            )
    own = schema.get("type")
    return isinstance(own, str) and {key: one for key, one in schema.items() if key != "type"} in SAID.get(own, ())


def _is_described(loaded: Loaded, name: str) -> bool:
    http = loaded.dialects.http.operations.get(name)
    if http is None or http.http is None or frozenset() in (http.roles or ()):
        return False
    carried = [one for one in http.http.parameters if one.location != "query"]
    return not carried and len(http.records) <= 1 and _covers(loaded, http)


def _covers(loaded: Loaded, http: HttpOperation) -> bool:
    said = [one.name for node in http.records for one in loaded.dialects.schemas.fields_of(node, http.name) or ()]
    return set(said) == set(http.fields)


def _mentioned(operations: object) -> Iterator[str]:
    """The last names of all references."""
    if isinstance(operations, dict):
        if isinstance(operations.get("$ref"), str):
            yield operations["$ref"].rpartition("/")[2]
        operations = list(operations.values())
    for one in operations if isinstance(operations, list) else ():
        yield from _mentioned(one)
