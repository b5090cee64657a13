"""The compiler refuses what does not agree, with both places, and writes the same bytes wherever it runs."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PLACE = re.compile(r"specs/[\w./]+:\d+:\d+")

# (what is changed, file, old, new, rule, places that must be named)
DRIFTS = [
    ("a type in proto only", "proto/artists.proto", "int64 id = 1;\n  string name = 2;\n  optional string bio", "int32 id = 1;\n  string name = 2;\n  optional string bio", "X012", 2),
    ("a constraint in OpenAPI only", "http/artists.yaml", "schema: {$ref: '../schemas/artist.yaml#/ArtistId'}", "schema: {type: integer, format: int64, minimum: 2, maximum: 9007199254740991}", "J005", 2),
    ("a role in AsyncAPI only", "packages/artists.yaml", "security: [{$ref: '../policy.yaml#/roles/delete-artist'}]", "security: [{$ref: '../policy.yaml#/roles/update-artist'}]", "J007", 2),
    ("a field gone from proto", "proto/artists.proto", "  optional string bio = 3;\n", "", "X010", 2),
    ("a field renamed in proto", "proto/artists.proto", "optional string search_term = 3", "optional string search = 3", "X010", 2),
    ("a list made single", "proto/artists.proto", "message ArtistList {\n  repeated Artist items", "message ArtistList {\n  Artist items", "X014", 2),
    ("presence dropped", "proto/artists.proto", "optional string bio = 2", "string bio = 2", "X013", 2),
    ("a PkgID used twice", "packages/artists.yaml", "x-pkg-id: 6", "x-pkg-id: 5", "N001", 2),
    ("a number changed", "proto/artists.proto", "optional string born_on = 3", "optional string born_on = 9", "N004", 2),
    ("an unknown role", "http/artists.yaml", "security: [{bearer: [create-artist]}]", "security: [{bearer: [creat-artist]}]", "V008", 1),
    ("an unknown error", "http/artists.yaml", "x-errors: [artist_name_taken]", "x-errors: [artist_name_stolen]", "V008", 1),
    ("no security", "http/artists.yaml", "    security: [{bearer: [create-artist]}]\n", "", "O006", 1),
    ("an unknown word", "http/artists.yaml", "x-idempotent: key", "x-idempotant: key", "W001", 1),
    ("another reply", "packages/artists.yaml", "messages/artist'}", "messages/artist_page'}", "J006", 2),
    ("a broken pointer", "http/artists.yaml", "artist.yaml#/ArtistInput'", "artist.yaml#/ArtistImput'", "R005", 1),
    ("a reference out of specs", "http/artists.yaml", "../schemas/artist.yaml#/ArtistInput'", "../../../etc/passwd#/x'", "R001", 1),
    ("a reference to the network", "http/artists.yaml", "../schemas/artist.yaml#/ArtistInput'", "http://localhost/x'", "R004", 1),
    ("broken YAML", "schemas/artist.yaml", "ArtistInput:\n", "ArtistInput: [\n", "Y003", 1),
    ("a duplicate key", "schemas/artist.yaml", "ArtistInput:\n", "Artist: {}\nArtistInput:\n", "Y010", 2),
    ("an alias", "schemas/artist.yaml", "ArtistInput:\n", "A: &a {}\nB: *a\nArtistInput:\n", "Y005", 1),
    ("broken proto", "proto/artists.proto", "message Artist {", "message Artist {{", "P001", 1),
]  # fmt: skip


def copy_of_specs(folder: Path) -> Path:
    shutil.copytree(ROOT / "specs", folder / "specs")
    return folder / "specs"


def compile_specs(
    specs: Path, out: Path, command: str = "generate", cwd: Path = ROOT, **environment: str
) -> subprocess.CompletedProcess[str]:
    arguments = [sys.executable, "-m", "codegen", "--specs", str(specs), "--out", str(out), command]
    variables = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(arguments, cwd=cwd, env=variables, capture_output=True, text=True, check=False)


def files_of(folder: Path) -> dict[str, bytes]:
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize(("label", "file", "old", "new", "rule", "places"), DRIFTS, ids=[drift[0] for drift in DRIFTS])
def test_a_contract_that_does_not_agree_is_refused_with_its_places_and_nothing_is_written(
    tmp_path: Path, label: str, file: str, old: str, new: str, rule: str, places: int
) -> None:
    specs = copy_of_specs(tmp_path)
    path = specs / file
    text = path.read_text()
    assert old in text, label
    path.write_text(text.replace(old, new, 1))
    run = compile_specs(specs, tmp_path / "generated")
    assert run.returncode == 1
    assert "Traceback" not in run.stderr
    assert not (tmp_path / "generated").exists()
    block = next(one for one in re.split(r"(?m)^(?=specs/)", run.stderr) if f"error[{rule}]" in one)
    assert len(set(PLACE.findall(block))) >= places, block
    assert " | " in block or places == 1


def test_all_findings_come_in_one_pass(tmp_path: Path) -> None:
    specs = copy_of_specs(tmp_path)
    for _, file, old, new, _, _ in DRIFTS[:3]:
        (specs / file).write_text((specs / file).read_text().replace(old, new, 1))
    stderr = compile_specs(specs, tmp_path / "generated").stderr
    assert all(f"error[{rule}]" in stderr for rule in ("X012", "J005", "J007"))


def test_the_committed_code_is_fresh() -> None:
    assert compile_specs(ROOT / "specs", ROOT / "generated", "check").returncode == 0


@pytest.mark.parametrize(("seed", "locale"), [("0", "C"), ("4711", "C.UTF-8")])
def test_seed_folder_and_locale_change_no_byte(tmp_path: Path, seed: str, locale: str) -> None:
    specs = copy_of_specs(tmp_path)
    run = compile_specs(specs, tmp_path / "generated", cwd=tmp_path, PYTHONHASHSEED=seed, LC_ALL=locale)
    assert run.returncode == 0, run.stderr
    assert files_of(tmp_path / "generated") == files_of(ROOT / "generated")


def test_edited_and_stale_files_are_named_and_mended(tmp_path: Path) -> None:
    out = tmp_path / "generated"
    shutil.copytree(ROOT / "generated", out)
    (out / "errors.py").write_text("edited")
    (out / "old").mkdir()
    (out / "old" / "stale.py").write_text("")
    run = compile_specs(ROOT / "specs", out, "check")
    assert run.returncode == 1
    assert "errors.py" in run.stderr
    assert "old/stale.py" in run.stderr
    assert compile_specs(ROOT / "specs", out).returncode == 0
    assert files_of(out) == files_of(ROOT / "generated")


def test_operations_prints_every_operation_with_its_policy() -> None:
    run = compile_specs(ROOT / "specs", ROOT / "generated", "operations")
    line = next(one for one in run.stdout.splitlines() if one.startswith("create_artist"))
    for cell in ("POST /api/artists", "/web", " 3 ", "create-artist", "writes", "required", "artists/handler.py"):
        assert cell in line
