"""A newcomer who does what First steps and the tutorial say, line by line, has a chat that works."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.codegen.project.trees import copy_of_tree
from tests.docs.blocks import Block, blocks, write
from tests.docs.newcomer import PAGE, ROOT, Newcomer
from tests.node import MODULES, install

CHROMIUM = shutil.which("chromium")
SLOW = ("make test", "make check", "make coverage-contract", "make fuzz-ws", "RATE_LIMIT_SCALE=1000 make run")
"""Minutes in all: they are done by the long form alone. What they run has tests of its own."""
GUIDES = ("guides/permissions.md", "guides/relations.md", "resources.md")
REFERRED = ("room", "member")
"""Resources that are there before those of the guides, which refer to them."""


def lines() -> list[Block]:
    """Of both pages; a block of commands becomes one for each line."""
    found = [one for name in ("first_steps", "tutorial") for one in blocks((ROOT / "docs" / f"{name}.md").read_text())]
    return [
        Block(one.language, one.title, text)
        for one in found
        for text in (one.text.splitlines() if one.language == "sh" else [one.text])
    ]


@pytest.fixture
def newcomer() -> Iterator[Newcomer]:
    """Not below pytest's folders, which are their owner's alone: the embedded PostgreSQL may be another user, who has to get there."""
    install()
    with tempfile.TemporaryDirectory(prefix="stele-tutorial-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "stele").mkdir()
        copy_of_tree(folder / "stele")
        somebody = Newcomer(folder)
        try:
            yield somebody
        finally:
            somebody.end()


def do(newcomer: Newcomer, block: Block, *, is_long: bool) -> None:
    if block.language == "sh":
        if is_long or not block.text.startswith(SLOW):
            newcomer.do(block.text)
        if (
            block.text.startswith("make resource")
            and not (modules := newcomer.where / "tests/npm/node_modules").exists()
        ):
            modules.symlink_to(MODULES)
    elif block.language == "console":
        command, _, answer = block.text.removeprefix("$ ").partition("\n")
        if is_long:
            assert answer in newcomer.do(f"{command} || true")
    else:
        write(
            Block(block.language, block.title, block.text.replace("127.0.0.1:8000", f"127.0.0.1:{newcomer.port}")),
            newcomer.where,
        )


def use(newcomer: Newcomer, clear: Block) -> None:
    """The page as two people see it: what one writes the other sees, and it goes when the room is cleared."""
    if CHROMIUM is None:
        do(newcomer, clear, is_long=False)
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        one, other = (browser.new_page() for _ in range(2))
        for page in (one, other):
            page.goto(newcomer.page)
            expect(page.get_by_role("listitem").first).to_have_text("unknown: Hello")
        one.get_by_label("Message").fill("Is anybody here?")
        one.get_by_role("button", name="Send").click()
        expect(other.get_by_text("editor: Is anybody here?")).to_be_visible()
        do(newcomer, clear, is_long=False)
        for page in (one, other):
            expect(page.get_by_role("listitem")).to_have_count(0)
        browser.close()


def follow(newcomer: Newcomer, *, is_long: bool) -> None:
    todo = iter(lines())
    for block in todo:
        do(newcomer, block, is_long=is_long)
        if PAGE.match(block.text):
            use(newcomer, next(todo))


@pytest.mark.timeout(600)
@pytest.mark.xdist_group("browser")
def test_the_chat_is_built_line_by_line_and_two_people_see_each_other_s_messages(newcomer: Newcomer) -> None:
    follow(newcomer, is_long=False)


@pytest.mark.long
@pytest.mark.timeout(1500)
def test_the_chat_passes_its_tests_the_fuzzer_and_the_checks(newcomer: Newcomer) -> None:
    follow(newcomer, is_long=True)


@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_resources_of_the_guides_are_written_one_after_the_other_and_are_typed(newcomer: Newcomer) -> None:
    shown = [
        line for page in GUIDES for one in blocks((ROOT / "docs" / page).read_text()) for line in one.text.splitlines()
    ]
    made = [f'make resource name={name} fields="title:string(100)"' for name in REFERRED]
    newcomer.do("make init name=chat into=../chat && cd ../chat")
    for line in [*made, *(one for one in shown if one.startswith("make resource"))]:
        newcomer.do(line)
    newcomer.do(".venv/bin/python -m mypy app/features")
