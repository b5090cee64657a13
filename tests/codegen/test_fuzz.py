"""Whatever happens to a contract's files, the compiler answers with findings that have a place, or builds; it never raises.

The examples are the same in every run. `FUZZ=20 pytest tests/codegen/test_fuzz.py --timeout 0` tries twenty times as many,
and new ones each time; what it finds goes into an `@example`, or into the test of the module that raised.
"""

from __future__ import annotations

import copy
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import yaml
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy, binary, builds, integers, lists, sampled_from

from codegen.edits import diff
from codegen.fix import fix
from codegen.pipeline import Loaded, build, load
from codegen.reports import FORMATS
from tests.codegen.contracts import SHIPPED, compose

FACTOR = int(os.environ.get("FUZZ", "0"))
CONTRACTS = ("p51_everything", "shipped")
STRUCTURED = (".yaml", ".lock", ".json")
DEEP: Any = {"a": [{"b": [[{}]]}]}
VALUES: list[Any] = [
    None, [], {}, 5, "x", True, False, DEEP, -1, 0, 1.5, 600.0, "", [None], {"$ref": "#/nope"}, {"$ref": 5}, {"$ref": None}, [[]], {"x": None}, ["x"], [5],
    1e308, 2**70, -(2**70), 1e-5, float("inf"), float("nan"), "\0", "class", "x-y", "a\nb", "{}", {"type": "string"}, {"type": "object"}, {"oneOf": []},
    {"type": ["string", "null"]}, {"type": "array"}, {"type": []}, {"allOf": []}, {"allOf": [{}]}, {"enum": []}, {"const": None}, "null", "٣", "🎲", "\u202e", "\u2028",
    {"$ref": "#"}, {"$ref": ""}, {"$ref": "x.yaml"}, {"$ref": ".."}, {"$ref": "a\0b"}, {"$ref": "schemas"}, {"$ref": "#/" + "a/" * 500}, {"$ref": "http://127.0.0.1:9/"},
    "yes", "012", "0o17", "1:30", "2020-01-02", "~", "<<", "a" * 3000, {"a" * 500: "b"}, "[", "(?=a)", "$ref", "0s", "5s", "٣s", "/{id}", "{id}/{id}", "__class__", "None",
]  # fmt: skip
KEYS = [
    "type", "$ref", "enum", "const", "format", "default", "items", "oneOf", "allOf", "anyOf", "properties", "required", "description", "title", "minLength", "maxLength", "minimum",
    "maximum", "exclusiveMinimum", "pattern", "nullable", "deprecated", "additionalProperties", "x-foo", "x-field", "x-sensitive", "x-errors", "x-timeout", "x-audit",
    "x-rate-limit", "x-publishes", "x-idempotent", "x-pkg-id", "x-topic", "headers", "content", "security", "examples", "discriminator", "x-enum-names", "contentEncoding",
    "maxItems", "uniqueItems", "minProperties", "parameters", "summary", "traits", "payload", "correlationId", "bindings", "tags", "servers", "x-roles", "x-sunset", "a", "class",
    "1", "x y", "", "a/b", "a~1b", "<<", "a\0b", "٣", "\u202e",
]  # fmt: skip
JUNK = [
    b"\0", b"\xff", b"\xc3", b"\xef\xbb\xbf", b"\r", b"\t", b"\n", b"\x85", b"\xe2\x80\xa8", b"'", b'"', b"{", b"}", b"[", b"]", b":", b": ", b"- ", b"? ", b"#", b"&a ", b"*a", b"!!str ",
    b"<<: ", b"---\n", b"...\n", b"%YAML 1.1\n", b"|\n", b">-\n", b",", b";", b"//", b"/*", b"=", b"option ", b"message ", b"enum A { A = 0; }", b"reserved 1 to max;", b"stream ",
    b"repeated ", b"optional ", b"oneof x { int32 a = 9; }", b"map<string, Thing> m = 99;", b"import 'x.proto';", b"import public ", b"group ", b"extend ", b"class", b"None", b"-1",
    b"999999999999", b"0", b"1", b"536870912", b"syntax = 'proto2';", b"edition = '2023';", b"[deprecated = true]", b"[json_name = 'x']", b"google.protobuf.Any", b"int32", b"\\",
    b"returns (stream ", b"package x;", b"self", b"import", b"bytes", b"x" * 300,
]  # fmt: skip
TOKEN = re.compile(rb"\w+|[^\w\s]")
STEPS = ("set", "set", "set", "delete", "copy", "rename", "add", "add", "swap")
SCARS = ("insert", "insert", "replace", "delete", "truncate", "swap", "repeat")


