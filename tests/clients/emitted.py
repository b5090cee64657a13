"""The client of a contract, emitted into a folder and imported under a name of its own."""

from __future__ import annotations

import importlib.util
import sys
from importlib import import_module
from itertools import count
from pathlib import Path
from types import ModuleType
from typing import Any

from codegen.emit.python_client import files as python_client
from codegen.ir.operations import Contract
from tests.codegen.compiled import both_ways, contract_with

NUMBERS = count(1)
FIELDS = """
id: {type: integer, format: int64}
name: {type: string}
colour: {$ref: '#/Colour'}
level: {$ref: '#/Level'}
levels: {type: array, items: {$ref: '#/Level'}, default: []}
colours: {type: object, additionalProperties: {$ref: '#/Colour'}, default: {}}
shape: {$ref: '#/Shape'}
shapes: {type: array, items: {$ref: '#/Shape'}, default: []}
by_name: {type: object, additionalProperties: {$ref: '#/Shape'}, default: {}}
part: {$ref: '#/Part'}
usual: {type: array, items: {type: string}, minItems: 1, default: [a, b]}
size: {type: integer, format: int32, default: 3}
is_new: {type: boolean}
weight: {type: number}
data: {type: string, contentEncoding: base64}
pieces: {type: array, items: {type: string, contentEncoding: base64}, default: []}
made_at: {type: string, format: date-time}
made_on: {type: string, format: date}
takes: {type: string, format: duration}
price: {type: string, format: decimal}
owner: {type: string, format: uuid}
note: {type: [string, 'null']}
last_at: {type: [string, 'null'], format: date-time}
raw: {type: string}
self: {type: string}
"""
OTHERS = """
Colour: {type: string, enum: [red, dark-blue]}
Level: {type: integer, format: int32, enum: [0, 5], x-enum-names: [low, high]}
Shape:
  oneOf: [{$ref: '#/Circle'}, {$ref: '#/Square'}, {$ref: '#/Dot'}]
Circle:
  type: object
  required: [kind, radius]
  properties:
    kind: {type: string, const: circle}
    radius: {type: number}
Square:
  type: object
  required: [kind, side]
  properties:
    kind: {type: string, const: square}
    side: {type: integer, format: int32}
Dot:
  type: object
  required: [kind]
  properties:
    kind: {type: string, const: dot}
Part:
  type: object
  properties:
    title: {type: string}
    parts: {type: array, items: {$ref: '#/Part'}, default: []}
"""
REQUIRED = "id, name, note, last_at"
THING: dict[str, Any] = {"id": 1, "name": "n", "note": None, "last_at": None}
"""What must be there."""


def rich(folder: Path, *more: tuple[str, str]) -> Contract:
    """One operation whose request and answer have a field of every kind; each of `more` is replaced in the schemas."""
    schemas = both_ways(FIELDS, OTHERS, REQUIRED)
    for old, new in more:
        assert old in schemas
        schemas = schemas.replace(old, new)
    return contract_with(folder, schemas)


def package_of(contract: Contract, folder: Path) -> ModuleType:
    files = python_client.emit(contract)
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    init = next(folder / file.path for file in files if file.path.endswith("_client/__init__.py"))
    name = f"emitted_{next(NUMBERS)}"
    spec = importlib.util.spec_from_file_location(name, init, submodule_search_locations=[str(init.parent)])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def part(package: ModuleType, name: str) -> Any:
    """A module of the package, such as `runtime.proto_codec`."""
    return import_module(f"{package.__name__}.{name}")


def messages(package: ModuleType) -> Any:
    return part(package, "runtime.proto_codec").Messages(part(package, "_contract").CONTRACT.protobuf)
