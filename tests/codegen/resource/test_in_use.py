"""What is referred to for the first time gets a code for that, where its deletion is as `make resource` writes it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from codegen.edits import apply
from codegen.fix import fix
from codegen.pipeline import load
from codegen.registration import ServiceCode
from codegen.resource.in_use import can_learn, edits, repository, taught
from codegen.resource.resource import Target
from tests.codegen.contracts import SHIPPED

ARTIST = Target("artist", "artists", "artist.yaml", is_owned=False, says_in_use=False)
MODULE = """from generated.errors import ArtistNotFound, VersionMismatch


class ArtistRepository:
    async def delete(self, db, artist_id, expected_version):
        row = await db.fetchrow(self._delete, id=artist_id, expected=expected_version)
        if row is None:
            raise VersionMismatch
        return row
"""
OTHERS = {
    "another statement": MODULE.replace("self._delete,", "self._away,"),
    "twice": MODULE + MODULE.partition("class")[2].partition("\n")[2],
    "caught already": MODULE.replace("        row = await", "        with caught():\n            row = await"),
    "no errors of the contract": MODULE.partition("\n")[2],
}


def code_of(folder: Path, text: str) -> ServiceCode:
    path = folder / "features" / "artists" / "repository.py"
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return ServiceCode(folder / "features")


def test_the_deletion_learns_it_in_the_contract_and_in_the_code(tmp_path: Path) -> None:
    """Lines that stand there stay; the contract compiles with the new code once proto and lock follow."""
    specs, code = tmp_path / "specs", code_of(tmp_path, MODULE)
    fix.copied(SHIPPED, specs)
    loaded = load(specs)
    assert can_learn(loaded, code, ARTIST)
    fix.write_texts(specs, apply(edits(loaded, ARTIST), fix.texts_of(specs)))
    fixed = fix.fix(specs)
    assert not len(fixed.left.findings), fixed.left.report()
    fix.write(specs, fixed)
    contract = load(specs).contract
    assert "artist_in_use" in next(one for one in contract.operations if one.name == "delete_artist").declared_errors
    assert {one.code: one.status for one in contract.errors}["artist_in_use"] == 409
    text = repository(code, ARTIST)
    ast.parse(text)
    assert "except asyncpg.ForeignKeyViolationError as error:\n            raise ArtistInUse from error\n" in text
    assert "from generated.errors import ArtistInUse\n" in text


@pytest.mark.parametrize("other", OTHERS)
def test_code_of_another_form_is_left_to_who_wrote_it(tmp_path: Path, other: str) -> None:
    assert taught(OTHERS[other], "artist") is None
    assert not can_learn(load(SHIPPED), code_of(tmp_path, OTHERS[other]), ARTIST)


def test_what_has_no_deletion_or_says_it_already_learns_nothing(tmp_path: Path) -> None:
    loaded, code = load(SHIPPED), code_of(tmp_path, MODULE)
    assert edits(loaded, Target("album", "albums", "album.yaml", is_owned=False, says_in_use=False)) == []
    said = Target("artist", "artists", "artist.yaml", is_owned=False, says_in_use=True)
    assert not can_learn(loaded, code, said)
