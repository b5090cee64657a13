"""Facts are written once, at once, by several processes, and a file that is none is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from proof.coverage.facts import Notebook, read, with_roles
from proof.documents import DocumentError

WRITE = """
import sys
from pathlib import Path
from proof.coverage.facts import Notebook
notes = Notebook(Path(sys.argv[1]))
for number in range(2000):
    notes.note("answer", sys.argv[2], str(number))
"""


def test_a_fact_is_written_once_and_at_once(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "facts.ndjson"
    notes = Notebook(file)
    for _ in range(3):
        notes.note("answer", "get_thing", "REST-json", "ok")
    assert file.read_text().splitlines() == ['["answer", "get_thing", "REST-json", "ok"]']
    notes.close()


def test_processes_share_a_file(tmp_path: Path) -> None:
    file = tmp_path / "facts.ndjson"
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, str(file), name]) for name in ("one", "two")]
    assert [one.wait(60) for one in writers] == [0, 0]
    assert len(read(file)) == 4000


@pytest.mark.parametrize("text", ["no json\n", "7\n"])
def test_what_is_no_file_of_facts_is_said(tmp_path: Path, text: str) -> None:
    file = tmp_path / "facts.ndjson"
    file.write_text(text)
    with pytest.raises(DocumentError, match=r"facts\.ndjson"):
        read(file)
    with pytest.raises(DocumentError, match="make coverage-contract"):
        read(tmp_path / "nothing")


def test_a_group_of_roles_has_one_name() -> None:
    assert with_roles(frozenset({"b", "a"})) == "a and b"
    assert with_roles(frozenset()) == "any caller"
