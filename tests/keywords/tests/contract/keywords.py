"""Run in a project whose feature has every keyword in every position, against its real service: `python -m tests.contract.keywords …`.

Arguments: a folder, the URLs of PostgreSQL and of Redis.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import jsonschema_rs

from generated.client import AsyncClient, models, plain
from tests.doors import Door, all_doors
from tests.keyword_table import ADDRESS, BODY, KEYWORDS, asked, named, pairs, pointer
from tests.node import NODE
from tests.running_service import RunningService

OPERATIONS = {"probe_body": BODY, "probe_address": ADDRESS}


def cases(operation: str, *, binary: bool) -> list[tuple[dict[str, Any], list[str]]]:
    """Requests with the pointers of their refusals: one that is good, and for each position one in which all keywords are broken."""
    positions = OPERATIONS[operation]
    found: list[tuple[dict[str, Any], list[str]]] = [(asked(positions, {}), [])]
    for position in positions:
        names = [name for _, name in pairs((position,)) if not (binary and KEYWORDS[name].is_text_alone)]
        bad = asked(positions, dict.fromkeys(names, position))
        found.append((bad, sorted(pointer(position, name) for name in names)))
    return found


async def every_door_has_one_verdict(service: RunningService, token: str) -> None:
    """And one pointer, that of the value, for each keyword in each position."""
    for door in all_doors(service.url, token):
        async with door:
            for operation in OPERATIONS:
                for request, pointers in cases(operation, binary=door.name.endswith("protobuf")):
                    await _is_judged(door, operation, request, pointers)


async def _is_judged(door: Door, operation: str, request: dict[str, Any], pointers: list[str]) -> None:
    answer = await door.call(operation, **request)
    if not pointers:
        assert answer.code == "ok", (door.name, answer)
        assert operation != "probe_body" or answer.value == request, (door.name, answer.value)
        return
    told = sorted(one["pointer"].replace("/arm/text~1full/", "/arm/") for one in answer.value["errors"])
    assert (answer.code, told) == ("invalid_data", pointers), (door.name, operation, told)


async def events_carry_every_keyword(service: RunningService, token: str) -> None:
    request = asked(BODY, {})
    for encoding in ("json", "protobuf"):
        client = AsyncClient(service.url, token=token, transport="ws", encoding=encoding)
        async with client, client.events(models.ProbeSeen) as stream:
            await client.call("probe_body", request)
            async for event in stream:
                assert plain(event.data) == {"probe": request}, encoding
                break


def the_documents_have_the_same_verdict() -> None:
    """Of each keyword in each position: a parameter by its own schema, the rest by that of the body, the frame, the answer, the push."""
    http, socket = (json.loads(Path(f"generated/specs/{name}.json").read_text()) for name in ("openapi", "asyncapi"))
    (address,) = (item["get"] for path, item in http["paths"].items() if path.startswith("/api/probes/"))
    parameters = {one["name"].replace("X-", "header"): one for one in address["parameters"]}
    for position, name in pairs(ADDRESS):
        member = named(position, name) if position != "header" else f"header{name}"
        assert parameters[member]["required"], member
        _is_told(http, parameters[member]["schema"], KEYWORDS[name].good, KEYWORDS[name].bad, (position, name))
    body = http["paths"]["/api/probes"]["post"]
    content = [body["requestBody"], body["responses"]["200"]]
    told = [(http, one["content"]["application/json"]["schema"]) for one in content]
    frames = socket["components"]["messages"]
    told += [
        (socket, frames[name]["payload"]["properties"]["data"]) for name in ("probe_body_request", "probe_body_reply")
    ]
    event = frames["probe_seen"]["payload"]["properties"]["data"]
    for position, name in pairs(BODY):
        good, bad = (asked(BODY, broken) for broken in ({}, {name: position}))
        for root, schema in told:
            _is_told(root, schema, good, bad, (position, name))
        _is_told(socket, event, {"probe": good}, {"probe": bad}, (position, name))


def _is_told(root: dict[str, Any], schema: dict[str, Any], good: object, bad: object, what: object) -> None:
    dialect = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    whole = {**dialect, **schema, "components": root["components"]}
    validator = jsonschema_rs.validator_for(whole, validate_formats=True)
    assert (validator.is_valid(good), validator.is_valid(bad)) == (True, False), what


async def the_typescript_client_has_the_same_verdict(service: RunningService, folder: Path) -> None:
    """`tests/contract/keywords.ts`, which Node reads as it is, at each door."""
    for transport, encoding in (("http", "json"), ("http", "protobuf"), ("ws", "json"), ("ws", "protobuf")):
        file = folder / f"cases-{encoding}.json"
        told = {name.removeprefix("probe_"): cases(name, binary=encoding == "protobuf") for name in OPERATIONS}
        file.write_text(json.dumps(told))
        arguments = (str(Path(__file__).with_suffix(".ts")), service.url, transport, encoding, str(file))
        process = await asyncio.create_subprocess_exec(str(NODE), "--no-warnings", *arguments)
        assert await asyncio.wait_for(process.wait(), 60) == 0, (transport, encoding)


async def main(folder: str, database_url: str, redis_url: str) -> None:
    the_documents_have_the_same_verdict()
    with RunningService(Path(folder), database_url, redis_url) as service:
        token = await service.token("admin")
        await every_door_has_one_verdict(service, token)
        await events_carry_every_keyword(service, token)
        await the_typescript_client_has_the_same_verdict(service, Path(folder))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
