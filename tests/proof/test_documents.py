"""Documents are read from paths and URLs, and what cannot be read is said in one sentence with its place."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from proof.documents import DocumentError, at, judge, read, resolved

ANSWERS = {"/good.json": (200, b'{"asyncapi": "3.0.0"}'), "/gone.json": (404, b"{}"), "/page.html": (200, b"<p>: [")}


class _Served(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        status, body = ANSWERS[self.path]
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        return


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Served)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.parametrize("text", ['{"a": 1}', "a: 1", "# why\na: 1\n"])
def test_json_and_yaml_are_read(text: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text)
    assert read(str(tmp_path / "x")) == {"a": 1}


@pytest.mark.parametrize(
    ("text", "said"), [("[1]", "found list"), ("", "found NoneType"), ("{", "neither JSON"), ("a: [", "neither"), ("{" * 5000, "neither")]
)  # fmt: skip
def test_what_is_no_document_is_said(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(text)
    with pytest.raises(DocumentError) as raised:
        read(str(tmp_path / "x"))
    assert said in str(raised.value)
    assert str(tmp_path / "x") in str(raised.value)


def test_a_path_that_is_none_and_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\x00")
    for place in (tmp_path / "none", tmp_path, tmp_path / "bytes"):
        with pytest.raises(DocumentError, match=str(place)):
            read(str(place))


def test_a_url_is_read_and_what_it_answers_instead_is_said(url: str) -> None:
    assert read(f"{url}/good.json") == {"asyncapi": "3.0.0"}
    for name, said in (("gone.json", "found status 404"), ("page.html", "neither JSON nor YAML")):
        with pytest.raises(DocumentError, match=said):
            read(f"{url}/{name}")
    with pytest.raises(DocumentError, match="does the service run"):
        read("http://127.0.0.1:9/asyncapi.json")


def test_references_are_followed_and_circles_are_said() -> None:
    document = {"a": {"$ref": "#/b"}, "b": {"$ref": "#/c~1d/0"}, "c/d": [{"x": 1}], "e": {"$ref": "#/e"}}
    assert resolved(document, document["a"]) == {"x": 1}
    assert at(document, "#/c~1d/0/x") == 1
    for place, said in (
        ("#/e", "refers to itself"),
        ("#/none", "no such place"),
        ("#/c~1d/7", "no such place"),
        ("b.yaml", "out of"),
    ):
        with pytest.raises(DocumentError, match=said):
            resolved(document, {"$ref": place})


def test_a_judge_minds_formats_and_references_into_the_document() -> None:
    document = json.loads(
        '{"asyncapi": "3.0.0", "components": {"schemas": {"Id": {"type": "string", "format": "uuid"}}}}'
    )
    judged = judge(document, {"$ref": "#/components/schemas/Id"})
    assert judged.is_valid("0f8fad5b-d9cb-469f-a165-70867728950e")
    assert not judged.is_valid("x")
