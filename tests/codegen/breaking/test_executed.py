"""Executed, not only diffed: of a change, the client of either contract speaks to the doors of the other, and whom that breaks is whom the gate names.

The gate judges the way from old to new; for the new client at the old server it judges the way back, which is the mirror.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from codegen import output
from codegen.breaking.gate import judge
from codegen.breaking.rules import Audience, Severity
from codegen.breaking.stored import UNREADABLE
from codegen.fix import fix
from codegen.ir.operations import Contract
from codegen.pipeline import build, load
from tests.codegen.breaking.changes import CASE, TODAY
from tests.codegen.breaking.client import Client
from tests.codegen.breaking.conversation import Server, broken, served, unreadable
from tests.codegen.breaking.executed_changes import CHANGES, Edits, Speaker
from tests.codegen.contracts import edited

LETTERS = {Audience.REST: "R", Audience.SOCKET: "S", Audience.PROTOBUF: "P"}


def compiled(folder: Path, edits: Edits) -> Contract:
    """The case after the edits, with `generated/` beside it; all of its numbers are issued anew."""
    edited(folder, *edits, case=CASE)
    specs = folder / "specs"
    (specs / "contract.lock").write_text("pkg_ids: {}\nfields: {}\n")
    fix.write(specs, fix.fix(specs))
    loaded = load(specs)
    assert not len(loaded.findings), loaded.report()
    output.publish(folder / "generated", build(loaded.contract))
    return loaded.contract


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The case itself, which most changes start from."""
    folder = tmp_path_factory.mktemp("plain")
    with served(compiled(folder, ()), folder) as server:
        yield server


def judged_unreadable(old: Contract, new: Contract) -> list[str]:
    return [one.subject for one in judge(old, new, (), TODAY).changes if one.rule == UNREADABLE]


def letters(audiences: set[Audience]) -> str:
    return "".join(letter for audience, letter in LETTERS.items() if audience in audiences)


def named(old: Contract, new: Contract) -> set[Audience]:
    errors = [one for one in judge(old, new, (), TODAY).changes if one.severity is Severity.ERR]
    return {audience for one in errors for audience in one.audiences} & LETTERS.keys()


def test_a_contract_does_not_break_its_own_clients(plain: Server) -> None:
    assert broken(Client(plain.contract), plain) == {}


@pytest.mark.parametrize("name", CHANGES)
def test_whom_the_gate_names_is_whom_it_breaks(name: str, plain: Server, tmp_path: Path) -> None:
    change = CHANGES[name]
    with ExitStack() as stack:
        sides = [plain]
        for folder, edits in ((tmp_path / "old", change.old), (tmp_path / "new", change.new)):
            if edits:
                sides.append(stack.enter_context(served(compiled(folder, edits), folder)))
        old, new = sides[-2:]
        pairs: tuple[tuple[Speaker, Server, Server], ...] = (("old", old, new), ("new", new, old))
        for (speaker, client, server), expected in zip(pairs, change.breaks, strict=True):
            found = broken(Client(client.contract), server)
            assert letters(set(found)) == expected, found
            stricter = {audience for whose, audience in change.stricter if whose == speaker}
            assert not stricter & found.keys(), found
            assert letters(named(client.contract, server.contract)) == letters(set(found) | stricter), found
            fault = unreadable(client, server)
            assert bool(judged_unreadable(client.contract, server.contract)) is bool(fault), fault


def test_there_are_changes_of_both_kinds_for_every_client() -> None:
    both_ways = [letters for change in CHANGES.values() for letters in change.breaks]
    for letter in LETTERS.values():
        assert sum(letter in letters for letters in both_ways) >= 12
        assert sum(letter not in letters for letters in both_ways) >= 12
