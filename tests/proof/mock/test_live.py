"""The fuzzers run clean against the mock of any contract, and the generated clients work with it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from generated.sdk_python.stele_client import AsyncClient, Client, errors, models
from proof.http import command as http
from proof.ws import command as ws
from tests.codegen.contracts import CASES, SHIPPED, compose
from tests.node import NODE, ROOT, judge
from tests.proof.mock.mocks import serving, token

POSITIVE = sorted(path.parent.name for path in CASES.glob("p*/expected"))
WITHOUT_SOCKET = frozenset({"p90_rest_alone"})
CHOSEN = ("p17_union", "p28_pages", "p34_events", "p56_patch", "p82_json_names", "p91_socket_alone")
REST = ("p65_response_headers",)
EVENT_S = 20.0
MOCKED = ROOT / "tests" / "clients" / "typescript" / "mocked.ts"


def of_cases(chosen: tuple[str, ...], *, without: frozenset[str] = frozenset()) -> list[Any]:
    """Those always, all others in the long run."""
    left = [one for one in POSITIVE if one not in without]
    return [one if one in chosen else pytest.param(one, marks=pytest.mark.long) for one in left]


def callers(url: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Options of both fuzzers: somebody with all roles, and with none."""
    for name in ("admin", "nobody"):
        monkeypatch.setenv(f"MOCK_TOKEN_{name}", token(url, name))
    return [word for name in ("admin", "nobody") for word in ("--token", f"{name}=MOCK_TOKEN_{name}")]


@pytest.mark.parametrize("seconds", ["8", pytest.param("600", marks=[pytest.mark.long, pytest.mark.timeout(900)])])
@pytest.mark.timeout(180)
def test_the_socket_s_fuzzer_finds_nothing(seconds: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    log = tmp_path / "log"
    with serving(SHIPPED, log=log) as url:
        options = ["--specs", str(SHIPPED), "--seconds", seconds, "--seed", "1", "--out", str(tmp_path / "out")]
        assert ws.main(["--url", url, *options]) == 0, capfd.readouterr().out
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize(
    ("examples", "names"),
    [
        ("1", ["admin"]),
        pytest.param(
            "30", ["admin", "editor", "nobody", "anonymous"], marks=[pytest.mark.long, pytest.mark.timeout(1800)]
        ),
    ],
)
@pytest.mark.timeout(400)
def test_the_fuzzer_of_rest_finds_nothing(
    examples: str, names: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    log = tmp_path / "log"
    users = [word for name in names for word in ("--as", name)]
    with serving(SHIPPED, log=log) as url:
        found = http.main(["--url", url, "--specs", str(SHIPPED), "--examples", examples, *users])
        assert found == 0, capfd.readouterr()
    assert "Traceback" not in log.read_text()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("case", of_cases(CHOSEN, without=WITHOUT_SOCKET))
def test_the_socket_s_fuzzer_finds_nothing_in_a_case(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    specs, log = compose(case, tmp_path), tmp_path / "log"
    with serving(specs, log=log) as url:
        options = ["--specs", str(specs), "--seconds", "3", "--seed", "1", "--out", str(tmp_path / "out")]
        assert ws.main(["--url", url, *options, *callers(url, monkeypatch)]) == 0, capfd.readouterr().out
    assert "Traceback" not in log.read_text()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("case", of_cases(REST, without=frozenset({"p91_socket_alone"})))
def test_the_fuzzer_of_rest_finds_nothing_in_a_case(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    specs, log = compose(case, tmp_path), tmp_path / "log"
    with serving(specs, log=log) as url:
        found = http.main(["--url", url, "--examples", "2", *callers(url, monkeypatch)])
        assert found == 0, capfd.readouterr()
    assert "Traceback" not in log.read_text()


@pytest.mark.parametrize("encoding", ["json", "protobuf"])
@pytest.mark.parametrize("transport", ["http", "ws"])
def test_the_generated_client_makes_reads_changes_and_deletes(mock_url: str, transport: Any, encoding: Any) -> None:
    with Client(mock_url, username="editor", password="any", transport=transport, encoding=encoding) as client:
        made = client.artists.create(name="Mary Cassatt", bio="The Boating Party")
        assert client.artists.get(artist_id=made.id) == made
        changed = client.artists.update(artist_id=made.id, name="Mary Stevenson Cassatt", expected_version=made.version)
        assert (changed.name, changed.version) == ("Mary Stevenson Cassatt", made.version + 1)
        with pytest.raises(errors.VersionMismatch):
            client.artists.update(artist_id=made.id, name="Nobody", expected_version=made.version)
        assert made.id in [one.id for one in client.artists.paginate()]
        client.artists.delete(artist_id=made.id)
        with pytest.raises(errors.ArtistNotFound):
            client.artists.get(artist_id=made.id)
        assert made.id not in [one.id for one in client.artists.paginate()]


async def test_the_generated_client_hears_an_event(mock_url: str) -> None:
    async with (
        asyncio.timeout(EVENT_S),
        AsyncClient(mock_url, username="editor", password="any") as client,
        client.events(models.ArtistCreated) as stream,
    ):
        made = await client.artists.create(name="Berthe Morisot")
        async for event in stream:
            assert event.data.artist == made
            return


@pytest.mark.parametrize(("transport", "encoding"), [("ws", "protobuf"), ("http", "json")])
def test_the_generated_client_of_typescript_calls_hears_and_is_refused_as_it_asks(
    transport: str, encoding: str, mock_url: str
) -> None:
    """The errors are asked for by `Prefer`: one by its code of the catalogue, one by its status."""
    command = (NODE, "--disable-warning=ExperimentalWarning", MOCKED, mock_url, transport, encoding)
    verdict = judge(*command, cwd=ROOT)
    assert verdict.accepted, verdict.text
    heard = None if transport == "http" else True
    assert json.loads(verdict.text) == {"name": "Berthe Morisot", "heard": heard, "taken": True, "gone": True}
