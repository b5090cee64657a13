"""A file is played against a service, and what stands in the way is said in one sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from proof.documents import DocumentError
from proof.ws.replay import Target, replay
from proof.ws.session import Open, Send, Session, to_json
from tests.proof.ws.foreign import answering, headed, serving, sound


@pytest.fixture
def document(tmp_path: Path) -> str:
    path = tmp_path / "shelf.json"
    path.write_text(json.dumps(headed()))
    return str(path)


def file_of(folder: Path, operation: str, encoding: str = "", caller: str = "anonymous") -> Path:
    frame = {"id": "a", "kind": "count", "data": {}}
    file = folder / "session.json"
    file.write_text(to_json(Session("test", (Open("s", encoding, caller), Send("s", operation, "a", frame)))))
    return file


def test_a_sound_service_shows_nothing(tmp_path: Path, document: str) -> None:
    with serving(answering(sound())) as url:
        assert replay(file_of(tmp_path, "count_books"), Target(url, document, users=("anonymous",))) == []


@pytest.mark.parametrize(
    ("operation", "encoding", "caller", "said"),
    [
        ("burn_books", "", "anonymous", "there is no burn_books"),
        ("count_books", "stele.v1.protobuf", "anonymous", "is not spoken here"),
        ("count_books", "", "admin", "admin: is no caller here"),
    ],
)
def test_a_session_of_another_contract_is_said_to_be_one(
    operation: str, encoding: str, caller: str, said: str, tmp_path: Path, document: str
) -> None:
    with serving(answering(sound())) as url, pytest.raises(DocumentError, match=said):
        replay(file_of(tmp_path, operation, encoding, caller), Target(url, document, users=("anonymous",)))


def test_a_service_that_does_not_run_is_no_clean_one(tmp_path: Path, document: str) -> None:
    with serving(answering(sound())) as url:
        pass
    with pytest.raises(DocumentError, match="does the service run"):
        replay(file_of(tmp_path, "count_books"), Target(url, document, users=("anonymous",)))
