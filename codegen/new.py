"""`python -m codegen new`: an operation with its halves in all three scripts, its numbers, and a method to fill in.

Its records are empty: fields are the person's, who adds them to the schemas and lets `fix` write their proto halves.
Promises: only appends, so that comments and order stay; refuses a name that is taken, before anything is written. The proto
text, the lists in the roots and the lock are what `fix` writes.
"""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.check.numbers import next_pkg_id
from codegen.edits import END, Edit, apply, diff
from codegen.fix import fix
from codegen.ir.names import is_identifier, pascal
from codegen.parse.yaml_edits import add_entry
from codegen.parse.yaml_tree import Mapping
from codegen.pipeline import Loaded, load

DOORS = ("http", "socket")
CHANNEL = "../asyncapi.yaml#/channels/web"
TODO = "is not implemented yet"


class Refused(Exception):
    """The operation cannot be made; the text says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """`roles` are alternatives; without one the operation is public."""

    name: str
    feature: str
    doors: tuple[str, ...] = DOORS
    roles: tuple[str, ...] = ()
    is_paginated: bool = False
    is_query: bool = False
    """Reads only: a GET whose request is its parameters."""

    @property
    def method(self) -> str:
        return "get" if self.is_query or self.is_paginated else "post"

    @property
    def records(self) -> tuple[str, str]:
        """The names of what comes in and of what goes out."""
        stem = pascal(self.name)
        return (
            f"{stem}{'Query' if self.method == 'get' else 'Input'}",
            f"{stem}{'Page' if self.is_paginated else 'Result'}",
        )


def write_operation(specs: Path, features: Path, wish: Wish) -> str:
    """Writes all or nothing, and answers what was written as a diff. Raises Refused."""
    loaded = load(specs)
    _check(loaded, wish)
    edits = [*_schema_edits(loaded, wish), *_http_edits(loaded, wish), *_socket_edits(loaded, wish)]
    with TemporaryDirectory(prefix="stele-new-") as folder:
        copy = Path(folder, "specs")
        fix.copied(specs, copy)
        sources = fix.texts_of(copy)
        texts = apply(edits, sources)
        fix.write_texts(copy, texts)
        fixed = fix.fix(copy)
    if len(fixed.left.findings):
        raise Refused(f"the operation does not fit in:\n{fixed.left.report()}")
    texts |= fixed.texts
    fix.write_texts(specs, texts)
    handler = features / wish.feature / "handler.py"
    old = _text(handler)
    _add_method(handler, wish)
    return diff(sources, texts) + diff({str(handler): old}, {str(handler): _text(handler)})


def _check(loaded: Loaded, wish: Wish) -> None:
    if len(loaded.findings):
        raise Refused(f"the contract has findings; fix them first:\n{loaded.report()}")
    contract = loaded.contract
    taken = {one.name for one in contract.operations} | {one.name for one in contract.events}
    unknown = set(wish.roles) - {role.name for role in contract.roles}
    if not is_identifier(wish.name) or not is_identifier(wish.feature):
        raise Refused(f"{wish.name!r} and {wish.feature!r} must be snake_case names and no keywords")
    if wish.name in taken or set(wish.records) & set(contract.definitions):
        raise Refused(f"the name {wish.name!r}, or a record of it, is taken")
    if unknown:
        raise Refused(f"unknown roles: {', '.join(sorted(unknown))}; policy.yaml declares them")
    if not wish.doors or set(wish.doors) - set(DOORS):
        raise Refused(f"doors are {' and '.join(DOORS)}")


def _schema_edits(loaded: Loaded, wish: Wish) -> list[Edit]:
    given, answer = wish.records
    if wish.is_paginated:
        text = (
            f"\n{given}:\n  type: object\n  properties:\n"
            "    page: {type: integer, format: int32, minimum: 1, maximum: 1000000, default: 1}\n"
            "    per_page: {type: integer, format: int32, minimum: 1, maximum: 100, default: 20}\n"
            f"{pascal(wish.name)}Item:\n  type: object\n  properties: {{}}\n"
            f"{answer}:\n  type: object\n  required: [items, meta]\n  properties:\n"
            f"    items: {{type: array, maxItems: 100, items: {{$ref: '#/{pascal(wish.name)}Item'}}}}\n"
            "    meta: {$ref: 'page.yaml#/PageMeta'}\n"
        )
    else:
        text = f"\n{given}:\n  type: object\n  properties: {{}}\n{answer}:\n  type: object\n  properties: {{}}\n"
    return [Edit(_schema_file(loaded, wish.feature), END, 1, text)]


def _schema_file(loaded: Loaded, feature: str) -> str:
    """Where most records of the feature's operations are; else a file of its own."""
    used = [one.result.record for one in loaded.contract.operations if one.feature == feature and one.result.record]
    files = [place.file for place in (loaded.contract.record(name).place for name in used)]
    return max(sorted(files), key=files.count, default=f"specs/schemas/{feature}.yaml")


def _schemas(loaded: Loaded, wish: Wish) -> str:
    """The file of the schemas as its neighbours' files refer to it."""
    return _schema_file(loaded, wish.feature).replace("specs", "..", 1)


