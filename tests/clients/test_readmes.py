"""The pages of both packages are programs: pasted, with the address, a name and a password, they run against a service."""

from __future__ import annotations

import asyncio
import re
import sys
import uuid
from pathlib import Path

from generated.sdk_python.stele_client import Client
from tests.node import NODE, ROOT, TSC, install, judge
from tests.running_service import RunningService

PYTHON, TYPESCRIPT = ROOT / "generated" / "sdk_python", ROOT / "generated" / "sdk_typescript"


def program(page: Path, language: str, service: RunningService) -> str:
    """What it shows, one block after the other, as an editor whose names nobody has."""
    text = "\n".join(re.findall(rf"```{language}\n(.*?)```", page.read_text(), re.DOTALL))
    names = re.sub(r'"(a|another) name"', lambda found: f'"{found[1]} {uuid.uuid4().hex}"', text)
    return names.replace("http://127.0.0.1:8000", service.url).replace('"…"', '"editor"')


def test_the_page_of_the_python_package_runs(service: RunningService, tmp_path: Path) -> None:
    text = program(PYTHON / "README.md", "python", service)
    (tmp_path / "main.py").write_text(f"{text}\nclient.close()\n")
    verdict = judge(sys.executable, "-W", "error", "main.py", cwd=tmp_path, PYTHONPATH=str(PYTHON))
    assert verdict.accepted, verdict.text
    assert re.match(r"id=\d+ name='a \w+' ", verdict.text), verdict.text
    assert "artist=Artist(id=" in verdict.text.splitlines()[-1]


def test_the_page_of_the_typescript_package_runs_and_is_typed(service: RunningService, tmp_path: Path) -> None:
    text = program(TYPESCRIPT / "README.md", "ts", service)
    source = (TYPESCRIPT / "src").as_posix()
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "main.ts").write_text(re.sub(r'from "stele-client"', f'from "{source}/index.ts"', text))
    install()
    flags = ("--strict", "--noEmit", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable")
    typed = judge(NODE, TSC, *flags, "--allowImportingTsExtensions", "main.ts", cwd=tmp_path)
    assert typed.accepted, typed.text
    verdict = judge(NODE, "--disable-warning=ExperimentalWarning", "main.ts", cwd=tmp_path)
    assert verdict.accepted, verdict.text
    assert re.search(r"name: 'a \w+'", verdict.text), verdict.text
    # The first event that is heard may still be that of the artist before.
    assert re.search(r"artist: \{\s+id: \d+,\s+name: '(a|another) \w+'", verdict.text), verdict.text


async def test_the_blocking_client_works_where_a_loop_runs(service: RunningService) -> None:
    """As in a notebook, whose cells are run by a loop."""
    assert asyncio.get_running_loop().is_running()
    with Client(service.url, username="editor", password="editor") as client:
        assert client.artists.get_page(per_page=1).meta.page == 1


def test_await_works_at_the_top_of_a_cell(service: RunningService, tmp_path: Path) -> None:
    """Python's own asyncio REPL compiles cells as notebooks do."""
    cells = [
        "from stele_client import AsyncClient",
        f"client = AsyncClient('{service.url}', username='editor', password='editor')",
        "page = await client.artists.get_page(per_page=1)",
        "print('page', page.meta.page)",
        "await client.close()",
    ]
    verdict = judge(
        sys.executable, "-m", "asyncio", cwd=tmp_path, given="\n".join([*cells, ""]), PYTHONPATH=str(PYTHON)
    )
    assert "page 1" in verdict.text, verdict.text
