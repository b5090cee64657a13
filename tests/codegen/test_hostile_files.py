"""Files that are too large, too deep, of the wrong kind or in the wrong script: each is a finding with a place and a fix, soon."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from codegen.ir.types import Record
from codegen.pipeline import Loaded, build, load
from codegen.reports import FORMATS
from tests.codegen.contracts import ROOT, compose, rules
from tests.codegen.test_hostile import CASE, judged, put, swap

YAML = (
    "openapi.yaml", "asyncapi.yaml", "schemas/things.yaml", "schemas/frame.yaml", "http/things.yaml", "packages/things.yaml", "contract.lock",
    "policy.yaml", "errors.yaml", "waivers.yaml", "extensions.json",
)  # fmt: skip
PROTO = "proto/things.proto"
FILES = (*YAML, PROTO)
NAME = "    note: {type: [string, 'null'], default: null}"
SLOWEST_S = 30.0
SYNTAX = 'syntax = "proto3";\n'
MIB = 1 << 20
SMALL = 200 * MIB
LARGE = 1_500 * MIB
Damage = Callable[[Path], None]


def text(data: str | bytes) -> Damage:
    return lambda path: put(path.name, data)(path.parent)


def recoded(change: Callable[[bytes], bytes]) -> Damage:
    """What the file holds, in another form; a file that is not there yet holds one key."""
    return lambda path: text(change(path.read_bytes() if path.exists() else b"waivers:\n  - a\n"))(path)


def link(target: str) -> Damage:
    def damage(path: Path) -> None:
        path.unlink(missing_ok=True)
        path.symlink_to(target)

    return damage


def folder(path: Path) -> None:
    path.unlink(missing_ok=True)
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink(missing_ok=True)
    os.mkfifo(path)


def laughs(levels: int) -> str:
    rows = [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]\n" for level in range(1, levels)]
    return "".join(["a0: &a0 [ha, ha]\n", *rows])


# (what it is, the damage, the rule that names it in YAML, and in proto)
DAMAGES: list[tuple[str, Damage, str, str]] = [
    ("10 MB of items", text(b"- a\n" * 2_500_000), "Y001", "Y001"),
    ("10 MB of one word", text(b"a" * 10_000_000), "Y001", "Y001"),
    ("10 MB of brackets", text(b"[" * 10_000_000), "Y001", "Y001"),
    ("10 MB of NUL", text(b"\0" * 10_000_000), "Y001", "Y001"),
    ("10,000 lists", text("[" * 10_000 + "]" * 10_000), "Y008", "P001"),
    ("10,000 objects of JSON", text('{"a":' * 10_000 + "1" + "}" * 10_000), "Y008", "P001"),
    ("a block of 1,400 levels", text("".join(f"{' ' * level}a:\n" for level in range(1_400))), "Y008", "P001"),
    ("10,000 dashes", text("- " * 10_000 + "a"), "Y008", "P001"),
    ("10,000 messages in each other", text(SYNTAX + "message A {" * 10_000 + "}" * 10_000), "F003", "P001"),
    ("a bomb of aliases", text(laughs(20)), "Y005", "P001"),
    ("an anchor in itself", text("a: &a [*a]\n"), "Y005", "P001"),
    ("a merge key", text("a: {<<: {b: 1}}\n"), "Y005", "P001"),
    ("UTF-16", recoded(lambda data: data.decode().encode("utf-16")), "Y002", "Y002"),
    ("UTF-16 without its mark", recoded(lambda data: data.decode().encode("utf-16-le")), "Y003", "P001"),
    ("Latin-1", recoded(lambda data: b"# // caf\xe9\n" + data), "Y002", "Y002"),
    ("a NUL at the end", recoded(lambda data: data + b"\0"), "Y003", "P001"),
    ("a NUL inside", recoded(lambda data: data[:99] + b"\0" + data[99:]), "Y003", "P001"),
    ("two documents", recoded(lambda data: data + b"\n---\na: 1\n"), "Y007", "P001"),
    ("a tag of Python", text("a: !!python/object/apply:os.system [id]\n"), "Y006", "P001"),
    ("a tag at the root", text("!!python/object:os.system {}\n"), "Y006", "P001"),
    ("a tag of one's own", text("%TAG ! tag:x,2000:\n---\n!a b\n"), "Y006", "P001"),
    ("a tab", text("a:\n\t- b\n"), "Y003", "P001"),
    ("a key twice", text("a: 1\nb: {c: 1, c: 2}\n"), "Y010", "P001"),
    ("a list for a key", text("? [a]\n: b\n"), "Y009", "P001"),
    ("any bytes", text(bytes(range(256)) * 9), "Y002", "Y002"),
    ("an empty file", text(b""), "Y004", ""),
    ("only comments", text("# nothing\n\n# at all\n"), "Y004", "P001"),
    ("a folder", folder, "R002", "R002"),
    ("a link to nothing", link("nowhere"), "R002", "R002"),
    ("a link to itself", lambda path: link(path.name)(path), "R002", "R002"),
    ("a link out", link("/etc/passwd"), "R001", "R001"),
    ("an endless device", link("/dev/zero"), "R001", "R001"),
    ("a pipe that nobody writes to", pipe, "R002", "R002"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "damage", "rule", "in_proto"), DAMAGES, ids=[one[0] for one in DAMAGES])
def test_a_hostile_file_is_named_with_a_place_and_a_fix(
    what: str, damage: Damage, rule: str, in_proto: str, tmp_path: Path
) -> None:
    """Whichever file it is; nothing is written, and the fixes that there are leave it alone."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    for number, file in enumerate(FILES):
        loaded = judged(tmp_path / str(number), lambda specs, file=file: damage(specs / file))  # type: ignore[misc]  # mypy infers no default
        wanted = in_proto if file == PROTO else rule
        named = [one for one in loaded.findings if one.rule == wanted] if wanted else list(loaded.findings)
        assert named, (file, loaded.report())
        assert all(one.fix for one in named), (file, loaded.report())
        assert len(loaded.findings) <= 10 or rule == "F003" or file == PROTO, (file, loaded.report())
        assert named[0].place.file == f"specs/{file}" or wanted in ("", "R001", "R002")
        shutil.rmtree(tmp_path / str(number))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 - before < SMALL


