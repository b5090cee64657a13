"""The pages of the TypeScript client, made of its source: what each entry of the package exports, and the contract's types."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from docs.site.typescript_source import Export, exports

PARTS = {
    "Options": ("runtime/options.ts",),
    "Events and topics": ("runtime/events.ts", "topics.ts", "runtime/operation.ts"),
    "Pages and streams": ("runtime/paging.ts", "runtime/stream.ts"),
    "Files": ("runtime/content.ts",),
    "Middleware": ("runtime/middleware.ts",),
    "Close codes": ("contract.ts",),
}
"""Where the names of a module stand; what comes from any other module stands at the end."""
SPOKEN_OF = {"runtime/operation.ts": ("Topic",), "runtime/options.ts": ()}
"""Types that others have and that have no name outside; without names all of a module."""
ERRORS = ("errors.ts", "runtime/errors.ts")
TYPES = "types.ts"
OTHER_CODES = "Also where the error comes from another copy of this package"


def typescript_client(root: Path) -> str:
    """What `import … from "the package"` may name, but for the contract's types."""
    source = _source(root)
    found = exports(source / "index.ts")
    apis = {name for name, one in found.items() if one.home.name == "client.ts" and name.endswith("Api")}
    rest = {name: one for name, one in found.items() if name not in apis and _home(one, source) not in (*ERRORS, TYPES)}
    lines = [
        "# TypeScript client",
        "",
        "Generated from the source of the package. `docs/clients.md` says what all methods have in common, [TypeScript types](typescript_types.md) what "
        "they take and answer.",
        "",
        "## Operations",
        *_operations(found, apis),
        "",
        "## The client",
        *_each(one for one in rest.values() if _home(one, source) == "client.ts"),
        *_base(source),
    ]
    for title, homes in PARTS.items():
        named = [*(one for one in rest.values() if _home(one, source) in homes), *_spoken_of(source, homes, rest)]
        lines += ["", f"## {title}", *_each(named)] if named else []
    placed = {"client.ts", *(home for homes in PARTS.values() for home in homes)}
    more = [one for one in rest.values() if _home(one, source) not in placed]
    lines += ["", "## More", *_each(more)] if more else []
    return "\n".join([*lines, *_errors([one for one in found.values() if _home(one, source) in ERRORS])]) + "\n"


def typescript_types(root: Path) -> str:
    """What operations take and answer, and what events say."""
    source = _source(root)
    imported = {
        one.declared: name
        for name, one in exports(source / "index.ts").items()
        if _home(one, source) == TYPES and name not in (one.declared, f"types.{one.declared}")
    }
    lines = [
        "# TypeScript types",
        "",
        "Generated from the source of the package: what the contract's operations take and answer, and what its events say. Each is imported by its name, and all "
        "of them are in `types`: `types.Name`.",
    ]
    for name, one in exports(source / TYPES).items():
        lines += ["", f"## {name}", *_described(one)]
        if name in imported:
            lines += ["", f"The package has another `{name}`, so this one is imported as `{imported[name]}`."]
    return "\n".join(lines) + "\n"


def typescript_functions(root: Path) -> str:
    """The entry of those who count bytes."""
    found = exports(_source(root) / "functions.ts").values()
    events = [one for one in found if not one.text.startswith("function ")]
    lines = [
        "# TypeScript functions",
        "",
        "Generated from the source of the entry `functions` of the package. Each operation is a function of its own, so what a program does not import is in no bundle of it. The "
        "methods of [the client](typescript_client.md) call them.",
        *_each((one for one in found if one not in events), level="##"),
    ]
    lines += ["", "## Events", "", "`connection.events(…)` takes them, as it takes a topic.", "", "| name | type | |", "|---|---|---|"]  # fmt: skip
    for one in events:
        kind = one.text.partition(": ")[2].removesuffix(";")
        lines.append(f"| `{one.name}` | `{kind}` | {' '.join(_prose(one.comment)).strip()} |")
    return "\n".join(lines) + "\n"


def typescript_react(root: Path) -> str:
    """The entry of those who have React."""
    lines = [
        "# TypeScript and React",
        "",
        "Generated from the source of the entry `react` of the package, which needs React 18 or later. `docs/clients.md` shows a component.",
        *_each(exports(_source(root) / "react.ts").values(), level="##"),
    ]
    return "\n".join(lines) + "\n"


def _source(root: Path) -> Path:
    return root / "generated" / "sdk_typescript" / "src"


def _home(one: Export, source: Path) -> str:
    return one.home.resolve().relative_to(source.resolve()).as_posix()


def _operations(found: Mapping[str, Export], apis: Iterable[str]) -> Iterator[str]:
    """By the feature under which a client has them."""
    for feature in found["Client"].members:
        kind = feature.text.partition(": ")[2]
        if kind in apis:
            yield from ("", f"### client.{feature.name}", "", f"Its type is `{kind}`.")
            for member in found[kind].members:
                yield from ("", "```ts", member.text, "```", "", *_prose(member.comment))


def _base(source: Path) -> Iterator[str]:
    """What every client has beside its operations."""
    base = exports(source / "runtime" / "client.ts")["BaseClient"]
    yield from ("", "### BaseClient", "", "What every client has beside its operations.")
    for member in base.members:
        yield from ("", "```ts", member.text, "```", "", *_prose(member.comment))


def _spoken_of(source: Path, homes: Iterable[str], said: Mapping[str, Export]) -> list[Export]:
    found = []
    for home in homes:
        if home in SPOKEN_OF:
            theirs = exports(source / home)
            found += [theirs[name] for name in SPOKEN_OF[home] or theirs if name not in said]
    return found


def _errors(found: list[Export]) -> Iterator[str]:
    """Those of the contract's codes are a table; the others are shown."""
    codes = {one.name: re.search(r'code: "(\w+)"', one.text) for one in found}
    guards = {one.name for one in found if OTHER_CODES in one.comment}
    yield from ("", "## Errors", *_each(one for one in found if not codes[one.name] and one.name not in guards))
    yield from ("", "### By code", "")
    yield f"A class for each code of the contract. Its function answers whether an error is one. {OTHER_CODES}, which `instanceof` does not know."
    yield from ("", "| class | function | code | meaning |", "|---|---|---|---|")
    for one in found:
        if code := codes[one.name]:
            guard = f"`is{one.name}`" if f"is{one.name}" in guards else ""
            yield f"| `{one.name}` | {guard} | `{code[1]}` | {one.comment.strip()} |"


def _each(found: Iterable[Export], level: str = "###") -> Iterator[str]:
    for one in found:
        yield from ("", f"{level} {one.name}", *_described(one))


def _described(one: Export) -> Iterator[str]:
    text = one.text.removesuffix(";") if one.kind == "function" else one.text
    yield from ("", "```ts", text, "```", "", *_prose(one.comment))


def _prose(comment: str) -> Iterator[str]:
    is_listing = False
    for line in comment.splitlines():
        text = line.strip().removeprefix("*").strip()
        thrown = re.fullmatch(r"@throws \{(\w+)\}", text)
        if thrown and not is_listing:
            is_listing = True
            yield ""
        yield f"- throws `{thrown[1]}`" if thrown else text
