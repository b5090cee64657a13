"""A copy of the checkout for what writes into it, as a repository of its own, and its commands."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.codegen.contracts import ROOT

COMMITTER = ("-c", "user.name=tests", "-c", "user.email=tests@localhost")
CATEGORY = {"name": "category", "fields": "label:string(40) parent_key:uuid?"}
TICKET = {
    "name": "ticket",
    "fields": "title:string(200) status:enum(open,pending,closed) requester:email due:date? tags:list(string(40),10) amount:decimal? category_id:ref(category)?",
    "owner": "subject",
}
COMMENT = {
    "name": "comment",
    "fields": (
        "ticket_id:ref(ticket) text:text date:date? kinds:list(enum(a,b_c),3)? link:url? key:uuid state:enum(in_progress,done)?"
        " rank:int(1..10)? big:int x:float? flag:bool at:datetime? raw_bytes:bytes(300)? days:list(date,4) keys:list(uuid,3)?"
    ),
    "owner": "subject",
}
"""Between them they have a field of every type."""


def copy_of_checkout(folder: Path) -> Path:
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in listed.splitlines():
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    for arguments in (("init", "-q"), ("add", "-A"), (*COMMITTER, "commit", "-qm", "before")):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    return folder


def make_resource(tree: Path, wanted: Mapping[str, str]) -> str:
    """Runs the copy's own recipe; answers what it printed."""
    words = [f"{name}={value}" for name, value in wanted.items()]
    tools = [f"PYTHON_IN={sys.executable}", f"VENV={Path(sys.executable).parents[1]}"]
    command = ["make", "--no-print-directory", "-o", f"{tools[1][5:]}/.ready", *tools, "resource", *words]
    return printed(tree, command)


def python(tree: Path, *arguments: str, **environment: str) -> str:
    """What a module of the copy prints; AssertionError where it fails."""
    return printed(tree, [sys.executable, *arguments], **environment)


def printed(tree: Path, command: list[str], **environment: str) -> str:
    run = subprocess.run(
        command, cwd=tree, capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout
