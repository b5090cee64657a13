"""What the probes do: an answer and an event are what was asked."""

from __future__ import annotations

from typing_extensions import override

from app.execution.context import Context
from generated import models, wire
from generated.handlers import ProbesHandler
from generated.results import Probe, ProbeAnswer, ProbeSeen


class Probes(ProbesHandler[Context]):
    @override
    async def probe_body(self, context: Context, request: models.ProbeBodyRequest) -> Probe:
        found = wire.CODECS["probe_body"].restore(request.model_dump_json(by_alias=True).encode())
        assert isinstance(found, Probe)
        context.publish(ProbeSeen(probe=found))
        return found

    @override
    async def probe_address(self, context: Context, request: models.ProbeAddressRequest) -> ProbeAnswer:
        return ProbeAnswer(seen=len(type(request).model_fields))
