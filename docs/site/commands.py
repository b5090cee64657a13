"""The page of commands: what `make` lists, and what each program says to --help."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from pathlib import Path

from app.__main__ import COMMANDS as APP
from app.__main__ import main as app
from codegen.__main__ import COMMANDS as CODEGEN
from codegen.__main__ import main as codegen
from proof.__main__ import ENGINES
from proof.__main__ import main as proof

TARGET = re.compile(r"^([a-z-]+):.*?## (.+)$", re.MULTILINE)
COLUMNS = "100"
"""How wide argparse writes, whatever terminal the build has."""


def commands(root: Path) -> str:
    """Make's targets as a table, and the help of `python -m app`, `codegen` and `proof` with each of their commands."""
    targets = TARGET.findall((root / "Makefile").read_text())
    lines = [
        "# Commands",
        "",
        "Generated from the Makefile and from what each program says to `--help`.",
        "",
        "## make",
        "",
    ]
    lines += ["| target | what it does |", "|---|---|"]
    lines += [f"| `make {name}` | {_cell(text)} |" for name, text in targets]
    lines += _program("python -m app", app, list(APP))
    lines += _program("python -m codegen", codegen, list(CODEGEN))
    lines += _program("python -m proof", proof, list(ENGINES))
    return "\n".join(lines) + "\n"


def _program(title: str, main: Callable[[list[str]], int], names: list[str]) -> Iterator[str]:
    yield from ("", f"## {title}", "", "```text", help_of(main, []), "```")
    for name in names:
        yield from ("", f"### {title} {name}", "", "```text", help_of(main, [name]), "```")


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("<", "&lt;")


def help_of(main: Callable[[list[str]], int], words: list[str]) -> str:
    """What the program prints to `--help` behind these words."""
    printed = io.StringIO()
    with _wide(), redirect_stdout(printed), redirect_stderr(printed), suppress(SystemExit):
        main([*words, "--help"])
    return printed.getvalue().strip()


@contextmanager
def _wide() -> Iterator[None]:
    before = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = COLUMNS
    try:
        yield
    finally:
        if before is None:
            del os.environ["COLUMNS"]
        else:
            os.environ["COLUMNS"] = before
