"""Operations, events, refusals and the contract as values for the TypeScript runtime."""

from __future__ import annotations

from dataclasses import replace

from codegen.emit.typescript_client.operations import emit_contract, emit_errors, emit_operations
from tests.codegen.contracts import shipped


def block(text: str, head: str) -> str:
    start = text.index(head)
    return text[start : (text + "\n").index("\n\n", start)]


def test_an_operation_says_what_the_doors_must_know() -> None:
    found = block(emit_operations(shipped(), "src").data.decode(), "export const DELETE_ARTIST")
    for part in ("$.Operation<$types.DeleteArtistRequest, void>", "pkgId: 6", 'idempotency: "natural"',
                 "protobuf: true", "input: () => $tables.DeleteArtistRequest",
                 '{ field: "expected_version", carrier: "If-Match", location: "header", etag: true }'):  # fmt: skip
        assert part in found, part
    assert "output" not in found
    assert "body" not in found


def test_public_and_list_operations_say_so() -> None:
    text = emit_operations(shipped(), "src").data.decode()
    assert "public: true" in block(text, "export const LOGIN:")
    assert "list: true" in block(text, "export const GET_ARTISTS:")
    assert "query: true" in block(text, "export const GET_ARTISTS:")


def test_an_event_has_its_number_and_topic() -> None:
    found = block(emit_operations(shipped(), "src").data.decode(), "export const ARTIST_CREATED")
    assert 'pkgId: 1001, topic: "artists", protobuf: true, output: () => $tables.ArtistCreated' in found


def test_an_event_of_which_only_the_last_counts_has_offsets_with_holes() -> None:
    contract = shipped()
    topics = tuple(replace(one, delivery="latest") if one.name == "artists" else one for one in contract.topics)
    found = block(emit_operations(replace(contract, topics=topics), "src").data.decode(), "export const ARTIST_CREATED")
    assert 'topic: "artists", protobuf: true, isSparse: true,' in found


def test_a_code_is_a_class_below_its_kind_with_a_guard() -> None:
    text = emit_errors(shipped(), "src").data.decode()
    assert "export class ArtistNameTaken extends $.Conflict {" in text
    assert 'declare readonly code: "artist_name_taken";' in text
    assert "export const isArtistNameTaken = (error: unknown): error is ArtistNameTaken =>" in text
    assert "class OutcomeUnknownError extends $.Unavailable" in text
    assert "class RateLimited" not in text


def test_the_contract_names_itself() -> None:
    text = emit_contract(shipped(), "src").data.decode()
    for part in ('version: "1.0.0"', 'client: "stele-client/1.0.0"', 'address: "/web"',
                 'subprotocols: { json: "stele.v1.json", protobuf: "stele.v1.protobuf" }', "login: $operations.LOGIN",
                 "rate_limited: $errors.RateLimited", "slow_consumer: 4430"):  # fmt: skip
        assert part in text, part


def test_a_title_reaches_the_package_s_name_alone() -> None:
    hostile = replace(shipped(), info=replace(shipped().info, title='"; alert(1); //'))
    assert "alert(1)" not in emit_contract(hostile, "src").data.decode()
