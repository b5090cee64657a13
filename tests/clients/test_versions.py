"""Clients of an older contract at a newer service, and of a newer one at an older: what was added is nobody's failure.

The generated clients of both languages call the services' own doors, on the wire, in both encodings. The change is one that
the gate allows; its values are in unions, enums, lists, maps and records inside of records.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from codegen import output
from codegen.ir.operations import Contract
from codegen.pipeline import build
from tests.clients.emitted import THING, package_of, rich
from tests.clients.test_tolerance import NEWER, SENT
from tests.node import NODE, ROOT, judge

HERE = Path(__file__).parent
WAYS = tuple(product(("http", "ws"), ("json", "protobuf")))
KNOWN: dict[str, Any] = THING | {
    "colour": "red", "level": 5, "levels": [5, 0], "shape": {"kind": "circle", "radius": 1.5},
    "shapes": [{"kind": "square", "side": 2}, {"kind": "dot"}], "by_name": {"y": {"kind": "square", "side": 0}},
}  # fmt: skip
ASKED = {"id": 1, "name": "n", "note": None, "last_at": None, "colour": "red"}
PLAIN = {"id": 1, "name": "n", "note": None, "usual": ["a", "b"]}
UNDERSTOOD = PLAIN | {"colour": "red", "levels": [5, 0], "shape": "circle", "shapes": ["square", "dot"], "sides": [0]}
TOLERATED = PLAIN | {
    "levels": [5, 7, 0],
    "shape": "unknown",
    "shapes": ["dot", "unknown", "circle"],
    "sides": [None, 0],
}
"""Without the colour: JSON has its name, a message only its number."""


@dataclass(frozen=True, slots=True)
class Age:
    folder: Path
    package: ModuleType


class Service:
    """`tell` sets what its handlers answer."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._asked, self._told = process.stdin, process.stdout
        self.url = self._told.readline().strip()

    def tell(self, answer: object) -> None:
        self._asked.write(json.dumps(answer) + "\n")
        self._asked.flush()
        assert self._told.readline() == "ok\n"


@contextmanager
def service_of(age: Age) -> Iterator[Service]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(age.folder), str(ROOT)))}
    command = [sys.executable, str(HERE / "told_service.py")]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield Service(process)


def aged(folder: Path, *changes: tuple[str, str]) -> Age:
    contract: Contract = rich(folder, *changes)
    output.publish(folder / "generated", build(contract))
    return Age(folder, package_of(contract, folder / "python"))


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Age:
    return aged(tmp_path_factory.mktemp("older"))


@pytest.fixture(scope="module")
def newer(tmp_path_factory: pytest.TempPathFactory) -> Age:
    return aged(tmp_path_factory.mktemp("newer"), *NEWER)


def in_python(client: Age, url: str, transport: str, encoding: str) -> dict[str, Any]:
    with client.package.Client(url, token="a.b.c", transport=transport, encoding=encoding) as made:
        thing = made.things.send_thing(**ASKED)
    named = {name: getattr(thing, name) for name in ("id", "name", "note", "usual", "colour", "levels")}
    return named | {
        "shape": kind(thing.shape),
        "shapes": [kind(one) for one in thing.shapes],
        "sides": [getattr(one, "side", None) for one in thing.by_name.values()],
    }


def kind(shape: Any) -> str:
    return type(shape).__name__.lower()


def in_typescript(client: Age, url: str, transport: str, encoding: str) -> dict[str, Any]:
    source = (client.folder / "generated" / "sdk_typescript" / "src" / "index.ts").as_uri()
    flags = ("--disable-warning=ExperimentalWarning", HERE / "typescript" / "versions.ts")
    verdict = judge(NODE, *flags, source, url, transport, encoding, json.dumps(ASKED))
    assert verdict.accepted, verdict.text
    understood: dict[str, Any] = json.loads(verdict.text)
    return understood


@pytest.mark.parametrize("language", [in_python, in_typescript])
def test_an_older_client_understands_a_newer_service(older: Age, newer: Age, language: Any) -> None:
    with service_of(newer) as service:
        service.tell(SENT)
        for transport, encoding in WAYS:
            found = language(older, service.url, transport, encoding)
            assert found.pop("colour") == ("green" if encoding == "json" else "3"), (transport, encoding)
            assert found | {"sides": sorted(found["sides"], key=str)} == TOLERATED | {"sides": [0, None]}


@pytest.mark.parametrize("language", [in_python, in_typescript])
def test_a_newer_client_understands_an_older_service(older: Age, newer: Age, language: Any) -> None:
    with service_of(older) as service:
        service.tell(KNOWN)
        for transport, encoding in WAYS:
            assert language(newer, service.url, transport, encoding) == UNDERSTOOD, (transport, encoding)
