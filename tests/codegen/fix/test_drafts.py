"""A number that a commit has seen stays for ever; one of a draft goes with it, unless nobody knows what was committed."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from codegen.fix import drafts, fix
from codegen.parse.policy import Lock
from tests.codegen.contracts import compose

DRAFT = ("  maybe: {type: boolean}\n", "  maybe: {type: boolean}\n    draft: {type: boolean}\n")


def commit(folder: Path) -> None:
    artist = ["-c", "user.name=t", "-c", "user.email=t@t"]
    for command in (["init", "-q"], ["add", "-A"], [*artist, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=folder, check=True)


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    return compose("p01_bool", tmp_path)


def draft(specs: Path) -> None:
    """A field that is written and taken out again."""
    before = fix.texts_of(specs)
    schema = specs / "schemas" / "things.yaml"
    schema.write_text(schema.read_text().replace(*DRAFT))
    fix.write(specs, fix.fix(specs))
    assert "draft" in (specs / "contract.lock").read_text()
    kept = (specs / "contract.lock").read_text()
    fix.write_texts(specs, before)
    (specs / "contract.lock").write_text(kept)


def test_a_draft_is_forgotten_and_what_was_committed_is_not(specs: Path) -> None:
    commit(specs.parent)
    committed = (specs / "contract.lock").read_text()
    draft(specs)
    fixed = fix.fix(specs)
    fix.write(specs, fixed)
    assert not len(fixed.left.findings)
    assert (specs / "contract.lock").read_text() == committed
    assert "reserved" not in (specs / "proto" / "things.proto").read_text()


def test_without_a_repository_every_number_stays(specs: Path) -> None:
    assert drafts.committed_lock(specs) is None
    draft(specs)
    fix.write(specs, fix.fix(specs))
    assert "draft: 3" in (specs / "contract.lock").read_text()
    assert 'reserved "draft";' in (specs / "proto" / "things.proto").read_text()


def test_a_number_that_left_after_a_commit_is_kept_as_removed(specs: Path) -> None:
    schema = specs / "schemas" / "things.yaml"
    before = schema.read_text()
    schema.write_text(before.replace(*DRAFT))
    fix.write(specs, fix.fix(specs))
    commit(specs.parent)
    schema.write_text(before)
    proto = specs / "proto" / "things.proto"
    proto.write_text("".join(line for line in proto.read_text().splitlines(True) if " draft " not in line))
    fix.write(specs, fix.fix(specs))
    assert "draft" in (specs / "contract.lock").read_text()
    assert 'reserved "draft";' in proto.read_text()


def test_a_contract_that_cannot_be_read_loses_no_number(specs: Path) -> None:
    before = (specs / "contract.lock").read_text()
    (specs / "proto" / "things.proto").write_text("message {")
    drafts.forget(specs, Lock())
    assert (specs / "contract.lock").read_text() == before
