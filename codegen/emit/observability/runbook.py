"""The page that an alert's annotation names: what it means, when it fires, what to do; and what each operation promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen.emit.observability.alerts import Alert, named
from codegen.ir.operations import Contract, Operation

READY = (
    "import http.client as h; c = h.HTTPConnection('127.0.0.1', 8081); c.request('GET', '/readyz'); "
    "print(c.getresponse().read().decode())"
)
"""Python that prints what a node's admin port says; an image has no curl. 8081 is `ADMIN_PORT` of production."""
TOOLS = f"""\
What the steps below ask for, by an engine of containers and in Kubernetes. `BESIDE` is what stands before a command that is to run beside a node:
`docker compose --file docker/compose.yaml exec node-1`, or `kubectl --namespace service exec deployment/service --`.

| | |
|---|---|
| all that a node needs, and what to do about it | `BESIDE python -m app doctor` |
| `/readyz` of its admin port, which is published to nobody | `BESIDE python -c "{READY}"` |
| its lines | **Logs**, with a `trace_id` or an operation in *Search*; else `make logs SERVICE=node-1`, or `kubectl logs` |
| the release before | its image once more, and first what [Migrations](../../docs/guides/migrations.md) says where steps of the schema came |

Names in bold are dashboards, those in italics their panels."""


def page(contract: Contract, alerts: Iterable[Alert]) -> str:
    """Markdown; a heading is an alert's name, so that `runbook.md#name` finds it."""
    return "\n".join([*_lines(contract, alerts)]).rstrip() + "\n"


def _lines(contract: Contract, alerts: Iterable[Alert]) -> Iterator[str]:
    product = contract.info.product
    yield f"# What to do when {product} needs somebody"
    yield ""
    yield "Generated from specs/; do not edit. `page` wakes somebody, `ticket` waits for the working day."
    yield from ("", "## Where to look", "", TOOLS)
    for alert in alerts:
        yield from ("", f"## {alert.name}", "", f"**{alert.severity}**: {named(alert.meaning, product)}", "")
        yield from (f"{number}. {named(step, product)}" for number, step in enumerate(alert.steps, 1))
        yield from (
            "",
            f"Fires when this holds for {alert.holds_for}:",
            "",
            "```promql",
            named(alert.expr, product),
            "```",
        )
    promised = [one for one in contract.operations if one.objective]
    if promised:
        yield from ("", "## What is promised", "", "Over 30 days, by `x-slo` in `specs/`.", "")
        yield from ("| operation | feature | do not fail | answer in time |", "|---|---|---|---|")
        yield from (_promise(one) for one in promised)


def _promise(operation: Operation) -> str:
    objective = operation.objective
    assert objective is not None
    latency = f"{objective.latency:g} % within {objective.within_s:g} s" if objective.latency is not None else ""
    return f"| `{operation.name}` | {operation.feature} | {objective.availability:g} % | {latency} |"
