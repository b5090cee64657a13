"""Short forms for what the tests of recording and replay are made of: the contract of the tests, a file in memory, lines."""

from __future__ import annotations

import base64
import json
from functools import lru_cache
from pathlib import Path
from typing import Any

from proof.documents import Json
from proof.protobuf import Protobuf
from proof.traffic.bodies import Taken
from proof.traffic.contract import Contract
from proof.traffic.file import TrafficFile
from proof.traffic.lines import Body, Line, read
from proof.traffic.recorder import Asked, Headers, Recorder
from proof.traffic.secrets import Secrets
from tests.codegen.contracts import shipped, shipped_files

SERVICE = "http://127.0.0.1:8000"
JSON_TYPE = ("content-type", "application/json")
PROTOBUF_TYPE = ("content-type", "application/x-protobuf")
PROBLEM_TYPE = ("content-type", "application/problem+json")


@lru_cache(maxsize=1)
def contract() -> Contract:
    files = shipped_files()
    openapi, asyncapi = (json.loads(files[f"specs/{name}.json"]) for name in ("openapi", "asyncapi"))
    return Contract(openapi, asyncapi, Protobuf(shipped()))


def taken(data: bytes | str = b"", max_bytes: int = 2**20) -> Taken:
    out = Taken(max_bytes)
    out.add(data.encode() if isinstance(data, str) else data)
    return out


def json_body(value: Any, media: str = "application/json") -> Body:
    return Body("json", value, media)


class Recorded:
    """A recorder into a file of the folder, and what it has written."""

    def __init__(self, folder: Path, known: Contract | None = None, max_bytes: int = 2**24, **secrets: Any) -> None:
        self.path = folder / "traffic.ndjson"
        self.told: list[str] = []
        hiding = Secrets(**secrets)
        self.file = TrafficFile(self.path, max_bytes, hiding.cover, self.told.append)
        self.recorder = Recorder(known or contract(), self.file, hiding, SERVICE)

    def exchange(
        self,
        method: str,
        path: str,
        *,
        query: str = "",
        headers: Headers | None = None,
        body: bytes | str = b"",
        status: int = 200,
        answer_headers: Headers | None = None,
        answer: bytes | str = b"",
    ) -> None:
        asked = Asked(method, path, query, headers or [])
        self.recorder.exchange(self.recorder.now(), asked, taken(body), status, answer_headers or [], taken(answer))

    def lines(self) -> list[Line]:
        return list(read(self.path))

    def last(self) -> Any:
        return self.lines()[-1]

    def text(self) -> str:
        return self.path.read_text()


def token(claims: Json, signature: str = "c2lnbmF0dXJl") -> str:
    """As an issuer writes one, with a signature of nobody."""

    def part(value: Json) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'RS256'})}.{part(claims)}.{signature}"
