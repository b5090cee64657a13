"""A project begins without the example, although its features refer to each other."""

from __future__ import annotations

import re
from pathlib import Path

from codegen.project.example import take_out_example
from codegen.project.owners import Owner, Owners
from tests.codegen.project.trees import copy_of_tree, run
from tests.workbench import tracked

WORDS = re.compile(r"\b(author|book)s?(?![a-z])", re.IGNORECASE)
ROOMS = ("app/", "docker/", "specs/", "tests/")


def test_without_the_example_the_contract_compiles_and_nothing_names_it(tmp_path: Path) -> None:
    tree = copy_of_tree(tmp_path)
    take_out_example(tree)
    assert run(tree, "codegen", "check") == ""
    owners = Owners.read(tree)
    ours = [one for one in tracked(tree) if one.startswith(ROOMS) and owners.of(one) is Owner.PRODUCT]
    assert {one for one in ours if WORDS.search((tree / one).read_text())} == set()
