"""The page of the Python package speaks of operations that there are, and its Python is one program."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.emit.python_client.readme import readme
from tests.codegen.contracts import CASES, contract_of, shipped


def python(text: str) -> str:
    return "\n".join(re.findall(r"```python\n(.*?)```", text, re.DOTALL)).replace("…", "...")


def test_it_shows_a_call_with_its_refusal_pages_and_events() -> None:
    text = readme(shipped(), "stele_client", "Stele")
    assert 'print(client.artists.create(name="a name"))\nexcept errors.ArtistNameTaken as error:' in text
    assert "for one in client.artists.paginate():" in text
    assert 'with client.events(models.ArtistCreated) as stream:\n    client.artists.create(name="another name")' in text
    assert 'username="…"' in text
    ast.parse(python(text))


def test_what_a_contract_has_not_is_not_shown() -> None:
    text = readme(replace(shipped(), operations=(), events=()), "stele_client", "Stele")
    assert [title for title in ("## Pages", "## Events", "## Calls", "## Bytes") if title in text] == []
    assert 'token="…"' in text


def test_bytes_are_shown_by_an_operation_that_there_is(tmp_path: Path) -> None:
    contract = contract_of("p80_bytes", tmp_path)
    first = next(one for one in contract.operations if one.result.file)
    assert f"with client.{first.feature}.{first.method}(" in readme(contract, "x_client", "X")


@pytest.mark.parametrize("case", sorted(path.parent.name for path in CASES.glob("p*/expected"))[::4])
def test_it_is_a_program_for_other_contracts_too(case: str, tmp_path: Path) -> None:
    ast.parse(python(readme(contract_of(case, tmp_path), "x_client", "X")))
