"""`client.json` is the TypeScript client's contract as data: a client that reads it when it runs is driven by the same."""

from __future__ import annotations

import json
from typing import Any

from tests.codegen.contracts import shipped_files


def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(shipped_files()["specs/client.json"])
    return found


def test_a_record_has_the_names_the_numbers_and_the_kinds_of_both_encodings() -> None:
    fields = document()["tables"]["Artist"]["fields"]
    assert {"name": "bornOn", "wire": "born_on", "no": 4, "kind": "string", "nullable": True} in fields
    assert document()["tables"]["ArtistCreated"]["fields"] == [{"name": "artist", "no": 1, "kind": {"ref": "Artist"}}]


def test_what_is_referred_to_is_there() -> None:
    found = document()
    named = {one["input"] for one in found["operations"].values()}
    named |= {one["output"] for one in found["operations"].values() if "output" in one}
    named |= {one["output"] for one in found["events"].values()}
    for table in found["tables"].values():
        named |= {one["kind"]["ref"] for one in table.get("fields", ()) if isinstance(one["kind"], dict)}
        named |= {arm["record"] for arm in table.get("arms", ())}
    assert named <= set(found["tables"])


def test_an_operation_has_its_doors_and_its_methods_in_both_clients() -> None:
    found = document()["operations"]["delete_artist"]
    assert (found["pkgId"], found["http"]["verb"], found["http"]["path"]) == (6, "DELETE", "/api/artists/{artist_id}")
    assert {"field": "expected_version", "carrier": "If-Match", "location": "header", "etag": True} in found["http"][
        "parameters"
    ]
    assert (found["python"], found["typescript"]) == (["artists", "delete"], ["artists", "delete"])
    assert "output" not in found


def test_the_contract_says_how_a_session_begins_and_what_is_limited() -> None:
    found = document()
    assert found["session"] == {
        "login": "login",
        "logout": "logout",
        "refresh": "refresh",
        "ticket": "create_ws_ticket",
    }
    assert found["subprotocols"] == {"json": "stele.v1.json", "protobuf": "stele.v1.protobuf"}
    assert found["limits"]["reads"]["limit"] > 0
    assert found["close_codes"]["token_expired"] == 4401


def test_its_rows_are_those_of_the_typescript_client() -> None:
    """Every row of the one stands in the other, with its number."""
    emitted = shipped_files()["sdk_typescript/src/tables.ts"]
    for table in document()["tables"].values():
        for field in table.get("fields", ()):
            assert f'{{ name: "{field["name"]}", ' in emitted
            assert f"no: {field['no']}, kind: " in emitted
