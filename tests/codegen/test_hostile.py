"""Hostile text, references and files: refused with a place, or compiled to code that does nothing but what it says."""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import yaml

from codegen import output
from codegen.pipeline import Loaded, build, load
from codegen.reports import FORMATS
from tests.codegen.contracts import ROOT, compose, rules

CASE = "p51_everything"
SLOWEST_S = 5.0
SNIPPETS = [
    "'", '"', "'''", '"""', '"""; import os; """', "'; import os; '", "\\", "\\\\", "\\'", '\\"', "\\\n", "a\\\nb", "\\N{BULLET}", "\\x41",
    "\\u0041", "\\ud800", "{{7*7}}", "{7*7}", "${7*7}", "${PATH}", "$(id)", "`id`", "#{7*7}", "%s", "%(x)s", "%n%n", "{0}", "{self.__class__}",
    "{__import__('os').getpid()}", "__import__('os')", "__import__('os').system('id')", "f'{1}'", "eval('1')", "*/", "/*", "//", "#", "# type" ": ignore",
    "# fmt: off", "# no" "qa", "<!--", "-->", "<script>alert(1)</script>", "]]>", "&amp;", "\n", "\n\nimport os\n", "\nimport os  # ", "\r", "\r\nimport os",
    "\n    pass\n\nclass Evil: pass\n", '"""\nimport os\n"""', "'''\nimport os\n'''", "\t", "\v", "\f", "\x00", "a\x00b", "\x01", "\x07", "\x08", "\x1b[2J",
    "\x1b]0;title\x07", "\x7f", "\x80", "\x85", "\xa0", "\xad", "\u061c", "\u180e", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2028", "\u2029",
    "\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u2028import os", "\u2029import os", "\u202eimport os", "\ufeff", "\ufffe",
    "\ufff9", "\uffff", "\U0001f600", "\U000e0041", "\U0010ffff", "e\u0301", "\uff22", "\u0130", "\ufb01", "::error::x", "::set-output name=a::b",
    "; rm -rf /", "| id", "&& id", "> /tmp/x", "../../etc/passwd", "file:///etc/passwd", "http://127.0.0.1:9/", "~", "null", "true", "yes", "0x1f", "1e999",
    "class", "None", "self", "lambda: 0", "@property", "=cmd|'/c calc'!A0", "+1", "-1", " ", "  a  ", "a" * 5000, "é" * 2000, '"' * 500, "\\" * 501,
    "{" * 300, "%" * 300, "'" * 301 + '"' * 301, "[", "]", "(", ")", "}", "{", "<", ">", "--", "---", "...", "? a", ": b", "- c", "!x", "&x", "*x", "|", ">-",
    "`", "@", "!", "^", "$", "%", "&", "?", ";", ",", ".", "=", "+", "_", "__class__", "__init__", "__all__ = []", "from os import *",
    "print(1)", "exec('1')", "open('/tmp/x', 'w')", "x = 1", "\\a\\b\\f\\n\\r\\t\\v", "\\0", "\\777", "\\U00110000", "b'x'", "r'x'", "rb'''x'''", "''", '""', "' + '",
    '" + "', "')", '")', "'))", '"]', "']", "\"}", "'}", "}}{{", "{%x%}", "{#x#}", "<%=7*7%>", "<?php", "[[x]]", "((x))", "$$", "\\(x\\)", "\\{x\\}", "/../",
]  # fmt: skip
NODES = {
    "Module", "ImportFrom", "Import", "alias", "ClassDef", "FunctionDef", "AsyncFunctionDef", "arguments", "arg", "Return", "Assign", "AnnAssign", "AugAssign",
    "Expr", "Call", "keyword", "Name", "Attribute", "Constant", "Tuple", "List", "Dict", "Set", "Subscript", "Slice", "Load", "Store", "BinOp", "BitOr", "Add",
    "Sub", "Mult", "Div", "Mod", "FloorDiv", "LShift", "RShift", "BitAnd", "BitXor", "Invert", "UnaryOp", "USub", "Not", "And", "Or", "BoolOp", "Compare", "Eq",
    "NotEq", "Is", "IsNot", "In", "NotIn", "Lt", "LtE", "Gt", "GtE", "If", "IfExp", "For", "While", "Break", "Continue", "Raise", "Try", "ExceptHandler", "With", "withitem", "Pass", "Lambda",
    "ListComp", "DictComp", "SetComp", "GeneratorExp", "comprehension", "Starred", "JoinedStr", "FormattedValue", "Match", "match_case", "MatchClass",
    "MatchValue", "MatchAs", "MatchOr", "MatchSingleton", "Await", "AsyncWith", "AsyncFor", "NamedExpr", "Yield", "Assert", "Delete", "Del", "TypeAlias",
}  # fmt: skip
"""What the generated modules are made of; no `global`, no `exec` of a text."""
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "open", "input", "breakpoint"}
Edit = Callable[[Path], None]


