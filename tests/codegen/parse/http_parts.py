"""Reads one operation out of a few lines of YAML, for the tests of the readers of its parts."""

from __future__ import annotations

from pathlib import Path

from codegen.diagnostics import Findings, Place
from codegen.parse.documents import Documents
from codegen.parse.http_operation import HttpOperation, Sources
from codegen.parse.json_schema import Schemas
from codegen.parse.yaml_tree import Mapping


def part(folder: Path, text: str) -> tuple[Sources, HttpOperation, Mapping]:
    """The text as `specs/http/things.yaml`, what reading needs, and an operation to read into."""
    path = folder / "specs" / "http" / "things.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    findings = Findings()
    documents = Documents(folder / "specs", findings)
    root = documents.tree("specs/http/things.yaml")
    assert isinstance(root, Mapping)
    operation = HttpOperation("get_thing", "things", Place("specs/http/things.yaml", 1, 1), root)
    return Sources(documents, Schemas(documents, findings), findings), operation, root


def found(sources: Sources) -> list[str]:
    return [f"{one.rule}:{one.place.line}" for one in sources.findings]
