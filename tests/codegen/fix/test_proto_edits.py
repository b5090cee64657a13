"""What proto lacks is offered at the finding that says so, with the imports that it needs."""

from __future__ import annotations

from pathlib import Path

from tests.codegen.contracts import edited


def test_an_import_that_is_missing_is_part_of_the_edit(tmp_path: Path) -> None:
    loaded = edited(
        tmp_path,
        (
            "schemas/things.yaml",
            "    maybe: {type: boolean}\n",
            "    maybe: {type: boolean}\n    at: {type: string, format: date-time}\n",
        ),
        case="p01_bool",
    )
    texts = [edit.text for one in loaded.findings for edit in one.edits]
    assert 'import "google/protobuf/timestamp.proto";\n' in texts
    assert any("optional google.protobuf.Timestamp at = 3;" in text for text in texts)


def test_each_member_is_offered_at_its_own_finding(tmp_path: Path) -> None:
    loaded = edited(tmp_path, ("schemas/things.yaml", "enum: [red", "enum: [red, first, second"), case="p13_enum_text")
    found = [one for one in loaded.findings if one.rule == "X016"]
    assert len(found) == 2
    for one in found:
        (edit,) = one.edits
        assert edit.text.split()[0] in one.message
