"""The page of the TypeScript package speaks of operations that there are; what other contracts have not, it does not show."""

from __future__ import annotations

from dataclasses import replace

from codegen.emit.typescript_client.readme import readme
from tests.codegen.contracts import shipped


def test_it_shows_a_call_with_its_refusal_pages_events_and_components() -> None:
    text = readme(shipped(), "Stele")
    assert 'console.log(await client.artists.create({ name: "a name" }));' in text
    assert "if (!(error instanceof ArtistNameTaken)) throw error;" in text
    assert "for await (const one of client.artists.paginate()) console.log(one);" in text
    assert 'client.events("artist_created")' in text
    assert "useOperation(client.artists.getPage, {})" in text
    assert 'import { connect, createArtist } from "stele-client/functions"' in text


def test_what_a_contract_has_not_is_not_shown() -> None:
    text = readme(replace(shipped(), operations=(), events=()), "Stele")
    assert [title for title in ("## Pages", "## Events", "## Calls", "## React") if title in text] == []
    assert 'token: "…"' in text
