"""Bytes in bodies and forms are judged, and bytes are answered."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from tests.codegen.contracts import compose
from tests.proof.mock.mocks import serving

PICTURE = ("one.png", b"png", "image/png")
SHAPE = '{"radius": 2}'


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    with (
        serving(compose("p80_bytes", tmp_path_factory.mktemp("bytes"))) as url,
        httpx2.Client(base_url=url, headers={"Authorization": "Bearer admin"}, trust_env=False) as made,
    ):
        yield made


@pytest.mark.parametrize(
    ("media", "size", "status"),
    [("image/png", 1000, 204), ("image/jpeg", 0, 204), ("image/png", 1001, 413), ("text/plain", 3, 415), ("", 3, 415)],
)
def test_a_body_of_bytes_has_its_types_and_its_bound(client: httpx2.Client, media: str, size: int, status: int) -> None:
    headers = {"Content-Type": media} if media else {}
    assert client.put("/things/1/picture", content=b"x" * size, headers=headers).status_code == status


def test_bytes_are_answered_under_a_type_of_the_contract(client: httpx2.Client) -> None:
    assert client.get("/things/1/picture").headers["content-type"] == "image/png"
    answer = client.post("/things/1/raw", content=b"12345", headers={"Content-Type": "a/b"})
    assert (answer.status_code, answer.headers["content-type"], len(answer.content)) == (
        201,
        "application/octet-stream",
        5,
    )


OCTETS = "application/octet-stream"


@pytest.mark.parametrize(
    ("accept", "status"),
    [(OCTETS, 201), ("application/*", 201), ("*/*;q=0.1", 201), ("text/plain", 406), (f"{OCTETS};q=0, */*", 406)],
)
def test_who_takes_none_of_the_types_is_refused(client: httpx2.Client, accept: str, status: int) -> None:
    """As the service does it: of the types that the contract names; what lies in a range only a handler knows (RFC 9110 §15.5.7)."""
    headers = {"Content-Type": "a/b", "Accept": accept}
    assert client.post("/things/1/raw", content=b"12345", headers=headers).status_code == status
    assert client.get("/things/1/picture", headers={"Accept": "text/plain"}).status_code == 200


def sent(client: httpx2.Client, files: list[tuple[str, Any]], **fields: Any) -> httpx2.Response:
    return client.post("/forms", data={"name": "x", "shape": SHAPE, **fields}, files=files)


def test_a_form_has_files_and_fields(client: httpx2.Client) -> None:
    answer = sent(client, [("pictures", PICTURE), ("pictures", PICTURE)], count="7")
    assert (answer.status_code, answer.json()) == (200, {"count": 7, "shape": {"radius": 2}})


@pytest.mark.parametrize(
    ("files", "fields", "status", "pointer"),
    [
        ([], {}, 422, "/pictures"),
        ([("pictures", PICTURE)] * 4, {}, 422, "/pictures"),
        ([("pictures", ("a", b"x", "text/plain"))], {}, 422, "/pictures"),
        ([("pictures", ("a", b"x" * 101, "image/png"))], {}, 413, None),
        ([("pictures", PICTURE)], {"count": "x"}, 422, "/count"),
        ([("pictures", PICTURE)], {"no_such": "x"}, 422, "/no_such"),
        ([("pictures", PICTURE), ("name", PICTURE)], {}, 422, "/name"),
        ([("pictures", PICTURE)], {"shape": "{}"}, 422, "/shape/radius"),
    ],
)
def test_a_form_that_does_not_fit_is_refused(
    client: httpx2.Client, files: list[tuple[str, Any]], fields: dict[str, str], status: int, pointer: str | None
) -> None:
    answer = (
        sent(client, files or [("no_file", (None, b""))], **fields)
        if files
        else client.post("/forms", files=[("name", (None, b"x")), ("shape", (None, SHAPE.encode()))])
    )
    assert answer.status_code == status
    assert [one["pointer"] for one in answer.json()["errors"]] == ([pointer] if pointer else [])


def test_a_form_that_is_none_is_refused(client: httpx2.Client) -> None:
    headers = {"Content-Type": "multipart/form-data"}
    assert client.post("/forms", content=b"x", headers=headers).json()["code"] == "malformed"
    assert client.post("/forms", json={}).json()["code"] == "unsupported_media_type"
