"""The page of the TypeScript client, made of its comments: each feature's methods, then what every client has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

FEATURE = re.compile(r"^export interface (\w+)Api \{\n(.*?)^\}", re.MULTILINE | re.DOTALL)
COMMENT = r"  /\*\*((?:(?!\*/).)*)\*/\n"
MEMBER = re.compile(COMMENT + r"  ([^\n]+);", re.DOTALL)
METHOD = re.compile(COMMENT + r"  ([^\n]+) \{", re.DOTALL)
QUALIFIER = re.compile(r"\$(?:types|paging)?\.")
"""As what a generated module imports others."""
SETTINGS = {
    "options.ts": ("ClientOptions", "CallOptions", "Hooks", "AttemptInfo", "Token"),
    "events.ts": ("Received", "Stream"),
}
"""Interfaces of the runtime that a user writes or reads."""


def typescript_client(root: Path) -> str:
    """Methods with what they raise; the interfaces stand as they are written."""
    source = root / "generated" / "sdk_typescript" / "src"
    lines = [
        "# TypeScript client",
        "",
        "Generated from the comments of the package. `docs/clients.md` says what all methods have in common.",
        "",
        "## Operations",
    ]
    for name, body in FEATURE.findall((source / "client.ts").read_text()):
        lines += ["", f"### client.{name[0].lower()}{name[1:]}", *_described(MEMBER.findall(body))]
    base = (source / "runtime" / "client.ts").read_text().partition("export class BaseClient")[2].partition("\n}\n")[0]
    lines += ["", "## Every client", *_described(METHOD.findall(base)), "", "## Options and events"]
    for module, names in SETTINGS.items():
        text = (source / "runtime" / module).read_text()
        for name in names:
            lines += ["", f"### {name}", "", "```ts", _interface(text, name), "```"]
    return "\n".join(lines) + "\n"


def _described(found: list[tuple[str, str]]) -> Iterator[str]:
    for comment, declaration in found:
        yield from ("", "```ts", QUALIFIER.sub("", declaration), "```", "")
        yield from _prose(comment)


def _prose(comment: str) -> Iterator[str]:
    is_listing = False
    for line in comment.splitlines():
        text = line.strip().removeprefix("*").strip()
        thrown = re.fullmatch(r"@throws \{(\w+)\}", text)
        if thrown and not is_listing:
            is_listing = True
            yield ""
        yield f"- throws `{thrown[1]}`" if thrown else text


def _interface(text: str, name: str) -> str:
    found = re.search(rf"^export interface {name}\b.*?^\}}", text, re.MULTILINE | re.DOTALL)
    assert found, f"the runtime has no interface {name}"
    return found[0]
