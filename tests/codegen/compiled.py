"""A small contract of one operation, `send_thing`, compiled into a folder and asked in a process of its own.

It stands on the case `p17_union` with other schemas; where proto is not given, `codegen fix` writes it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from codegen import lock, output
from codegen.fix import fix
from codegen.ir.operations import Contract
from codegen.pipeline import Loaded, build, load
from tests.codegen.contracts import ROOT, compose

SCHEMAS, PROTO = "schemas/things.yaml", "proto/things.proto"
HEAD = 'syntax = "proto3";\npackage stele.v1;\n'
SERVICE = "service ThingsService { rpc SendThing(SendThingRequest) returns (Thing); }\n"
ASK = """import json, sys
from generated import enums, models, results, wire
from generated.proto import things_pb2 as pb

codec = wire.CODECS["send_thing"]

def message_of(model):
    message = pb.SendThingRequest()
    wire.fill_send_thing_request(message, model)
    return message.SerializeToString()

def outcome(call, *arguments):
    try:
        return repr(call(*arguments))
    except (ValueError, KeyError) as error:
        return type(error).__name__

def through_message(value):
    "A request before and after the message, as text; the order of a map does not count."
    before = codec.decode_json(json.dumps(value).encode())
    try:
        after = codec.decode_protobuf(message_of(before))
    except ValueError as error:
        after = str(error)
    return [repr(before), repr(before if after == before else after)]

def answer_through_message(value):
    "An answer before and after the message, and as JSON."
    before = codec.restore(json.dumps(value).encode())
    after = wire.read_thing(pb.Thing.FromString(codec.encode_protobuf(before)))
    return [repr(before), repr(before if after == before else after), json.loads(codec.encode_json(before))]

given = json.load(sys.stdin)
"""


def both_ways(fields: str, others: str = "", required: str = "") -> str:
    """Schemas in which the request and the answer have the same fields."""
    lines = "".join(f"    {line}\n" for line in fields.strip().splitlines())
    needs = f"  required: [{required}]\n" if required else ""
    return "".join(
        f"{name}:\n  type: object\n{needs}  properties:\n{lines}" for name in ("Thing", "ThingInput")
    ) + others.lstrip("\n")


def composed(folder: Path, schemas: str, proto: str | None = None, *edits: tuple[str, str, str]) -> Loaded:
    """The contract as the compiler sees it; each edit is (file, old, new), and an old text of `` appends."""
    specs = compose("p17_union", folder)
    (specs / SCHEMAS).write_text(schemas)
    (specs / "contract.lock").write_text("pkg_ids: {SEND_THING: 1}\nfields: {}\n")
    for file, old, new in edits:
        path = specs / file
        text = path.read_text() if path.exists() else ""
        assert old in text, f"{file} has no {old!r}"
        path.write_text(text.replace(old, new) if old else text + new)
    (specs / PROTO).unlink()
    if proto is None:
        fix.write(specs, fix.fix(specs))
        return load(specs)
    (specs / PROTO).write_text(HEAD + proto)
    lock.update(specs / "contract.lock", load(specs))
    return load(specs)


def contract_with(folder: Path, schemas: str, *edits: tuple[str, str, str]) -> Contract:
    loaded = composed(folder, schemas, None, *edits)
    assert not len(loaded.findings), loaded.report()
    return loaded.contract


def compiled(folder: Path, schemas: str, proto: str | None = None, *edits: tuple[str, str, str]) -> Path | None:
    """The folder that has `generated/`, or None where the contract is refused, which is a good end, too."""
    loaded = composed(folder, schemas, proto, *edits)
    if len(loaded.findings):
        return None
    output.publish(folder / "generated", build(loaded.contract))
    return folder


def ask(folder: Path | None, code: str, given: object = None) -> Any:
    """What `code` leaves in `answer`, with `given` and the names of ASK at hand."""
    assert folder is not None, "the contract was refused"
    run = subprocess.run(
        [sys.executable, "-c", f"{ASK}\n{code}\nprint(json.dumps(answer))"],
        input=json.dumps(given), capture_output=True, text=True, check=False, cwd=folder,
        env={**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT)))},
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-1500:]
    return json.loads(run.stdout)
