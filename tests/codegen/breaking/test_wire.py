"""Below the schemas: numbers, kinds, packages and codes; buf agrees about proto."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from codegen.breaking.gate import judge
from codegen.breaking.rules import Severity
from codegen.pipeline import load
from tests.codegen.breaking.changes import CASE, PROTO, TODAY
from tests.codegen.contracts import ROOT, compose, edited

BUF = ROOT / "tests" / "npm" / "node_modules" / ".bin" / "buf"
CHANGES = {
    "number": ("  string name = 2;", "  string name = 20;", "proto-number-changed"),
    "kind": ("  int64 id = 1;", "  string id = 1;", "proto-kind-changed"),
    "width": ("  int64 version = 12;", "  int32 version = 12;", "proto-width-changed"),
    "cardinality": ("  string name = 2;\n  Colour", "  repeated string name = 2;\n  Colour", "proto-kind-changed"),
    "member number": ("LEVEL_HIGH = 5", "LEVEL_HIGH = 6", "proto-member-number-changed"),
}


@pytest.mark.parametrize("name", sorted(CHANGES))
def test_a_change_of_proto_alone_breaks_and_buf_agrees(name: str, tmp_path: Path) -> None:
    """The schemas are left alone, so that only the descriptor sets differ."""
    before, after, rule = CHANGES[name]
    old = load(compose(CASE, tmp_path / "old"))
    new = edited(tmp_path / "new", (PROTO, before, after), case=CASE)
    changes = {one.rule: one for one in judge(old.contract, new.contract, (), TODAY).changes}
    assert changes[rule].severity is Severity.ERR
    if BUF.exists():
        assert buf_breaks(tmp_path / "new", tmp_path / "old")


def test_another_package_is_another_contract_to_protobuf(tmp_path: Path) -> None:
    old = load(compose(CASE, tmp_path / "old"))
    renamed = ("package stele.v1;", "package stele.v2;")
    new = edited(tmp_path / "new", (PROTO, *renamed), ("proto/envelope.proto", *renamed), case=CASE)
    assert {one.rule for one in judge(old.contract, new.contract, (), TODAY).changes} == {"proto-package-changed"}


def test_a_field_that_is_added_to_proto_breaks_nobody_and_buf_agrees(tmp_path: Path) -> None:
    old = load(compose(CASE, tmp_path / "old"))
    new = edited(
        tmp_path / "new", (PROTO, "  int64 version = 12;\n", "  int64 version = 12;\n  bool fresh = 13;\n"), case=CASE
    )
    assert not judge(old.contract, new.contract, (), TODAY).is_breaking
    if BUF.exists():
        assert not buf_breaks(tmp_path / "new", tmp_path / "old")


def buf_breaks(new: Path, old: Path) -> bool:
    """buf's WIRE_JSON category: what breaks the wire in either form."""
    for folder in (new, old):
        config = {"version": "v2", "modules": [{"path": "proto"}], "breaking": {"use": ["WIRE_JSON"]}}
        (folder / "specs" / "buf.yaml").write_text(json.dumps(config))
        if (folder / "specs" / "proto" / "buf.yaml").exists():
            (folder / "specs" / "proto" / "buf.yaml").unlink()
    node = Path(shutil.which("node") or "node").parent
    command = [str(BUF), "breaking", ".", "--against", str(old / "specs"), "--error-format", "json"]
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ['PATH']}", "HOME": str(new)}
    ended = subprocess.run(command, cwd=new / "specs", env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode in (0, 100), ended.stderr
    return ended.returncode == 100


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("thing_taken: {status: 409", "thing_taken: {status: 410", "error-status-changed"),
        ("title: There is such a thing.", "title: There is one.", None),
        ("token_expired: 4401", "token_expired: 4402", "close-code-changed"),
        ("status: 409, rsp: CONFLICT, retryable: false, title: There is such", "status: 409, rsp: ERROR, retryable: false, title: There is such", "error-frame-code-changed"),
    ],
)  # fmt: skip
def test_codes(tmp_path: Path, old: str, new: str, rule: str | None) -> None:
    first = load(compose(CASE, tmp_path / "old"))
    second = edited(tmp_path / "new", ("errors.yaml", old, new), case=CASE)
    found = {one.rule for one in judge(first.contract, second.contract, (), TODAY).changes}
    assert found == ({rule} if rule else set())
