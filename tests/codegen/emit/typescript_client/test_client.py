"""Functions and the client: one method per operation, documented, with what may be left out."""

from __future__ import annotations

from dataclasses import replace

from codegen.emit.typescript_client.client import documentation, emit_client, emit_functions
from tests.codegen.contracts import shipped


def test_every_operation_is_a_function_and_a_method() -> None:
    functions, client = (emit(shipped(), "src").data.decode() for emit in (emit_functions, emit_client))
    for name, method in (
        ("createArtist", "create"),
        ("getArtists", "find"),
        ("paginateGetPaginatedArtists", "paginate"),
    ):
        assert f"export const {name} = (" in functions
        assert f"  {method}(input" in client
        assert f"$functions.{name}(" in client
    assert (
        functions.count("export const ")
        == len(shipped().operations) + sum(bool(one.pager) for one in shipped().operations) + 1
    )


def test_input_may_be_left_out_where_nothing_is_required() -> None:
    text = emit_functions(shipped(), "src").data.decode()
    assert "input: $types.GetArtistsRequest = {}, options?: $.CallOptions" in text
    assert "input: $types.GetArtistRequest, options?: $.CallOptions" in text


def test_events_are_typed_by_their_names() -> None:
    text = emit_client(shipped(), "src").data.decode()
    assert "  artist_created: $types.ArtistCreated;\n" in text
    assert "  artist_created: $operations.ARTIST_CREATED,\n" in text
    assert "export { ARTIST_CREATED as artistCreated }" in emit_functions(shipped(), "src").data.decode()


def test_documentation_names_refusals_and_what_is_deprecated() -> None:
    one = next(one for one in shipped().operations if one.name == "create_artist")
    lines = documentation(shipped(), replace(one, deprecated=True, sunset="2027-01-01"))
    assert " * @throws {ArtistNameTaken}" in lines
    assert " * @deprecated It may be gone from 2027-01-01 on." in lines
    assert not any("@deprecated" in line for line in documentation(shipped(), one))