@pytest.mark.parametrize(
    "change",
    [lambda data: b"\xef\xbb\xbf" + data, lambda data: data.replace(b"\n", b"\r\n"), lambda data: data.replace(b"\n", b"\r")],
    ids=["byte order mark", "CR LF", "CR"],
)  # fmt: skip
def test_marks_and_line_ends_of_other_systems_change_nothing(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    def all_files(specs: Path) -> None:
        for file in FILES:
            if (specs / file).exists():
                recoded(change)(specs / file)

    plain, other = judged(tmp_path / "a"), judged(tmp_path / "b", all_files)
    assert not len(other.findings), other.report()
    assert other.contract.operations == plain.contract.operations or not len(plain.findings)
    named = [{file.path: file.data for file in build(one.contract)}["models.py"] for one in (plain, other)]
    assert named[0].partition(b"\n\n")[2] == named[1].partition(b"\n\n")[2]


@pytest.mark.parametrize("value", ["yes", "off", "NO", "y", "1_000", "1:30", "0b11", "2020-01-02", ".inf", ".nan", "="])
def test_what_yaml_1_1_would_turn_into_something_else_is_the_text_it_looks_like(value: str, tmp_path: Path) -> None:
    loaded = judged(tmp_path, swap("schemas/things.yaml", NAME, f"    note: {{type: string, default: {value}}}"))
    assert "S023" not in rules(loaded), loaded.report()
    assert value in defaults(loaded)


@pytest.mark.parametrize("value", ["012", "0o17", "0x1f", "1e3", "true", "~", "null"])
def test_a_number_and_null_are_no_text(value: str, tmp_path: Path) -> None:
    assert "S023" in rules(
        judged(tmp_path, swap("schemas/things.yaml", NAME, f"    note: {{type: string, default: {value}}}"))
    )


def defaults(loaded: Loaded) -> list[object]:
    records = [one for one in loaded.contract.definitions.values() if isinstance(one, Record)]
    return [field.default for record in records for field in record.fields if field.has_default]


# What is within the limits, and as slow and as large as it gets.
HEAVY: list[tuple[str, str, str | bytes]] = [
    ("long keys around many items", "schemas/things.yaml", "{" + "{".join(f"{'k' * 1000}{level}: " for level in range(60)) + "[" + "1," * 180_000 + "]" + "}" * 60),
    ("one key of a million letters", "policy.yaml", "? " + "k" * 1_000_000 + "\n: [" + "1," * 150_000 + "]\n"),
    ("180,000 keys that are not read", "openapi.yaml", "".join(f"a{number}: 1\n" for number in range(180_000))),
    ("180,000 schemas that are none", "schemas/things.yaml", "".join(f"a{number}: 1\n" for number in range(180_000))),
    ("all on one line", "policy.yaml", "{pad: '" + "x" * 1_500_000 + "', " + ", ".join(f"a{number}: 1" for number in range(40_000)) + "}"),
    ("28,000 suppressions of nothing", "waivers.yaml", "suppressions:\n" + "  - {rule: X008, file: a, message: b, reason: c, until: '2999-01-01'}\n" * 28_000),
    ("90,000 messages", PROTO, SYNTAX + "".join(f"message M{number} {{}}\n" for number in range(90_000))),
    ("18,000 fields", PROTO, SYNTAX + "message A {\n" + "".join(f"string a{number} = {number + 1};\n" for number in range(18_000)) + "}\n"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "file", "data"), HEAVY, ids=[one[0] for one in HEAVY])
def test_the_heaviest_files_take_seconds_and_a_bounded_memory(
    what: str, file: str, data: str | bytes, tmp_path: Path
) -> None:
    """A process of its own, since memory that was once taken is not given back."""
    specs = compose(CASE, tmp_path)
    put(file, data)(specs)
    run = subprocess.run(
        [sys.executable, "-m", "codegen", "--specs", str(specs), "--out", str(tmp_path / "generated"), "generate"],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=SLOWEST_S, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LARGE, LARGE)),
    )  # fmt: skip
    assert run.returncode == 1, run.stderr[-2000:]
    assert "Traceback" not in run.stderr
    assert len(run.stderr) < 10_000_000
    assert re.search(r"\d+ findings?(?: and \d+ warnings?)?; nothing was written", run.stderr)
    assert not (tmp_path / "generated").exists()


