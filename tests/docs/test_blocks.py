"""Every code block of docs/ is run, compiled, or held against what it quotes; what cannot run here stands in a list with its reason."""

from __future__ import annotations

import asyncio
import re
import shlex
import subprocess
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.__main__ import main as app
from codegen.__main__ import main as codegen
from codegen.breaking.waivers import read_waivers
from codegen.diagnostics import Findings
from codegen.parse.documents import Documents
from codegen.pipeline import Loaded, load
from codegen.resource.fields import Fields
from docs.site.commands import help_of
from generated.sdk_python.stele_client import models
from generated.sdk_python.stele_client.testing import FakeAsyncClient
from proof.__main__ import main as proof
from tests.codegen.contracts import compose
from tests.docs.blocks import Block, blocks

ROOT = Path(__file__).parents[2]
PAGES = {path.relative_to(ROOT / "docs").as_posix(): path.read_text() for path in sorted((ROOT / "docs").rglob("*.md"))}
PROGRAMS = {"app": app, "codegen": codegen, "proof": proof}
ELSEWHERE = {
    "proof.md": "tests/docs/test_proof.py",
    "first_steps.md": "tests/docs/test_tutorial.py",
    "tutorial.md": "tests/docs/test_tutorial.py",
    "guides/contract.md": "this module: its types are compiled",
    "guides/events.md": "this module: it hears an event",
    "guides/evolving.md": "this module: the gate runs, and reads the waiver",
    "wire.md": "tests/contract: the messages of control frames are protobuf's own",
}
"""Pages whose blocks a test of their own does."""
NOT_RUN = {
    "operations.md": "needs Docker, compose or a cluster; tests/images and tests/deployment prove what they can",
    "clients.md": "needs a proxy, a page with React and a client of the example; tests/clients has each: test_network, test_browser, test_fakes; test_terminal does its commands",
    "audit.md": "acts on a database of years; tests/app/commands/test_audit.py gives each command",
    "import.md": "a document of the reader's; tests/codegen/importer gives the command many",
    "guides/migrations.md": "needs the database of the tutorial; tests/docs/test_tutorial.py makes the step",
    "guides/permissions.md": "writes into the tree; tests/docs/test_tutorial.py does it in a project, and this module reads its fields",
    "guides/relations.md": "writes into the tree; tests/docs/test_tutorial.py does it in a project, and this module reads its fields",
    "guides/streams.md": "needs a contract with streams; tests/contract/test_streams.py walks one",
    "guides/troubleshooting.md": "reads a process of the reader's; tests/load/test_profile.py records one",
    "resources.md": "writes into the tree; tests/docs/test_tutorial.py does it in a project, and this module reads its fields",
}
"""Why the commands of a page do not run here. They are held to exist, with their options and variables."""
STATED = {"observability.md", "operations.md", "rules.md"}
"""Pages with YAML that is part of a file of the reader's: it is held to be YAML."""


def of(page: str, *languages: str) -> list[Block]:
    return [one for one in blocks(PAGES[page]) if one.language in languages]


def commands(page: str) -> list[str]:
    lines = [
        line.partition(" #")[0].strip() for one in of(page, "sh") for line in one.text.replace("\\\n", "").splitlines()
    ]
    return [line for line in lines if line]


def test_every_block_is_somebody_s() -> None:
    """A page that is new says here what becomes of its blocks."""
    shown = {
        page
        for page in PAGES
        if any(not one.title for one in of(page, "sh", "yaml", "python", "sql", "proto", "html", "ts"))
    }
    assert shown - ELSEWHERE.keys() - NOT_RUN.keys() - STATED == set()
    assert {page for page in (*ELSEWHERE, *NOT_RUN, *STATED) if page not in shown} == set(), (
        "these have no block any more"
    )


def test_no_block_hides_from_these_tests() -> None:
    """What is code says in which language; the rest is drawn or printed, and has none."""
    known = {"sh", "yaml", "python", "sql", "proto", "html", "ts", "diff", "console", "json"}
    assert {(page, one.language) for page in PAGES for one in blocks(PAGES[page]) if one.language not in known} == set()


