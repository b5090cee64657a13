"""A contract with half of a dialect missing is made whole again, without a person's text being touched."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codegen.fix import fix
from codegen.pipeline import load
from tests.codegen.contracts import CASES, compose, edited, rules
from tests.codegen.halves import facts, without_messages, without_properties, without_proto
from tests.some import each

BAD = sorted(path.parent.name for path in CASES.glob("*/stderr.txt"))
GOOD = sorted(path.parent.name for path in CASES.glob("*/expected"))
NESTED = {"p70_nested_proto"}
WRAPPED = {("p72_wrappers", "proto")}
"""Only proto says whether an optional scalar is wrapped; what comes back is `optional`."""
"""Cases whose proto says what nothing else does: in which file and message a type is declared."""
DIRECTED = {("p81_directions", "schemas"), ("p85_filters", "schemas")}
"""Only the schemas say in which direction a property goes. One that JSON calls otherwise than proto (`is-done`) is left to a person: X011 names it."""
HALVES = {"proto": without_proto, "schemas": without_properties, "socket": without_messages}


@pytest.mark.parametrize(
    ("case", "half"),
    [
        pytest.param(case, half, marks=() if index % len(HALVES) == at else pytest.mark.long)
        for index, case in enumerate(GOOD)
        for at, half in enumerate(HALVES)
    ],
)
def test_half_of_a_dialect_comes_back_and_the_contract_is_the_same(case: str, half: str, tmp_path: Path) -> None:
    """Proto is said by the schemas, plain properties by proto, messages of the socket by HTTP; fixed twice is fixed once. Each case has one of
    them here, and all in the long form."""
    specs = compose(case, tmp_path)
    before = load(specs)
    if (case, half) in DIRECTED or not HALVES[half](specs):
        return
    fixed = fix.fix(specs)
    assert fixed.texts
    assert not len(fixed.left.findings), fixed.left.report()
    fix.write(specs, fixed)
    again = fix.fix(specs)
    assert again.texts == {}
    assert not len(again.left.findings)
    if (case, half) in WRAPPED:
        return
    assert facts(again.left) == facts(before)
    assert half == "schemas" or case in NESTED or again.left.contract.hash == before.contract.hash


def test_the_halves_are_not_empty(tmp_path: Path) -> None:
    assert without_properties(compose("p44_long_lists_of_fields", tmp_path / "a")) == 60
    assert without_messages(compose("p40_two_methods_one_path", tmp_path / "b")) == 3


def test_a_field_of_the_schema_gets_the_next_free_number_and_the_lock_knows_it(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    edited(
        tmp_path,
        (
            "schemas/artist.yaml",
            "    version: {$ref: '#/ArtistVersion'}\n",
            "    version: {$ref: '#/ArtistVersion'}\n    shelf: {type: string}\n",
        ),
    )
    text = (specs / "proto" / "artists.proto").read_text()
    fixed = fix.fix(specs)
    assert not len(fixed.left.findings), fixed.left.report()
    assert set(fixed.texts) == {"specs/proto/artists.proto", "specs/contract.lock"}
    added = fixed.texts["specs/proto/artists.proto"]
    assert added.replace("  optional string shelf = 8;\n", "") == text
    assert "shelf: 8" in fixed.texts["specs/contract.lock"]


def test_nothing_is_written_before_it_is_asked_for_and_what_needs_a_person_is_left(tmp_path: Path) -> None:
    edited(tmp_path, ("policy.yaml", "key: ip", "key: planet"))
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert "F003" in {one.rule for one in fixed.left.findings}


def test_a_field_that_left_both_scripts_becomes_reserved(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("schemas/artist.yaml", "bio, born_on, created_at", "born_on, created_at"),
        ("schemas/artist.yaml", "    bio: {type: [string, 'null'], maxLength: 2000}\n", ""),
        ("proto/artists.proto", "  optional string bio = 3;\n", ""),
    )
    fixed = fix.fix(tmp_path / "specs")
    assert '  reserved 3;\n  reserved "bio";\n' in fixed.texts["specs/proto/artists.proto"]


def test_a_member_that_left_both_scripts_becomes_reserved_inside_of_a_nested_enum(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("schemas/things.yaml", "[red, green]", "[red]"),
        ("proto/things.proto", "    KIND_GREEN = 2;\n", ""),
        case="p70_nested_proto",
    )
    added = '    KIND_RED = 1;\n    reserved 2;\n    reserved "KIND_GREEN";\n  }\n'
    assert added in fix.fix(tmp_path / "specs").texts["specs/proto/things.proto"]


def test_a_name_that_is_reserved_does_not_come_back(tmp_path: Path) -> None:
    """Its number is not free, and another number would be another field: a person renames it, or lifts the reservation."""
    edited(
        tmp_path,
        ("proto/artists.proto", "  optional string bio = 3;\n", '  reserved 3;\n  reserved "bio";\n'),
    )
    fixed = fix.fix(tmp_path / "specs")
    assert fixed.texts == {}
    assert {one.rule for one in fixed.left.findings} == {"X010"}


def test_an_arm_of_a_union_is_added_inside_of_its_oneof(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("schemas/things.yaml", "{$ref: '#/Square'}]", "{$ref: '#/Square'}, {$ref: '#/Line'}]"),
        ("schemas/things.yaml", "", "Line: {type: object, required: [kind], properties: {kind: {type: string, const: line}}}\n"),
        case="p17_union",
    )  # fmt: skip
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert "    Line line = 3;\n  }\n" in fixed.texts["specs/proto/things.proto"]


def test_a_code_of_the_catalogue_is_added_to_proto(tmp_path: Path) -> None:
    edited(tmp_path, ("errors.yaml", "  UNAVAILABLE: 9\n", "  UNAVAILABLE: 9\n  GONE: 10\n"))
    fixed = fix.fix(tmp_path / "specs")
    assert not len(fixed.left.findings), fixed.left.report()
    assert "  RSP_CODE_GONE = 10;\n}\n" in fixed.texts["specs/proto/envelope.proto"]


def test_bytes_that_are_no_text_stay_as_they_are(tmp_path: Path) -> None:
    edited(
        tmp_path,
        ("schemas/things.yaml", "    version: {", "    extra: {type: boolean}\n    version: {"),
        case="p51_everything",
    )
    path = tmp_path / "specs" / "proto" / "things.proto"
    path.write_bytes(b"// caf\xe9\n" + path.read_bytes())
    fixed = fix.fix(tmp_path / "specs")
    fix.write(tmp_path / "specs", fixed)
    assert path.read_bytes().startswith(b"// caf\xe9\n")
    assert rules(fixed.left) == {"Y002"}


def test_the_copy_waits_for_no_pipe_and_has_links_of_its_own(tmp_path: Path) -> None:
    specs = compose("p51_everything", tmp_path)
    os.mkfifo(specs / "pipe")
    os.mkfifo(specs / "pipe.yaml")
    (specs / "schemas" / "things.yaml").rename(specs / "elsewhere.yaml")
    (specs / "schemas" / "things.yaml").symlink_to(specs / "elsewhere.yaml")
    (specs / "dangling").symlink_to("nowhere")
    (specs / "self").symlink_to("self")
    (specs / "around").symlink_to(".")
    (specs / "out").symlink_to(tmp_path)
    copy = tmp_path / "copy"
    fix.copied(specs, copy)
    assert (copy / "schemas" / "things.yaml").resolve() == copy / "elsewhere.yaml"
    assert (copy / "out").resolve() == tmp_path
    assert rules(fix.fix(specs).left) == rules(load(specs)) == {"F004"}


def test_nothing_is_written_through_a_link_that_leads_out(tmp_path: Path) -> None:
    specs, outside = compose("p51_everything", tmp_path), tmp_path / "outside.yaml"
    outside.write_text("a: 1\n")
    (specs / "link.yaml").symlink_to(outside)
    (specs / "new.yaml").symlink_to(tmp_path / "new.yaml")
    assert "specs/link.yaml" not in fix.texts_of(specs)
    fix.write_texts(specs, {"specs/link.yaml": "b: 2\n", "specs/new.yaml": "b: 2\n", "specs/own.yaml": "b: 2\n"})
    assert outside.read_text() == "a: 1\n"
    assert not (tmp_path / "new.yaml").exists()
    assert (specs / "own.yaml").read_text() == "b: 2\n"


def test_a_file_with_other_line_ends_is_mended_where_it_has_to_be(tmp_path: Path) -> None:
    """The lone CR of old editors ends a line in YAML."""
    specs = compose("p51_everything", tmp_path)
    without_messages(specs)
    for path in (specs / "asyncapi.yaml", *(specs / "packages").glob("*.yaml")):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r"))
    fixed = fix.fix(specs)
    assert fixed.texts
    assert not len(fixed.left.findings), fixed.left.report()


@pytest.mark.parametrize("case", each(3, BAD))
def test_a_bad_contract_is_made_better_or_left_alone(case: str, tmp_path: Path) -> None:
    """No fix breaks what was whole or takes away a line, and what is left needs a person."""
    specs = compose(case, tmp_path)
    before, old = {one.rule for one in load(specs).findings}, fix.texts_of(specs)
    fixed = fix.fix(specs)
    left = {one.rule for one in fixed.left.findings}
    assert left - before <= {"N003"}
    assert not [one for one in fixed.left.findings if one.edits]
    for file in fixed.texts.keys() - {"specs/contract.lock"}:
        rest = iter(fixed.texts[file])
        assert all(letter in rest for letter in old.get(file, ""))
    fix.write(specs, fixed)
    assert fix.fix(specs).texts == {}


def test_a_contract_without_proto_gets_all_of_it_when_it_is_asked_for(tmp_path: Path) -> None:
    specs = compose("p90_rest_alone", tmp_path)
    assert not fix.fix(specs).texts, "what other commands mend"
    fixed = fix.fix(specs, wants_proto=True)
    assert not len(fixed.left.findings), fixed.left.report()
    assert set(fixed.texts) == {"specs/proto/envelope.proto", "specs/proto/things.proto", "specs/contract.lock"}
    assert "rpc GetThing(GetThingRequest) returns (Thing);" in fixed.texts["specs/proto/things.proto"]
    fix.write(specs, fixed)
    assert all(one.has_rpc for one in load(specs).contract.operations)
    assert not fix.fix(specs, wants_proto=True).texts
