"""The same answer through every door of any contract: those of the compiler's tests, served for real by handlers that are made of them."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

import pytest

from codegen.ir.operations import Contract
from proof.documents import DocumentError
from proof.doors.command import summary
from proof.doors.door import Door, Service, kinds_of
from proof.doors.judgement import Judgement
from proof.doors.run import Comparison
from tests.proof.doors.projects import CONTRACTS, lay_out
from tests.proof.doors.stage import Stage

USERS = ("admin", "nobody")
SHORT = ("chat", "p17_union")
SHORT_CASES, CASES = 200, 2000

pytestmark = pytest.mark.xdist_group("stage")


def asked_alike(contract: Contract, doors: Sequence[Door]) -> dict[tuple[int, ...], list[str]]:
    """The operations by the doors that have them: what is asked through some is alike only behind those."""
    found: dict[tuple[int, ...], list[str]] = {}
    for one in contract.operations:
        having = tuple(index for index, door in enumerate(doors) if door.has(one, USERS[0]))
        found.setdefault(having, []).append(one.name)
    return {having: names for having, names in sorted(found.items(), key=lambda one: -len(one[0])) if len(having) > 1}


def assert_alike(name: str, on: Stage, cases: int) -> None:
    tree, contract = lay_out(name, on.folder)
    callers = {one: on.caller(one) for one in USERS}
    with on.services(tree) as (urls, databases):

        def doors() -> list[Door]:
            return [kind(Service(url, contract, callers)) for kind, url in zip(kinds_of(contract), urls, strict=False)]

        groups = asked_alike(contract, doors())
        if not groups:
            pytest.skip("no operation has two doors")
        for having, names in groups.items():
            asked, behind = [doors()[index] for index in having], [databases[index] for index in having]
            judgement = Judgement(contract)
            try:
                comparison = Comparison(contract, asked, list(USERS), behind, judgement=judgement, among=names)
            except DocumentError:  # Of streams, of bytes, and of sessions nothing is drawn.
                continue
            tally = comparison.run(cases * len(names) // len(contract.operations), 1)
            assert not tally.differences, summary(tally, 1)
            assert tally.cases, "nothing was compared"
    shutil.rmtree(tree)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", SHORT)
def test_every_door_of_a_contract_answers_the_same(name: str, on: Stage) -> None:
    assert_alike(name, on, SHORT_CASES)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", CONTRACTS)
def test_every_door_of_every_contract_answers_the_same(name: str, on: Stage) -> None:
    assert_alike(name, on, CASES)