class Change(NamedTuple):
    """`at` and `other` choose two places of the contract; all numbers are places."""

    step: str
    at: int
    other: int
    key: str
    value: Any


class Scar(NamedTuple):
    """`at` chooses the file, `where` and `other` two tokens in it."""

    step: str
    at: int
    where: int
    other: int
    junk: bytes


ANYWHERE = integers(0, 1 << 20)
CHANGES: SearchStrategy[list[Change]] = lists(
    builds(Change, sampled_from(STEPS), ANYWHERE, ANYWHERE, sampled_from(KEYS), sampled_from(VALUES)),
    min_size=1,
    max_size=3,
)
SCARRED: SearchStrategy[list[Scar]] = lists(
    builds(Scar, sampled_from(SCARS), ANYWHERE, ANYWHERE, ANYWHERE, sampled_from(JUNK) | binary(max_size=3)),
    min_size=1,
    max_size=2,
)


def examples(count: int) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """That many, the same in every run; or FUZZ times as many new ones. Shrinking takes minutes, so only a long run does."""
    phases = tuple(Phase) if FACTOR else (Phase.explicit, Phase.generate)
    return settings(
        max_examples=count * max(FACTOR, 1), derandomize=not FACTOR, deadline=None, database=None, phases=phases, suppress_health_check=list(HealthCheck),
    )  # fmt: skip


