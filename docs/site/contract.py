"""Pages of the reference that the contract's own tables give: x- words, errors, close codes."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

RECONNECT_BELOW = 4500
"""A client connects again after a close code below it, and not from it on (specs/errors.yaml says so)."""
MEANING = re.compile(r"^\| (4\d{3}) \| \w+ \| (.+) \|$", re.MULTILINE)


def words(root: Path) -> str:
    """Each x- word with what it means, where it may stand, and the schema of its value."""
    described = _described((root / "specs" / "README.md").read_text())
    defined = json.loads((root / "specs" / "extensions.json").read_text())["$defs"]
    lines = [
        "# x- words",
        "",
        "What OpenAPI and AsyncAPI cannot say is said by these words. Generated from `specs/extensions.json`; an unknown word is an error (W001).",
    ]
    for name, schema in sorted(defined.items()):
        if not name.startswith("x-"):
            continue
        places = ", ".join(f"`{place}`" for place in schema.get("x-places", []))
        value = {key: one for key, one in schema.items() if key not in ("title", "x-places", "description")}
        lines += ["", f"## {name}", "", described.get(name, schema["title"]), "", f"Stands at: {places}.", ""]
        lines += ["```json", json.dumps(value, indent=2, ensure_ascii=False), "```"]
    return "\n".join(lines) + "\n"


def _described(readme: str) -> dict[str, str]:
    """What the README says of each word: `**x-name** — text`, to the next empty line."""
    found = re.findall(r"^\*\*(x-[a-z-]+)\*\* — (.+?)(?=\n\n|\Z)", readme, re.MULTILINE | re.DOTALL)
    return {name: text[:1].upper() + text[1:] for name, text in found}


def errors(root: Path) -> str:
    """Each error of the catalogue, and each code that closes a socket."""
    catalogue = yaml.safe_load((root / "specs" / "errors.yaml").read_text())
    lines = [
        "# Errors and close codes",
        "",
        "Generated from `specs/errors.yaml`. An error has the same code at every door. Over HTTP it is `application/problem+json` with the status; "
        "in a frame it is the RSPCode, with the same problem as its data. `docs/wire.md` shows both.",
        "",
        "## Errors",
        "",
        "| code | HTTP | RSPCode | try again | from | title |",
        "|---|---|---|---|---|---|",
        *(_error(code, facts) for code, facts in sorted(catalogue["errors"].items())),
        "",
        "*From* says who raises it: the pipeline by itself, on every operation of that kind (`any` is every operation), or a handler that names it in `x-errors`.",
        "",
        "## Close codes",
        "",
        "| code | name | the client | when |",
        "|---|---|---|---|",
    ]
    meaning = dict(MEANING.findall((root / "docs" / "wire.md").read_text()))
    for name, code in sorted(catalogue["close"].items(), key=lambda entry: int(entry[1])):
        does = "connects again" if code < RECONNECT_BELOW else "does not connect again"
        lines.append(f"| {code} | `{name}` | {does} | {meaning[str(code)]} |")
    return "\n".join(lines) + "\n"


def _error(code: str, facts: Mapping[str, Any]) -> str:
    retry = "yes" if facts["retryable"] else ""
    source = f"`{facts['implied_by']}`" if "implied_by" in facts else ""
    return f"| `{code}` | {facts['status']} | {facts['rsp']} | {retry} | {source} | {facts['title']} |"
