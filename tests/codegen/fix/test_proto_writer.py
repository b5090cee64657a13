"""What is written into proto goes where a person would put it, under numbers that were never issued."""

from __future__ import annotations

from codegen.fix.proto_writer import ProtoWriter, reached
from codegen.ir.types import Bool, Field
from codegen.pipeline import load
from tests.codegen.contracts import ROOT, shipped


def test_what_a_type_leads_to_is_found_once() -> None:
    assert reached(shipped(), ["ArtistPage"]) == {"ArtistPage", "Artist", "PageMeta"}


def test_a_new_field_gets_the_number_after_the_last_one_that_was_issued() -> None:
    loaded = load(ROOT / "specs")
    writer = ProtoWriter(loaded.contract, loaded.dialects.proto, loaded.dialects.words.lock)
    message, locked = loaded.dialects.proto.messages["Artist"], loaded.dialects.words.lock.fields["Artist"]
    (edit,) = writer.field(message, Field("is_alive", Bool(), required=True))
    assert edit.text == f"  bool is_alive = {max(locked.values()) + 1};\n"
