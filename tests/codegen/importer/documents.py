"""Small documents for the tests of the import: a schema by itself, an operation by itself, or a whole one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from codegen.diagnostics import Findings
from codegen.importer.importer import Imported, import_documents
from codegen.importer.losses import Losses
from codegen.importer.names import Taken
from codegen.importer.nodes import mapping
from codegen.importer.shapes import Shapes
from codegen.importer.sources import Library, Source
from codegen.importer.types import Types
from codegen.importer.upgrade import upgrade
from codegen.parse.yaml_tree import Mapping
from tests.codegen.contracts import SHIPPED

CORPUS = Path(__file__).with_name("corpus")
Data = dict[str, Any]


class Read(NamedTuple):
    """One schema of a document, as the language has it."""

    types: Types
    losses: Losses
    schema: object

    @property
    def said(self) -> list[str]:
        return said(self.losses)

    @property
    def named(self) -> Data:
        return self.types.schemas


def said(losses: Losses) -> list[str]:
    losses.settle()
    return [f"{one.rule} {one.message}" for one in losses.findings]


def openapi(paths: Data | None = None, schemas: Data | None = None, **more: Any) -> Data:
    info = {"title": "Things", "version": "1.0.0"}
    components = {"schemas": schemas or {}, **more.pop("components", {})}
    return {"openapi": "3.1.0", "info": info, "paths": paths or {}, "components": components, **more}


def answers(schema: Data) -> Data:
    return {"200": {"description": "Done.", "content": {"application/json": {"schema": schema}}}}


def library_of(folder: Path, document: Data, name: str = "api.json") -> tuple[Library, list[Source]]:
    path = folder / name
    path.write_text(json.dumps(document, indent=1))
    findings = Findings()
    library = Library(findings)
    sources = library.read([str(path)])
    assert not len(findings), findings.render({})
    for tree in library.trees():
        upgrade(tree)
    return library, sources


def types_of(folder: Path, document: Data) -> tuple[Types, Source]:
    library, sources = library_of(folder, document)
    losses = Losses()
    return Types(Shapes(library, losses), losses, Taken()), sources[0]


def read(folder: Path, schema: Data, **others: Data) -> Read:
    """The schema `Thing` of a document that has the others too."""
    types, source = types_of(
        folder, openapi(schemas={"Thing": schema, **others, "Use": {"$ref": "#/components/schemas/Thing"}})
    )
    node = mapping(source.root, "components", "schemas", "Use")
    assert isinstance(node, Mapping)
    return Read(types, types.losses, types.of(node, "thing", "Thing"))


def imported(folder: Path, *documents: Data) -> Imported:
    """Whole documents, compiled."""
    names = []
    for number, document in enumerate(documents):
        path = folder / f"api{number}.json"
        path.write_text(json.dumps(document, indent=1))
        names.append(str(path))
    return import_documents(names, SHIPPED)
