"""What a resource adds to the contract: files of its own, words of the vocabulary, and entries in the roots."""

from __future__ import annotations

from dataclasses import replace

from codegen.edits import apply
from codegen.pipeline import load
from codegen.resource.fields import Fields
from codegen.resource.resource import Resource, columns_of
from codegen.resource.scripts import edits, numbers
from tests.codegen.contracts import ROOT


def written(*, is_owned: bool) -> dict[str, str]:
    loaded = load(ROOT / "specs")
    ticket = Resource(
        "ticket", "tickets", columns_of("ticket", Fields("title:text state:enum(a,b)").found, {}), is_owned, {}
    )
    ticket = replace(ticket, operation_ids=(91, 92, 93, 94, 95), event_ids=(1091, 1092, 1093))
    return apply(edits(loaded, ticket), loaded.dialects.documents.sources)


def test_numbers_are_the_next_ones() -> None:
    loaded = load(ROOT / "specs")
    first = max(one.pkg_id or 0 for one in loaded.contract.operations) + 1
    assert numbers(loaded, 3, is_event=False) == (first, first + 1, first + 2)


def test_a_resource_has_five_operations_three_events_and_its_filters() -> None:
    texts = written(is_owned=False)
    http, packages, schemas = (
        texts[f"specs/{file}.yaml"] for file in ("http/tickets", "packages/tickets", "schemas/ticket")
    )
    assert http.count("operationId: ") == 5 + 3, "links name three of them again"
    assert packages.count("action: receive") == 5
    assert packages.count("action: send") == 3
    assert "state: {$ref: '#/TicketState'}" in schemas.partition("TicketFilter:")[2].partition("TicketPage:")[0]


def test_shared_codes_are_written_once() -> None:
    errors = written(is_owned=False)["specs/errors.yaml"]
    assert [errors.count(f"  {code}: ") for code in ("ticket_not_found", "version_mismatch", "cursor_invalid")] == [
        1
    ] * 3
    assert "in_use" not in errors, "nothing refers to it yet"


def test_events_of_an_owned_resource_need_a_role_of_their_own() -> None:
    for is_owned, role in ((True, "follow-tickets"), (False, "get-tickets")):
        texts = written(is_owned=is_owned)
        event = texts["specs/packages/tickets.yaml"].partition("  ticket_created:")[2]
        assert f"roles/{role}'" in event.partition("x-topic")[0]
        assert f"  {role}: " in texts["specs/policy.yaml"]
