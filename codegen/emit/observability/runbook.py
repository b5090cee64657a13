"""The page that an alert's annotation names: what it means, when it fires, what to do; and what each operation promises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codegen.emit.observability.alerts import Alert, named
from codegen.ir.operations import Contract, Operation


def page(contract: Contract, alerts: Iterable[Alert]) -> str:
    """Markdown; a heading is an alert's name, so that `runbook.md#name` finds it."""
    return "\n".join([*_lines(contract, alerts)]).rstrip() + "\n"


def _lines(contract: Contract, alerts: Iterable[Alert]) -> Iterator[str]:
    product = contract.info.product
    yield f"# What to do when {product} needs somebody"
    yield ""
    yield "Generated from specs/; do not edit. `page` wakes somebody, `ticket` waits for the working day."
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
