"""The page stands alone, escapes what the contract says, and shows each cell as it is."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from proof.coverage.coverage import Coverage
from proof.coverage.goals import goals, scope
from proof.coverage.page import page
from proof.protobuf import compiled
from tests.codegen.contracts import SHIPPED

SCOPE = scope(compiled(SHIPPED))
GOALS = tuple(goals(SCOPE))


class Tags(HTMLParser):
    """Which are open, and which closed what was not."""

    VOID = ("meta", "br")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


def test_it_is_whole_and_fetches_nothing() -> None:
    text, tags = page(SCOPE.contract, Coverage(GOALS, frozenset())), Tags()
    tags.feed(text)
    assert (tags.open, tags.wrong) == ([], [])
    assert not re.findall(r"<script|<link|src=|url\(|https?://", text)
    for operation in SCOPE.contract.operations:
        assert f'id="{operation.name}"' in text


def test_what_is_seen_due_and_unseen_are_told_apart() -> None:
    nothing = page(SCOPE.contract, Coverage(GOALS, frozenset()))
    everything = page(SCOPE.contract, Coverage(GOALS, frozenset(one.fact for one in GOALS)))
    assert f"{sum(one.is_due for one in GOALS)} due and not seen" in nothing
    assert "all that is due was seen" in everything
    assert nothing.count('class="seen"') == everything.count('title="unseen"') + 1
    assert 'title="REST-json: due"' in nothing
    assert 'title="REST-json: seen"' in everything


def test_words_of_the_contract_are_escaped() -> None:
    evil = replace(SCOPE.contract, info=replace(SCOPE.contract.info, title="<b>&"))
    assert "<h1>&lt;b&gt;&amp;</h1>" in page(evil, Coverage(GOALS, frozenset()))
