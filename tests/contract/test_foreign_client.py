"""A client that openapi-python-client makes of the served document calls each operation and reads each answer."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest

from proof.http.openapi import operations
from tests.contract.generators import installed, run
from tests.running_service import RunningService

CALLS = Path(__file__).with_name("foreign_client.py")


@pytest.mark.xdist_group("generators")
@pytest.mark.timeout(300)
def test_its_client_succeeds_in_each_operation_and_reads_each_answer(
    service: RunningService, pytestconfig: pytest.Config, tmp_path: Path
) -> None:
    document = httpx2.get(f"{service.url}/openapi.json", trust_env=False).json()
    (tmp_path / "openapi.json").write_text(json.dumps(document))
    (tmp_path / "generator.yaml").write_text("post_hooks: []\n")
    programs = installed(pytestconfig)
    options = ("--path", "openapi.json", "--output-path", "client", "--meta", "none", "--config", "generator.yaml")
    said = run(programs / "openapi-python-client", "generate", *options, cwd=tmp_path)
    warned = {line.strip() for line in said.splitlines() if line.startswith("Unsupported") or "ERROR" in line}
    assert warned == {f"Unsupported content type application/{one}protobuf" for one in ("", "x-")}, (
        "of everything else it makes use"
    )
    heard = json.loads(run(programs / "python", CALLS, service.url, cwd=tmp_path).splitlines()[-1])
    assert set(heard) == {one.id for one in operations(document)}
    expected = {one.id: min(map(int, one.described["responses"])) for one in operations(document)}
    assert {name: status for name, (status, _) in heard.items()} == expected
    unread = {name for name, (status, kind) in heard.items() if kind in ("NoneType", "Problem") and status != 204}
    assert unread == set()