@pytest.mark.parametrize(
    "name",
    [b"\xff.yaml", b"a\nb.yaml", "\u202e.yaml".encode(), b"::error.yaml", b"\xff.proto", b"a\nb.proto", b"-I.proto"],
)
def test_a_file_of_a_hostile_name_is_named_in_every_form(name: bytes, tmp_path: Path) -> None:
    specs = compose(CASE, tmp_path)
    where = specs / ("proto" if name.endswith(b".proto") else "http") / os.fsdecode(name)
    where.write_bytes(b"a: 1\n")
    loaded = load(specs)
    assert len(loaded.findings) == 1
    assert all(loaded.report(form).encode("utf-8", "strict") for form in FORMATS)
    run = subprocess.run(
        [sys.executable, "-m", "codegen", "--specs", str(specs), "--out", str(tmp_path / "generated"), "--format", "json", "check"],
        cwd=ROOT, capture_output=True, check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8:strict"},
    )  # fmt: skip
    assert (run.returncode, run.stderr) == (1, b"")
    assert json.loads(run.stdout)["findings"][0]["line"] == 1


def test_a_file_that_may_not_be_read_is_a_finding() -> None:
    """Root reads everything, so that this one is read by nobody, who cannot enter pytest's own folder."""
    code = (
        "import os, sys; from pathlib import Path; from codegen.parse.documents import Documents\n"
        "from codegen.diagnostics import Findings; found = Findings()\n"
        "if os.getuid() == 0: os.setgroups([]), os.setgid(65534), os.setuid(65534)\n"
        "print(Documents(Path(sys.argv[1]), found).read('specs/policy.yaml'), found.render({}))"
    )
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        specs = compose(CASE, Path(name))
        (specs / "policy.yaml").chmod(0)
        run = subprocess.run(
            [sys.executable, "-c", code, str(specs)], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert run.returncode == 0, run.stderr
    assert "error[R002] the file 'specs/policy.yaml' cannot be read: Permission denied" in run.stdout
