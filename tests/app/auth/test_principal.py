"""Identity is issuer and subject, never the user's name."""

from __future__ import annotations

from dataclasses import replace

from app.auth.principal import Principal

READER = Principal("https://a.example/realms/stele", "id-1", "reader", "sid", frozenset({"get-artists"}), 300.0)


def test_the_subject_joins_issuer_and_sub_and_ignores_the_name() -> None:
    assert READER.subject == "https://a.example/realms/stele:id-1"
    assert replace(READER, username="other").subject == READER.subject
    assert replace(READER, iss="https://b.example/realms/stele").subject != READER.subject
