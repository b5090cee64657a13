"""Whatever stands in a document, the import answers with findings, or with a contract and a report; it never raises."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen.importer.importer import import_documents
from codegen.importer.target import write
from codegen.pipeline import load
from tests.codegen.contracts import SHIPPED
from tests.codegen.importer.documents import CORPUS

VALUES: list[Any] = [
    None, [], {}, 5, "x", True, -1, 1.5, "", [None], {"$ref": "#/nope"}, {"$ref": 5}, {"$ref": "a\0b"}, [[]], 1e308, 2**70, "\0", "class", {"oneOf": []},
    {"allOf": [{}]}, {"enum": [None]}, {"enum": [{}]}, {"$ref": "#"}, "/{id}", {"type": []}, {"type": ["null"]}, "é🎲", {"properties": []}, {"items": 5},
]  # fmt: skip
DOCUMENTS = ("pets.yaml", "deliveries.yaml", "stocks.asyncapi30.yaml", "shop.fastapi31.json")
SEEDS = range(3)


def paths(data: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key in data if isinstance(data, dict) else range(len(data)) if isinstance(data, list) else ():
        yield from paths(data[key], (*path, key))


def scarred(data: Any, chance: random.Random) -> Any:
    """The document with some of its values replaced."""
    found = copy.deepcopy(data)
    for path in chance.sample(list(paths(data)), 4):
        holder = found
        for key in path[:-1]:
            holder = holder[key] if isinstance(holder, dict | list) and _has(holder, key) else None
        if isinstance(holder, dict | list) and _has(holder, path[-1]):
            holder[path[-1]] = copy.deepcopy(chance.choice(VALUES))
    return found


def _has(holder: Any, key: Any) -> bool:
    return key in holder if isinstance(holder, dict) else isinstance(key, int) and key < len(holder)


@pytest.mark.parametrize("name", DOCUMENTS)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_scarred_document_is_refused_or_becomes_a_contract(tmp_path: Path, name: str, seed: int) -> None:
    document = scarred(yaml.safe_load((CORPUS / name).read_text()), random.Random(seed))
    path = tmp_path / "api.json"
    path.write_text(json.dumps(document))
    found = import_documents([str(path)], SHIPPED)
    if len(found.findings):
        assert not found.files
        return
    assert not found.left
    write(tmp_path / "specs", found.files)
    assert not len(load(tmp_path / "specs").findings)
    assert found.losses.render("json", found.sources)