def put(file: str, data: str | bytes) -> Edit:
    def edit(specs: Path) -> None:
        path = specs / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    return edit


def more(file: str, data: str | bytes) -> Edit:
    return lambda specs: put(file, (specs / file).read_bytes() + (data if isinstance(data, bytes) else data.encode()))(
        specs
    )


def swap(file: str, old: str, new: str) -> Edit:
    def edit(specs: Path) -> None:
        text = (specs / file).read_text()
        assert old in text
        (specs / file).write_text(text.replace(old, new, 1))

    return edit


def judged(folder: Path, *edits: Edit) -> Loaded:
    """The case with the edits, read in time, every form of its findings said, and each with a place in specs/."""
    shutil.rmtree(folder / "specs", ignore_errors=True)
    specs = compose(CASE, folder)
    for edit in edits:
        edit(specs)
    started = time.perf_counter()
    loaded = load(specs)
    assert time.perf_counter() - started < SLOWEST_S
    for form in FORMATS:
        loaded.report(form)
    for one in loaded.findings:
        assert one.place.file.startswith("specs/"), one
        assert min(one.place.line, one.place.column) >= 1
        assert one.message.isprintable()
    return loaded


def trees(specs: Path, *files: str) -> dict[str, Any]:
    return {file: yaml.safe_load((specs / file).read_text()) for file in files}


def imported(folder: Path, loaded: Loaded, asked: dict[str, object]) -> dict[str, Any]:
    """What the generated code answers, imported in a process that may only read."""
    files = build(loaded.contract)
    for file in files:
        if is_emitted(file.path):
            harmless(file.path, file.data.decode())
    output.publish(folder / "generated", files)
    run = subprocess.run(
        [sys.executable, "-B", str(Path(__file__).with_name("imported.py"))],
        input=json.dumps(asked), capture_output=True, text=True, check=False, cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-2000:]
    answered: dict[str, Any] = json.loads(run.stdout)
    return answered


def is_emitted(path: str) -> bool:
    """The clients' runtime is copied as it is, whatever the contract says."""
    return path.endswith(".py") and "/runtime/" not in path


def harmless(path: str, text: str) -> None:
    for node in ast.walk(ast.parse(text)):
        assert type(node).__name__ in NODES, f"{path}: {ast.dump(node)[:200]}"
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in FORBIDDEN_CALLS, f"{path}:{node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            used = {name.partition(".")[0] for name in names} & {"os", "sys", "subprocess", "socket", "shutil"}
            assert used <= ({"sys"} if path.endswith("/__main__.py") else set()), (
                "a program alone ends with an exit code"
            )


def texts_of(value: object) -> set[str]:
    if isinstance(value, dict):
        return set().union(*(texts_of(one) for one in value.values()), map(str, value))
    if isinstance(value, list):
        return set().union(*map(texts_of, value))
    return {value} if isinstance(value, str) else set()


class Quoted(yaml.SafeDumper):
    """Writes texts in quotes, so that none of them is a number."""


Quoted.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def dumped(specs: Path, found: dict[str, Any]) -> None:
    for file, tree in found.items():
        (specs / file).write_text(yaml.dump(tree, Dumper=Quoted, sort_keys=False, width=100_000))


