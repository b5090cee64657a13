"""`.owners`: the last pattern that matches decides, and a line that says nothing is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.project.owners import Owner, Owners

LINES = """
# a comment
*                platform   # all
app/features/    product
app/features/a.py platform
"""


def read(folder: Path, text: str) -> Owners:
    (folder / ".owners").write_text(text)
    return Owners.read(folder)


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("Makefile", Owner.PLATFORM),
        ("app/features/b.py", Owner.PRODUCT),
        ("app/features/a.py", Owner.PLATFORM),
        ("app/features", Owner.PLATFORM),
        ("app/features/deep/er.py", Owner.PRODUCT),
    ],
)
def test_the_last_pattern_that_matches_decides(tmp_path: Path, path: str, owner: Owner) -> None:
    assert read(tmp_path, LINES).of(path) is owner


def test_patterns_that_say_nothing_are_found(tmp_path: Path) -> None:
    assert read(tmp_path, LINES).unused(["Makefile", "app/features/b.py"]) == ["app/features/a.py"]


def test_every_line_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"(?s):2: expected .*:3: "):
        read(tmp_path, "* platform\nspecs/ nobody\nspecs/ product twice\n")


def test_a_file_without_an_owner_cannot_be(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="every file"):
        read(tmp_path, "specs/ product\n")
