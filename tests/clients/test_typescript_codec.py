"""The TypeScript codec of every kind of type: against @bufbuild/protobuf, and against the service's own Python code."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import descriptor_pb2 as pb

from codegen import output
from codegen.emit.typescript_client import files as typescript_client
from codegen.ir.names import snake
from codegen.ir.operations import Contract
from codegen.pipeline import build, load
from tests.clients.random_values import Values
from tests.codegen.contracts import CASES, CORPUS, ROOT, compose
from tests.node import MODULES, NODE, install, judge

HERE = Path(__file__).parent / "typescript"
CONTRACTS = (
    "document",
    "chat",
    "telemetry",
    "p70_nested_proto",
    "p72_wrappers",
    "p82_json_names",
    "p20_recursive",
    "p12_maps",
    "p06_moments",
)
ROUNDS = 24
BORN = 20


@pytest.fixture(scope="module", autouse=True)
def node() -> Path:
    return install()


def packaged(name: str, folder: Path) -> tuple[Contract, Path]:
    loaded = load(compose(name, folder, CORPUS if (CORPUS / name).exists() else CASES))
    assert not len(loaded.findings), loaded.report()
    for file in typescript_client.emit(loaded.contract):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return loaded.contract, folder / typescript_client.ROOT


def python(folder: Path, what: str, given: object) -> Any:
    run = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("python_side.py")), what],
        input=json.dumps(given), capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    return json.loads(run.stdout)


def message_names(contract: Contract) -> dict[str, str]:
    """Protobuf's full name of each record and union that has a table."""
    files = {
        one.name.removesuffix(".proto"): one.package for one in pb.FileDescriptorSet.FromString(contract.proto).file
    }
    tables = {*contract.results, *contract.inputs, *(one.request.name for one in contract.operations)}
    return {
        name: ".".join(filter(None, (files[binding.file], binding.path)))
        for name, binding in sorted(contract.bindings.items())
        if name in tables and not hasattr(contract.definitions.get(name), "members")
    }


@pytest.mark.parametrize("name", CONTRACTS)
def test_messages_mean_the_same_to_bufbuild(name: str, tmp_path: Path) -> None:
    contract, package = packaged(name, tmp_path)
    descriptors = tmp_path / "descriptors.bin"
    descriptors.write_bytes(contract.proto)
    arguments = (package, MODULES, descriptors, json.dumps(message_names(contract)), str(ROUNDS))
    verdict = judge(NODE, HERE / "protobuf_oracle.ts", *arguments)
    assert verdict.accepted, verdict.text
    found = json.loads(verdict.text.strip().rpartition("\n")[2])
    assert found["total"] == 0, "\n".join(found["faults"])
    done = found["counts"]
    assert (
        min(done.get(one, 0) for one in ("plain", "written", "through JSON", "disturbed", "truncated")) > ROUNDS / 3
    ), done


@pytest.mark.parametrize("name", CONTRACTS)
def test_answers_and_requests_mean_the_same_to_the_service(name: str, tmp_path: Path) -> None:
    contract, package = packaged(name, tmp_path)
    output.publish(tmp_path / "generated", build(contract))
    values, operations = Values(contract, 7), [one for one in contract.operations if one.has_rpc]
    results = [
        {"operation": one.name, "table": record, "reader": snake(record), "value": values.named(record)}
        for one in operations
        if (record := one.result.record)
        for _ in range(BORN)
    ]
    requests = [
        {"operation": one.name, "table": one.request.name, "json": json.dumps(values.record(one.request))}
        for one in operations
        for _ in range(BORN)
    ]
    asked = {"results": python(tmp_path, "results", results), "requests": requests}
    verdict = judge(NODE, HERE / "python_oracle.ts", package, given=json.dumps(asked))
    assert verdict.accepted, verdict.text[-3000:]
    found = json.loads(verdict.text.strip().rpartition("\n")[2])
    assert found["total"] == 0, "\n".join(found["wrong"])
    assert found["noise"] > 0
    assert python(tmp_path, "requests", found["requests"]) == []