def written_into_descriptions(specs: Path) -> dict[str, set[str]]:
    """A text of its own in every position that carries free text; by the document where it must come back."""
    found = trees(
        specs,
        "openapi.yaml",
        "asyncapi.yaml",
        "http/things.yaml",
        "packages/things.yaml",
        "schemas/things.yaml",
        "errors.yaml",
        "policy.yaml",
    )
    texts = cycle(SNIPPETS)
    kept: dict[str, set[str]] = {"openapi": set(), "asyncapi": set(), "schemas": set()}

    def here(node: dict[str, Any], key: str, *documents: str, head: str = "x") -> None:
        node[key] = head + next(texts)
        for document in documents:
            kept[document].add(node[key])

    for file in ("openapi.yaml", "asyncapi.yaml"):
        for key in ("description", "termsOfService"):
            here(found[file]["info"], key)
    for tag in found["openapi.yaml"]["tags"]:
        here(tag, "description", "openapi")
    for item in found["http/things.yaml"].values():
        for operation in item.values():
            for key in ("summary", "description"):
                here(operation, key, "openapi")
            for parameter in operation.get("parameters", ()):
                here(parameter, "description")
            for response in operation["responses"].values():
                here(response, "description", "openapi")
    for operation in found["packages/things.yaml"]["operations"].values():
        here(operation, "summary")
        here(operation, "description")
    for message in found["packages/things.yaml"]["messages"].values():
        for key in ("title", "summary", "description"):
            here(message, key)
    for schema in found["schemas/things.yaml"].values():
        here(schema, "description")
        if "allOf" not in schema:
            here(schema, "title")
        for one in schema.get("properties", {}).values():
            if "$ref" not in one:
                here(one, "description", "schemas")
                here(one, "title")
                one["examples"] = [next(texts), {next(texts): next(texts)}]
    for error in found["errors.yaml"]["errors"].values():
        here(error, "title")
    for role in found["policy.yaml"]["roles"].values():
        here(role, "description", "asyncapi")
    dumped(specs, found)
    return kept


def test_text_in_every_position_is_data_and_never_code(tmp_path: Path) -> None:
    kept: dict[str, set[str]] = {}
    said = [text.translate(dict.fromkeys(range(32))) for text in SNIPPETS]
    comment = "".join(f"// {text}\n/* {text.replace('*/', '').replace('/*', '')} */\n" for text in said)
    loaded = judged(
        tmp_path,
        lambda specs: kept.update(written_into_descriptions(specs)),
        more("proto/things.proto", comment),
    )
    assert {one.rule for one in loaded.findings} <= {"S030"}, loaded.report()  # Examples of any text, which can wait.
    files = {file.path: file.data for file in build(loaded.contract)}
    documents = [texts_of(json.loads(files[f"specs/{name}.json"])) for name in ("openapi", "asyncapi")]
    assert not kept["schemas"] - documents[0] - documents[1]
    assert not kept["openapi"] - documents[0]
    assert not kept["asyncapi"] - documents[1]
    titles = trees(tmp_path / "specs", "errors.yaml")["errors.yaml"]["errors"]
    answered = imported(tmp_path, loaded, {f"title:{code}": None for code in titles})
    assert answered == {f"title:{code}": error["title"] for code, error in titles.items()}


def with_defaults(fields: dict[str, str]) -> Edit:
    """A field of `make_thing` for each text, at every place that has to know it."""

    def edit(specs: Path) -> None:
        found = trees(specs, "contract.lock", "schemas/things.yaml")
        added = {name: {"type": "string", "default": text} for name, text in fields.items()}
        found["schemas/things.yaml"]["ThingInput"]["properties"] |= added
        proto = "".join(f"  optional string {name} = {number};\n" for number, name in enumerate(fields, 100))
        for message in ("MakeThingRequest", "ChangeThingRequest"):
            found["contract.lock"]["fields"][message] |= {name: number for number, name in enumerate(fields, 100)}
            swap("proto/things.proto", f"message {message} {{\n", f"message {message} {{\n{proto}")(specs)
        dumped(specs, found)

    return edit