@pytest.mark.parametrize("page", sorted(page for page in PAGES if page not in ELSEWHERE or page.startswith("guides/")))
def test_each_command_of_a_page_exists_with_its_options(page: str) -> None:
    """A target of make and its variables; a program of ours and its options."""
    makefile = (ROOT / "Makefile").read_text()
    for line in commands(page):
        words = [word for word in shlex.split(line) if word != "&&"]
        if words[0] == "make":
            targets = {word for word in words[1:] if "=" not in word}
            assert {one for one in targets if not re.search(rf"^{re.escape(one)}:", makefile, re.MULTILINE)} == set(), (
                line
            )
            assert {
                word.partition("=")[0]
                for word in words
                if "=" in word and f"$({word.partition('=')[0]})" not in makefile
            } <= {"DATABASE_URL"}
        elif words[:2] == ["python", "-m"]:
            told = help_of(PROGRAMS[words[2]], [word for word in words[3:5] if not word.startswith("-")][:1])
            nested = "".join(help_of(PROGRAMS[words[2]], words[3:5])) if words[3] == "audit" else told
            assert {word for word in words if word.startswith("--") and word not in nested} == set(), line


def test_the_gate_of_a_guide_runs() -> None:
    (line,) = commands("guides/evolving.md")
    done = subprocess.run(
        [*shlex.split(line), "-o", ".venv/.ready"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_waiver_of_a_guide_is_read(tmp_path: Path) -> None:
    (said,) = of("guides/evolving.md", "yaml")
    specs = compose("base", tmp_path)
    (specs / "waivers.yaml").write_text(said.text)
    (waiver,) = read_waivers(Documents(specs, Findings()))
    assert waiver.fingerprint == yaml.safe_load(said.text)["waivers"][0]["fingerprint"]


@pytest.mark.parametrize("page", ["guides/permissions.md", "guides/relations.md", "resources.md"])
def test_the_fields_of_a_resource_are_fields(page: str) -> None:
    given = [re.search(r'fields="([^"]+)"', line) for line in commands(page) if line.startswith("make resource")]
    assert given
    assert [fault for one in given if one for fault in Fields(one[1]).faults] == []


async def test_the_guide_hears_an_event(capsys: pytest.CaptureFixture[str]) -> None:
    """As it is written, with the events of this contract in the place of the chat's."""
    snippet = next(one.text for one in of("guides/events.md", "python") if "client.events(models.Message" in one.text)
    text = snippet.replace("Message", "Artist").replace("message.text", "artist.name")
    program = f"async def hear(client, models):\n{textwrap.indent(text, '    ')}"
    found: dict[str, Any] = {}
    exec(compile(program, "events.md", "exec"), found)
    fake = FakeAsyncClient()
    hearing = asyncio.create_task(found["hear"](fake, models))
    now = datetime.now(UTC)
    artist = models.Artist(id=1, name="Ada", bio=None, born_on=None, created_at=now, updated_at=now, version=1)
    while "Ada" not in capsys.readouterr().out:  # once it follows
        assert not hearing.done()
        fake.send(models.ArtistCreated(artist=artist))
        await asyncio.sleep(0)
    hearing.cancel()


def contract_with(types: str, folder: Path) -> Loaded:
    """A contract of REST alone, whose one record has a field of each of these types: what one door takes is what they all do, with proto
    written by `make fix`."""
    specs = compose("p90_rest_alone", folder)
    file = specs / "schemas" / "things.yaml"
    fields = "".join(f"    x{number}: {{$ref: '#/{name}'}}\n" for number, name in enumerate(yaml.safe_load(types)))
    names = "".join(f", x{number}" for number, _ in enumerate(yaml.safe_load(types)))
    text = file.read_text().replace(
        "required: [id, version, colour, notes]\n  properties:\n",
        f"required: [id, version, colour, notes{names}]\n  properties:\n{fields}",
    )
    file.write_text(text + types)
    return load(specs)


@pytest.mark.parametrize(
    "number",
    range(len([one for one in blocks(PAGES["guides/contract.md"]) if one.language == "yaml" and not one.title])),
)
def test_the_types_of_the_guide_compile(number: int, tmp_path: Path) -> None:
    types = [one.text for one in of("guides/contract.md", "yaml") if not one.title][number]
    loaded = contract_with(types, tmp_path)
    assert not len(loaded.findings), loaded.report()


def test_what_a_guide_quotes_stands_where_it_says() -> None:
    """A block with a title, on a page that changes nothing, is part of that file."""
    for page in sorted(set(PAGES) - {"tutorial.md"}):
        for one in (one for one in blocks(PAGES[page]) if one.title):
            assert one.text in (ROOT / one.title).read_text(), f"{page}: {one.title}"


def test_yaml_of_other_pages_is_yaml() -> None:
    assert all(yaml.safe_load(one.text) for page in STATED for one in of(page, "yaml"))


def test_every_page_has_a_title_and_one_alone() -> None:
    assert {
        page
        for page, text in PAGES.items()
        if len(re.findall(r"^# ", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)) != 1
    } == set()
