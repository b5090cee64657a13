"""References are followed inside of specs/ only, and a broken one is named where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from codegen.diagnostics import Findings
from codegen.parse.documents import Documents, shared_name
from codegen.parse.yaml_tree import Mapping, plain


def documents(folder: Path, **files: str) -> tuple[Documents, Findings]:
    for name, text in files.items():
        path = folder / "specs" / name.replace("__", "/").replace("_yaml", ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    findings = Findings()
    return Documents(folder / "specs", findings), findings


def resolved(loaded: Documents, file: str, key: str) -> object:
    root = loaded.tree(file)
    assert isinstance(root, Mapping)
    node = loaded.resolve(root.get(key))
    return None if node is None else plain(node)


def test_a_reference_is_followed_over_files_and_through_other_references(tmp_path: Path) -> None:
    loaded, findings = documents(
        tmp_path, a_yaml="x: {$ref: 'sub/b.yaml#/y/z'}\n", sub__b_yaml="y: {$ref: '#/w'}\nw: {z: 7}\n"
    )
    assert (resolved(loaded, "specs/a.yaml", "x"), len(findings)) == (7, 0)


@pytest.mark.parametrize(
    ("reference", "rule"),
    [
        ("'../../etc/passwd'", "R001"),
        ("'nowhere.yaml#/a'", "R002"),
        ("'#/x'", "R003"),
        ("'https://example.org/a.yaml'", "R004"),
        ("'/etc/passwd'", "R004"),
        ("[1]", "R004"),
        ("'#/missing/deep'", "R005"),
    ],
)
def test_a_bad_reference_is_one_finding_at_its_place(tmp_path: Path, reference: str, rule: str) -> None:
    loaded, findings = documents(tmp_path, a_yaml=f"ok: 1\nx: {{$ref: {reference}}}\n")
    assert resolved(loaded, "specs/a.yaml", "x") is None
    assert [(one.rule, one.place.line) for one in findings] == [(rule, 2)]


def test_a_link_that_leads_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    loaded, findings = documents(tmp_path, a_yaml="x: {$ref: 'link.yaml#/a'}\n")
    (tmp_path / "specs" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    assert resolved(loaded, "specs/a.yaml", "x") is None
    assert [one.rule for one in findings] == ["R001"]


def test_only_the_top_of_a_schema_file_has_a_shared_name(tmp_path: Path) -> None:
    loaded, _ = documents(tmp_path, schemas__s_yaml="Thing: {a: {b: 1}}\n")
    root = loaded.tree("specs/schemas/s.yaml")
    assert isinstance(root, Mapping)
    thing = root.entries["Thing"]
    assert isinstance(thing, Mapping)
    assert (shared_name(thing), shared_name(thing.entries["a"])) == ("Thing", None)


def test_the_folder_may_have_any_name(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").write_text("x: 1\n")
    assert resolved(Documents(tmp_path / "mine", Findings()), "specs/a.yaml", "x") == 1