def _http_edits(loaded: Loaded, wish: Wish) -> list[Edit]:
    if "http" not in wish.doors:
        return []
    given, answer = (f"'{_schemas(loaded, wish)}#/{name}'" for name in wish.records)
    security = "[" + ", ".join(f"{{bearer: [{role}]}}" for role in wish.roles) + "]"
    head = f"\n{wish.name}:\n  {wish.method}:\n    operationId: {wish.name}\n"
    head += f"    summary: {wish.name.replace('_', ' ').capitalize()}.\n    security: {security}\n"
    if wish.method == "get":
        carried = f"    parameters:\n      - {{name: filter, in: query, schema: {{$ref: {given}}}}}\n"
    else:
        content = f"{{application/json: {{schema: {{$ref: {given}}}}}}}"
        carried = f"    requestBody:\n      required: true\n      content: {content}\n"
    answered = f"{{application/json: {{schema: {{$ref: {answer}}}}}}}"
    responses = f"    responses:\n      '200':\n        description: Done.\n        content: {answered}\n"
    item = Edit(f"specs/http/{wish.feature}.yaml", END, 1, head + carried + responses)
    paths = _table(loaded, "specs/openapi.yaml", "paths")
    path = f"/api/{wish.feature}/{wish.name}".replace("_", "-")
    return [item, add_entry(paths, path, f"{{$ref: 'http/{wish.feature}.yaml#/{wish.name}'}}")]


def _socket_edits(loaded: Loaded, wish: Wish) -> list[Edit]:
    if "socket" not in wish.doors:
        return []
    given, answer = (f"'{_schemas(loaded, wish)}#/{name}" for name in wish.records)
    name, number = wish.name, next_pkg_id(loaded.dialects.words.lock, (), is_event=False)
    if number is None:
        raise Refused("every PkgID of an operation is issued")
    security = ", ".join(f"{{$ref: '../policy.yaml#/roles/{role}'}}" for role in wish.roles)
    traits = "traits: [{$ref: '../asyncapi.yaml#/components/messageTraits/%s'}]"
    operation = (
        f"  {name}:\n    action: receive\n    channel: {{$ref: '{CHANNEL}'}}\n"
        f"    messages: [{{$ref: '{CHANNEL}/messages/{name}'}}]\n"
        f"    reply:\n      channel: {{$ref: '{CHANNEL}'}}\n"
        f"      messages: [{{$ref: '{CHANNEL}/messages/{name}_done'}}]\n"
        f"    security: [{security}]\n    x-pkg-id: {number}\n"
    )
    reply, items = ("page_reply", "/properties/items") if wish.is_paginated else ("reply", "")
    messages = (
        f"  {name}:\n    {traits % 'request'}\n    payload: {{$ref: {given}'}}\n"
        f"  {name}_done:\n    {traits % reply}\n    payload: {{$ref: {answer}{items}'}}\n"
    )
    file = f"specs/packages/{wish.feature}.yaml"
    lists = [
        add_entry(
            _table(loaded, "specs/asyncapi.yaml", "channels", "web", "messages"),
            message,
            f"{{$ref: 'packages/{wish.feature}.yaml#/messages/{message}'}}",
        )
        for message in (name, f"{name}_done")
    ]
    root = (
        loaded.dialects.documents.tree(file) if file in loaded.dialects.documents.names("packages", ".yaml") else None
    )
    if not isinstance(root, Mapping):
        return [*lists, Edit(file, END, 1, f"operations:\n{operation}\nmessages:\n{messages}")]
    tables = [(_table(loaded, file, "operations"), operation), (_table(loaded, file, "messages"), messages)]
    return [*lists, *(Edit(file, table.end.line, 1, text) for table, text in tables)]


def _table(loaded: Loaded, file: str, *keys: str) -> Mapping:
    node = loaded.dialects.documents.tree(file)
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or node.is_flow:
        raise Refused(f"{file} has no block `{'.'.join(keys)}` to add to")
    return node


def _add_method(handler: Path, wish: Wish) -> None:
    request, result = f"{pascal(wish.name)}Request", wish.records[1]
    method = (
        f"\n    @override\n    async def {wish.name}(self, context: Context, request: {request}) -> {result}:\n"
        f'        raise NotImplementedError("{wish.name} {TODO}")\n'
    )
    imports = f"from generated.models import {request}\nfrom generated.results import {result}\n"
    text = _text(handler)
    if not text:
        kind = f"{pascal(wish.feature)}Handler"
        text = (
            f'"""What the {wish.feature} operations do."""\n\nfrom __future__ import annotations\n\n'
            "from typing_extensions import override\n\nfrom app.execution.context import Context\n"
            f"from generated.handlers import {kind}\n\n\nclass {pascal(wish.feature)}({kind}[Context]):\n"
        )
    lines = text.splitlines(keepends=True)
    last = max(index for index, line in enumerate(lines) if line.startswith(("from ", "import ")))
    end = _class_end(lines)
    lines[end:end] = [method]
    lines[last:last] = [imports]
    handler.parent.mkdir(parents=True, exist_ok=True)
    handler.write_text("".join(lines), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"]
    subprocess.run([*ruff, "check", "-q", "--select", "I", "--fix", str(handler)], check=False)
    subprocess.run([*ruff, "format", "-q", str(handler)], check=False)


def _class_end(lines: list[str]) -> int:
    """The line after the last one of the handler's class."""
    start = next(index for index, line in enumerate(lines) if line.startswith("class "))
    inside = [index for index, line in enumerate(lines[start + 1 :], start + 1) if line.startswith((" ", "\t"))]
    stop = next(
        (index for index in range(start + 1, len(lines)) if lines[index].strip() and lines[index][0] not in " \t"), None
    )
    return max((index for index in inside if stop is None or index < stop), default=start) + 1


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
