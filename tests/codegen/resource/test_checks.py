"""What a resource may not be called, what it may refer to, and that everything wrong is said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.pipeline import load
from codegen.registration import ServiceCode
from codegen.resource.checks import Wanted, checked, targets_of
from codegen.resource.faults import Fault
from tests.codegen.contracts import ROOT

CLASS = 'class BookRow(SQLModel, table=True):\n    __tablename__ = "book"\n    owner: str = Field()\n'
CORE = (
    'BOOK = Table(\n    "book",\n    SQLModel.metadata,\n    Column("id", BigInteger),\n    Column("owner", Text),\n)\n'
)
CODE = ServiceCode(ROOT / "app" / "features")


def faults_of(wanted: Wanted) -> list[Fault]:
    return checked(wanted, load(ROOT / "specs"), CODE)[1]


@pytest.mark.parametrize(
    ("wanted", "argument", "message"),
    [
        (Wanted("Ticket", "a:text"), "name", "is no name of a resource"),
        (Wanted("class", "a:text"), "name", "is no name of a resource"),
        (Wanted("context", "a:text"), "name", "'context' is taken by the code"),
        (Wanted("request", "a:text"), "name", "'request' is taken by the code"),
        (Wanted("artist", "a:text", plural="writers"), "name", "is there already"),
        (Wanted("writer", "a:text", plural="artists"), "plural", "is there already"),
        (Wanted("ticket", "a:text", plural="ticket"), "plural", "the plural is the name itself"),
        (Wanted("event", "a:text"), "plural", "every client has 'events' itself"),
        (Wanted("ticket", "a:text", plural="My Tickets"), "plural", "is no name of a feature"),
        (Wanted("ticket", "a:text", owner="me"), "owner", "'me' owns nothing"),
        (Wanted("ticket", "a:ref(artst)"), "fields", "'artst', which is no resource"),
        (Wanted("ticket", "a:ref(ticket)"), "fields", "refers to the resource itself"),
        (Wanted("ticket", "ticket_id:int"), "fields", "taken by the resource itself"),
        (Wanted("ticket", "tag:text tags:list(string(4),3)"), "fields", "would be TicketTag, which stands already"),
        (Wanted("ticket", "page_id:int input:text"), "fields", "the name 'input' is taken"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(wanted: Wanted, argument: str, message: str) -> None:
    found = faults_of(wanted)
    assert any(one.argument == argument and message in one.message for one in found), found


def test_a_misspelt_target_is_guessed() -> None:
    (fault,) = faults_of(Wanted("ticket", "text:text artist_id:ref(artsit)"))
    assert (fault.column, "did you mean 'artist'?" in fault.fix) == (11, True)


def test_a_resource_that_fits_has_no_faults() -> None:
    resource, faults = checked(
        Wanted("ticket", "title:text artist_id:ref(artist)", owner="subject"), load(ROOT / "specs"), CODE
    )
    assert faults == []
    assert (resource.plural, resource.is_owned, [one.name for one in resource.targets]) == ("tickets", True, ["artist"])


@pytest.mark.parametrize("text", [CLASS, CORE])
def test_a_table_has_an_owner_where_it_has_the_column(tmp_path: Path, text: str) -> None:
    """`artist` has the operations, and this table in place of its own."""
    (tmp_path / "artists").mkdir()
    (tmp_path / "artists" / "tables.py").write_text(text.replace("book", "artist"))
    target = targets_of(load(ROOT / "specs"), ServiceCode(tmp_path))["artist"]
    assert (target.plural, target.schemas, target.is_owned, target.says_in_use) == (
        "artists",
        "artist.yaml",
        True,
        False,
    )