@lru_cache
def sources(contract: str) -> dict[str, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        specs = SHIPPED if contract == "shipped" else compose(contract, Path(folder))
        files = sorted(path for path in specs.rglob("*") if path.is_file() and path.suffix in (*STRUCTURED, ".proto"))
        return {path.relative_to(specs).as_posix(): path.read_bytes() for path in files}


@lru_cache
def trees(contract: str) -> dict[str, Any]:
    return {file: yaml.safe_load(data) for file, data in sources(contract).items() if file.endswith(STRUCTURED)}


@lru_cache
def places(contract: str) -> list[tuple[str, tuple[Any, ...]]]:
    """Every node of every file but its root."""
    return [(file, path) for file, tree in trees(contract).items() for path in _below(tree, ())]


def _below(node: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, child in pairs:
        yield (*path, key)
        yield from _below(child, (*path, key))


def changed(contract: str, changes: list[Change]) -> dict[str, bytes]:
    """The files that differ."""
    known, touched = places(contract), dict[str, Any]()
    for change in changes:
        file, path = known[change.at % len(known)]
        tree = touched.setdefault(file, copy.deepcopy(trees(contract)[file]))
        other_file, other = known[change.other % len(known)]
        _change(tree, path, change, _at(trees(contract)[other_file], other))
    dumped = {
        file: yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=9999) for file, tree in touched.items()
    }
    return {file: text.encode("utf-8", "surrogatepass") for file, text in dumped.items()}


def _at(tree: Any, path: tuple[Any, ...]) -> Any:
    """The node there; an earlier change may have taken it away."""
    for key in path:
        known = isinstance(tree, dict) and key in tree
        listed = isinstance(tree, list) and isinstance(key, int) and key < len(tree)
        tree = tree[key] if known or listed else None
    return tree


def _change(tree: Any, path: tuple[Any, ...], change: Change, other: Any) -> None:
    parent, node, key = _at(tree, path[:-1]), _at(tree, path), path[-1]
    value = copy.deepcopy(other if change.step == "swap" else change.value)
    if node is None:
        return
    if change.step in ("set", "swap"):
        parent[key] = value
    elif change.step == "delete":
        del parent[key]
    elif change.step == "copy" and isinstance(parent, list):
        parent.append(copy.deepcopy(node))
    elif change.step == "copy":
        parent[f"{key}_2"] = copy.deepcopy(node)
    elif change.step == "rename" and isinstance(parent, dict):
        parent[change.key] = parent.pop(key)
    elif change.step == "add" and isinstance(node, dict):
        node[change.key] = value


def scarred(contract: str, scars: list[Scar]) -> dict[str, bytes]:
    """The files that differ; a third of the scars are proto's."""
    touched: dict[str, bytes] = {}
    for scar in scars:
        proto = [file for file in sources(contract) if file.endswith(".proto")]
        files = proto if scar.at % 3 == 0 else list(sources(contract))
        file = files[scar.at // 3 % len(files)]
        touched[file] = _scar(touched.get(file, sources(contract)[file]), scar)
    return touched


def _scar(data: bytes, scar: Scar) -> bytes:
    spans = [match.span() for match in TOKEN.finditer(data)] or [(0, len(data))]
    (start, end), (first, last) = spans[scar.where % len(spans)], spans[scar.other % len(spans)]
    if scar.step == "insert":
        return data[:start] + scar.junk + data[start:]
    if scar.step == "replace":
        return data[:start] + scar.junk + data[end:]
    if scar.step == "delete":
        return data[:start] + data[end:]
    if scar.step == "truncate":
        return data[:end] + scar.junk
    if scar.step == "swap":
        return data[:start] + data[first:last] + data[end:]
    line = data[data.rfind(b"\n", 0, start) + 1 :].partition(b"\n")[0] + b"\n"
    return (
        data[: data.rfind(b"\n", 0, start) + 1] + line * (scar.other % 3 + 1) + data[data.rfind(b"\n", 0, start) + 1 :]
    )


def written(folder: str, contract: str, files: dict[str, bytes]) -> Path:
    specs = Path(folder, "specs")
    for file, data in {**sources(contract), **files}.items():
        path = specs / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return specs


def judged(specs: Path) -> Loaded:
    """Reported in every form, each finding with its place; what has none compiles to Python."""
    loaded = load(specs)
    said = {form: loaded.report(form) for form in FORMATS}
    refusals = [one for one in json.loads(said["json"])["findings"] if one["severity"] != "warning"]
    assert len(refusals) == len(loaded.findings)
    assert ElementTree.fromstring(said["junit"]).get("failures") == str(len(loaded.findings))
    for one in loaded.findings:
        for place in filter(None, (one.place, one.other)):
            assert place.file.startswith("specs/"), one
            assert min(place.line, place.column) >= 1, one
        assert one.message.isprintable()
    if not len(loaded.findings):
        for file in build(loaded.contract):
            if file.path.endswith((".py", ".pyi")):
                compile(file.data, file.path, "exec", dont_inherit=True)
    return loaded


@examples(90)
@given(contract=sampled_from(CONTRACTS), changes=CHANGES)
def test_a_changed_contract_is_refused_with_places_or_compiled(contract: str, changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        judged(written(folder, contract, changed(contract, changes)))


@examples(70)
@given(contract=sampled_from(CONTRACTS), scars=SCARRED)
def test_a_damaged_file_is_refused_with_places_or_compiled(contract: str, scars: list[Scar]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        judged(written(folder, contract, scarred(contract, scars)))


@examples(14)
@given(contract=sampled_from(CONTRACTS), changes=CHANGES, scars=SCARRED)
def test_the_same_files_have_the_same_findings_and_fixing_them_never_fails(
    contract: str, changes: list[Change], scars: list[Scar]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        specs = written(folder, contract, changed(contract, changes) | scarred(contract, scars[:1]))
        first = judged(specs).report("json")
        before = fix.texts_of(specs)
        again = specs.parent / "again" / "specs"
        shutil.copytree(specs, again)
        assert load(again).report("json") == first
        fixed = fix.fix(specs)
        assert fix.texts_of(specs) == before
        assert fixed.diff == diff(before, fixed.texts)


def test_the_steps_change_something() -> None:
    for contract in CONTRACTS:
        for step in STEPS:
            found = [changed(contract, [Change(step, at, at + 40, "odd", [5])]) for at in range(0, 400, 13)]
            assert any(yaml.safe_load(data) != trees(contract)[file] for one in found for file, data in one.items())
        for scar in SCARS:
            found = [scarred(contract, [Scar(scar, at, at, at + 1, b"%")]) for at in range(6)]
            assert any(data != sources(contract)[file] for one in found for file, data in one.items())
