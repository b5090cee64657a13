"""The contract answers what emitters ask, and nothing else is in it."""

from __future__ import annotations

import pytest

from tests.codegen.contracts import shipped


def test_features_are_those_of_the_operations() -> None:
    assert shipped().features == ("artists", "audit_log", "auth", "system")


def test_a_list_knows_its_item_and_a_record_is_found_by_name() -> None:
    contract = shipped()
    assert contract.item_of("ArtistPage") == "Artist"
    assert contract.item_of("Artist") is None
    with pytest.raises(KeyError):
        contract.record("AuditOutcome")


def test_every_name_of_the_contract_is_known_to_the_printers() -> None:
    assert {"Artist", "CreateArtistRequest", "born_on", "AuditOutcome"} <= shipped().names
