"""The TypeScript package of every contract passes the strictest compiler, has no `any`, and is built the same twice."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from codegen.emit.printer import File
from codegen.emit.typescript_client import files as typescript_client
from codegen.ir.types import Record
from tests.codegen.compiled import both_ways, contract_with
from tests.codegen.contracts import contract_of, shipped
from tests.codegen.emit.python_client.test_files import contracts
from tests.node import ESBUILD, NODE, NPM_CLI, TSC, install, judge

pytestmark = pytest.mark.xdist_group("sdk_typescript")
BUDGET = 12_000
"""Of one operation over both doors, compressed; what follows events, and protobuf, are parts of their own."""
"""Bytes of one operation over JSON, minified and compressed, in a browser."""


@pytest.fixture(scope="module", autouse=True)
def node() -> Path:
    return install()


def write(folder: Path, files: list[File]) -> Path:
    for file in files:
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return folder / typescript_client.ROOT


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped contract's package, compiled."""
    folder = write(tmp_path_factory.mktemp("shipped"), typescript_client.emit(shipped()))
    assert compiled(folder) == ""
    return folder


def compiled(folder: Path, *flags: str) -> str:
    """What the compiler finds, or nothing."""
    verdict = judge(NODE, TSC, "-p", "tsconfig.json", *flags, cwd=folder)
    return "" if verdict.accepted else verdict.text


def test_the_package_of_every_contract_passes_the_strictest_compiler(tmp_path: Path) -> None:
    """In one program: the runtime is the same in all of them, so they share one."""
    write(tmp_path, [_shared(one) for one in typescript_client.emit(shipped()) if "/runtime/" in one.path])
    for name, contract in contracts(tmp_path / "specs").items():
        files = [one for one in typescript_client.emit(contract) if "/src/" in one.path and "/runtime/" not in one.path]
        write(tmp_path, [_beside(one, name) for one in files])
    settings = {"compilerOptions": typescript_client.COMPILER | {"noEmit": True}, "include": ["src"]}
    (tmp_path / "package.json").write_text('{"type": "module", "imports": {"#websocket": "./src/runtime/platform.ts"}}')
    (tmp_path / "tsconfig.json").write_text(json.dumps(settings))
    assert compiled(tmp_path) == ""
    assert len(list((tmp_path / "src").glob("*/client.ts"))) > 70


def _shared(file: File) -> File:
    return replace(file, path=f"src/runtime/{file.path.rpartition('/')[2]}")


def _beside(file: File, name: str) -> File:
    data = file.data.replace(b'"./runtime/', b'"../runtime/')
    return File(f"src/{name}/{file.path.rpartition('/')[2]}", data)


BUILTIN = ("Array", "Promise", "Object", "Error", "Date", "Map", "Set", "Record", "Uint8Array", "Client", "ApiError", "Events",
           "CallOptions", "Symbol", "Function", "Partial", "ThingsApi", "Conflict", "Connection", "String", "BigInt", "Unknown")  # fmt: skip
INHERITED = "constructor: {type: string}, then: {type: string}, to_string: {type: string}, value_of: {type: string}"


def test_names_that_javascript_and_the_package_have_themselves_stay_apart(tmp_path: Path) -> None:
    lines = "\n".join(f"{name.lower()}: {{$ref: '#/{name}'}}" for name in (*BUILTIN, "Infinity"))
    others = "".join(f"{name}: {{type: object, properties: {{{INHERITED}}}}}\n" for name in BUILTIN)
    others += "Infinity: {type: string, enum: [constructor, prototype, to-string]}\n"
    contract = contract_with(tmp_path, both_ways(lines, others))
    one = replace(contract.operations[0], name="delete", method="constructor", feature="then")
    two = replace(one, name="connect", method="then", feature="close", request=Record("ConnectRequest", ()))
    folder = write(tmp_path / "package", typescript_client.emit(replace(contract, operations=(one, two))))
    assert compiled(folder, "--noEmit") == ""
    index = (folder / "src" / "index.ts").read_text()
    assert "ApiError as ApiError_," in index
    assert "Promise," in index


def test_hostile_text_stays_in_its_comment_or_literal(tmp_path: Path) -> None:
    text = "*/ export const pwned = 1; /* \u2028 ` ${1} \\u002a/ @deprecated {@link x} \x1b[31m </script>"
    contract = contract_of("p17_union", tmp_path)
    one = replace(contract.operations[0], summary=text, description=text)
    info = replace(contract.info, title=f"Case {text}")
    records = {
        name: replace(found, description=text) if isinstance(found, Record) else found
        for name, found in contract.definitions.items()
    }
    hostile = replace(contract, operations=(one,), info=info, definitions=records)
    folder = write(tmp_path / "package", typescript_client.emit(hostile))
    assert compiled(folder) == ""
    modules = [f"./dist/{path.name}" for path in (folder / "dist").glob("*.js") if path.name != "react.js"]
    listing = "for (const name of process.argv.slice(1)) console.log(Object.keys(await import(name)).join());"
    exported = judge(NODE, "--input-type=module", "-e", listing, *modules, cwd=folder)
    assert exported.accepted, exported.text
    assert "createClient" in exported.text
    assert "pwned" not in exported.text
    declared = (folder / "dist" / "functions.d.ts").read_text()
    assert not re.search(r"^ \* @deprecated|\x1b|\u2028", declared, re.MULTILINE)