def test_a_default_of_any_text_comes_back_and_one_with_nul_is_refused(tmp_path: Path) -> None:
    fields = {f"f{number}": text for number, text in enumerate(SNIPPETS) if "\0" not in text}
    loaded = judged(tmp_path, with_defaults(fields))
    assert not len(loaded.findings), loaded.report()[:2000]
    request = {"name": "n", "shape": {"kind": "circle", "radius": 1.0}}
    answered = imported(tmp_path, loaded, {"request:make_thing": request})["request:make_thing"]
    assert {name: answered[name] for name in fields} == fields
    document = next(file.data for file in build(loaded.contract) if file.path == "specs/openapi.json")
    properties = json.loads(document)["paths"]["/things"]["post"]["requestBody"]["content"]["application/json"][
        "schema"
    ]
    assert {name: properties["properties"][name]["default"] for name in fields} == fields
    assert rules(judged(tmp_path, with_defaults({"f": "a\0b"}))) == {"S023"}


def test_a_constant_of_any_text_is_refused_or_comes_back(tmp_path: Path) -> None:
    """One that tells arms apart names them; another may be any text but an empty one and NUL."""
    fields = {f"c{number}": text for number, text in enumerate(SNIPPETS) if "\0" not in text}
    as_constants = with_defaults(dict.fromkeys(fields, ""))

    def edit(specs: Path) -> None:
        as_constants(specs)
        found = trees(specs, "schemas/things.yaml")
        for name, text in fields.items():
            found["schemas/things.yaml"]["ThingInput"]["properties"][name] = {"type": "string", "const": text}
        dumped(specs, found)

    loaded = judged(tmp_path, edit)
    assert not len(loaded.findings), loaded.report()[:2000]
    request = {"name": "n", "shape": {"kind": "circle", "radius": 1.0}, **fields}
    answered = imported(tmp_path, loaded, {"request:make_thing": request})["request:make_thing"]
    assert {name: answered[name] for name in fields} == fields
    for text in ("'", '"""', "a\0b", "x y", "class"):
        arm = swap("schemas/things.yaml", "const: circle", f"const: {json.dumps(text)}")
        assert len(judged(tmp_path, arm).findings)


@pytest.mark.parametrize(
    "file_and_old",
    [
        ("http/things.yaml", "operationId: ping"), ("schemas/things.yaml", "enum: [red, dark-blue]"), ("schemas/things.yaml", "x-enum-names: [low, high]"),
        ("policy.yaml", "  reader:"), ("policy.yaml", "  things:"), ("policy.yaml", "  reads:"), ("errors.yaml", "  thing_taken:"), ("errors.yaml", "  revoked:"),
        ("errors.yaml", "  CONFLICT:"), ("http/things.yaml", "x-publishes: [thing_made]"), ("http/things.yaml", "x-errors: [thing_taken]"),
        ("schemas/things.yaml", "format: decimal"), ("schemas/things.yaml", "ThingMade:"), ("schemas/things.yaml", "    name: {type: string, minLength: 1}"),
        ("http/things.yaml", "in: query"), ("http/things.yaml", "name: filter"), ("packages/things.yaml", "x-topic: things"), ("packages/things.yaml", "action: send"),
        ("openapi.yaml", "name: things"), ("openapi.yaml", "/ping:"), ("asyncapi.yaml", "address: /web"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("texts", [6, pytest.param(20, marks=pytest.mark.long)])
def test_a_name_of_hostile_text_is_refused_or_compiled_to_harmless_code(
    file_and_old: tuple[str, str], texts: int, tmp_path: Path
) -> None:
    """So many of the texts at each place; most are no name, and a path may be any."""
    file, old = file_and_old
    head, _, tail = old.rpartition(" ") if not old.endswith((":", "]", "}")) else ("", "", old)
    place = SNIPPETS[hash_of(old) % 7 :: 10][:texts]
    for text in place:
        quoted = json.dumps(text, ensure_ascii=False) if "\\ud" not in json.dumps(text) else json.dumps("\u202e")
        new = (
            f"{head} {quoted}"
            if head
            else old.replace(tail.strip(" :").split(":")[0], quoted, 1)
            if tail.endswith(":")
            else f"{old.split(':')[0]}: [{quoted}]"
        )
        loaded = judged(tmp_path, swap(file, old, new))
        if not len(loaded.findings):
            for one in build(loaded.contract):
                if is_emitted(one.path):
                    harmless(one.path, one.data.decode())


def hash_of(text: str) -> int:
    return sum(text.encode())
