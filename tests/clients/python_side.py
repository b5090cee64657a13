"""Runs in a process of its own, beside `generated` of a contract: what the service makes of values, and of what a client sent.

`results` writes answers in both encodings, and disturbs some of the binary ones; `requests` reads what a client wrote.
"""

from __future__ import annotations

import json
import sys
from random import Random
from typing import Any

from google.protobuf.message import DecodeError

from generated import wire

NOISY = 0.5


def results(asked: list[dict[str, Any]]) -> list[dict[str, Any]]:
    random = Random(1)
    told = []
    for one in asked:
        codec: Any = wire.CODECS[one["operation"]]
        result = codec.restore(json.dumps(one["value"]).encode())
        data = codec.encode_protobuf(result)
        told.append(
            {"table": one["table"], "json": codec.encode_json(result).decode(), "protobuf": data.hex(), "noise": []}
        )
        ordered = message_of(one).FromString(data).SerializeToString(deterministic=True)
        for _ in range(3 if data and random.random() < NOISY else 0):
            noisy = bytearray(ordered)  # Entries of a map have another order in each run.
            noisy[random.randrange(len(noisy))] = random.randrange(256)
            told[-1]["noise"].append({"protobuf": noisy.hex(), "json": read(one, bytes(noisy))})
    return told


def read(one: dict[str, Any], data: bytes) -> str | None:
    """The answer that bytes stand for; None where the service's own code refuses them."""
    try:
        value = getattr(wire, f"read_{one['reader']}")(message_of(one).FromString(data))
        return wire.CODECS[one["operation"]].encode_json(value).decode()
    except (ValueError, KeyError, DecodeError, OverflowError, ArithmeticError):
        return None


def message_of(one: dict[str, Any]) -> Any:
    """The class that the reader takes."""
    module, _, path = getattr(wire, f"read_{one['reader']}").__annotations__["message"].partition(".")
    message: Any = getattr(wire, module)
    for part in path.split("."):
        message = getattr(message, part)
    return message


def requests(asked: list[dict[str, Any]]) -> list[str]:
    """What differs between the request as it was born here and as the client wrote it."""
    wrong = []
    for one in asked:
        codec: Any = wire.CODECS[one["operation"]]
        born = exact(codec.decode_json(one["json"].encode()))
        as_json = exact(codec.decode_json(one["written"].encode()))
        as_protobuf = exact(codec.decode_values(codec.values_protobuf(bytes.fromhex(one["protobuf"]))))
        wrong += [f"{name} {one}: {found} is not {born}" for name, found in (("json", as_json), ("protobuf", as_protobuf)) if found != born]  # fmt: skip
    return wrong


def exact(model: Any) -> str:
    """Apart in -0.0 and 0.0, and the same for any order of a map."""
    return json.dumps(model.model_dump(), sort_keys=True, default=repr)


if __name__ == "__main__":
    json.dump({"results": results, "requests": requests}[sys.argv[1]](json.load(sys.stdin)), sys.stdout)