def test_the_compiler_finds_a_wrong_use(package: Path, tmp_path: Path) -> None:
    """What the strictness is for: misspelt, missing and null arguments, closed unions, wrong kinds."""
    uses = {
        'client.artists.create({ nam: "Ada" });': "TS2561",
        "client.artists.create({});": "TS2345",
        'client.artists.get({ artistId: "1" });': "TS2322",
        "client.artists.livez();": "TS2339",
        "client.system.livez({ more: 1 });": "TS2322",
        'client.on("artist_gone", () => {});': "TS2769",
        "const artist: { id: string } = await client.artists.get({ artistId: 1 });": "TS2322",
    }
    head = 'import { createClient } from "../src/index.ts";\nconst client = createClient({ baseUrl: "" });\n'
    (package / "uses").mkdir()
    (package / "uses" / "uses.ts").write_text(head + "\n".join(uses) + "\nexport {};\n")
    options = {"noEmit": True, "rootDir": ".."}
    settings = {"extends": "../tsconfig.json", "include": ["."], "compilerOptions": options}
    (package / "uses" / "tsconfig.json").write_text(json.dumps(settings))
    found = judge(NODE, TSC, "-p", "uses", cwd=package).text
    assert re.findall(r"uses\.ts\((\d+),\d+\): error (TS\d+)", found) == [
        (str(line), code) for line, code in enumerate(uses.values(), 3)
    ], found


def test_nothing_public_is_any(package: Path) -> None:
    found = {
        f"{path.name}: {line}"
        for path in (package / "dist").rglob("*.d.ts")
        for line in path.read_text().splitlines()
        if re.search(r"\bany\b", re.sub(r"/\*\*.*|^\s*\*.*|//.*", "", line))
    }
    assert found == set()


def bundled(package: Path, *flags: str) -> bytes:
    """One operation for browsers, minified."""
    entry, out = package / "entry.ts", package / "entry.js"
    entry.write_text(
        'import { connect, createArtist } from "./src/functions.ts";\n'
        'await createArtist(connect({ baseUrl: "/" }), { name: "Ada" });\n'
    )
    settings = ("--bundle", "--minify", "--format=esm", "--platform=browser", "--target=es2022", f"--outfile={out}")
    verdict = judge(NODE, ESBUILD, entry, *settings, *flags, cwd=package)
    assert verdict.accepted, verdict.text
    return out.read_bytes()


def test_one_operation_is_a_small_bundle(package: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Protobuf and events are parts of their own, which bundlers that split leave to those who want them."""
    parts = ("--external:*/protobuf_codec.ts", "--external:*/following.ts")
    whole, json_alone = bundled(package), bundled(package, *parts)
    sizes = [len(gzip.compress(found, 9)) for found in (json_alone, whole)]
    with capsys.disabled():
        print(f"\none operation of the TypeScript SDK: {sizes[0]} bytes, with protobuf {sizes[1]}")
    assert sizes[0] <= BUDGET
    assert b"get_audit_logs" not in whole
    assert b"no field has this number" in whole
    assert b"no field has this number" not in json_alone


def test_react_costs_nobody_who_does_not_ask_for_it(package: Path) -> None:
    """Only the entry of its own names it, and what is published needs no types of it."""
    naming = {
        path.relative_to(package / "dist").as_posix()
        for path in (package / "dist").rglob("*")
        if path.is_file() and re.search(r"""from ["']react["']""", path.read_text())
    }
    assert naming == {"runtime/react.js"}
    using = [path.name for path in (package / "dist").rglob("*.js") if "runtime/react" in path.read_text()]
    assert using == ["react.js"]


def test_the_npm_package_has_what_is_compiled_and_nothing_else(package: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(package, again, ignore=shutil.ignore_patterns("dist", "uses", "entry.*"))
    assert compiled(again) == ""
    first, second = packed(package, tmp_path), packed(again, tmp_path)
    assert first.read_bytes() == second.read_bytes()
    with tarfile.open(first) as archive:
        names = sorted(archive.getnames())
    written = {path for path in (package / "src").rglob("*.ts") if not path.name.endswith(".d.ts")}
    sources = {path.relative_to(package / "src").with_suffix("") for path in written}
    expected = {f"package/dist/{name}{ending}" for name in sources for ending in (".js", ".d.ts")}
    assert set(names) == expected | {"package/package.json", "package/README.md"}


def packed(package: Path, folder: Path) -> Path:
    target = folder / f"{package.name}.tgz"
    verdict = judge(NODE, NPM_CLI, "pack", "--offline", "--silent", cwd=package)
    assert verdict.accepted, verdict.text
    return next(package.glob("*.tgz")).rename(target)


def test_emitting_is_the_same_twice_and_has_no_other_folder() -> None:
    first, second = typescript_client.emit(shipped()), typescript_client.emit(shipped())
    assert first == second
    assert {one.path.partition("/")[0] for one in first} == {typescript_client.ROOT}


def test_the_package_says_what_it_is() -> None:
    files = {one.path: one.data for one in typescript_client.emit(shipped())}
    package = json.loads(files["sdk_typescript/package.json"])
    assert (package["name"], package["version"], package["license"]) == ("stele-client", "1.0.0", "MIT")
    assert (package["type"], package["sideEffects"]) == ("module", False)
    assert set(package["exports"]) == {".", "./functions", "./react", "./package.json"}
    assert package["peerDependenciesMeta"] == {"react": {"optional": True}, "ws": {"optional": True}}
