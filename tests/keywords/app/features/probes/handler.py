"""What the probes do: an answer and an event are what was asked, but for the value that is to be spoiled."""

from __future__ import annotations

import json

from typing_extensions import override

from app.execution.context import Context
from generated import models, wire
from generated.handlers import ProbesHandler
from generated.results import Probe, ProbeAnswer, ProbeSeen
from tests.keyword_table import BODY, asked

EVENT, ANSWER = "event", "answer"


class Probes(ProbesHandler[Context]):
    @override
    async def probe_body(self, context: Context, request: models.ProbeBodyRequest) -> Probe:
        """`spoiled` is `event:item:email`, say: where the bad value stands that this service would send."""
        where, _, what = request.spoiled.partition(":")
        values = request.model_dump_json(by_alias=True).encode()
        context.publish(ProbeSeen(probe=_probe(values, what if where == EVENT else "")))
        return _probe(values, what if where == ANSWER else "")

    @override
    async def probe_address(self, context: Context, request: models.ProbeAddressRequest) -> ProbeAnswer:
        return ProbeAnswer(seen=len(type(request).model_fields))


def _probe(values: bytes, spoiled: str) -> Probe:
    """Reading judges only the form of a value: what it breaks, the service must find when it sends it."""
    position, _, name = spoiled.partition(":")
    wrong = {**asked(BODY, {name: position}), "spoiled": ""} if spoiled else json.loads(values)
    found = wire.CODECS["probe_body"].restore(json.dumps(wrong).encode())
    assert isinstance(found, Probe)
    return found
