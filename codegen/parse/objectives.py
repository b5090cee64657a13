"""`x-slo`: service level objectives (SRE workbook, chapter 2), once its form is right."""

from __future__ import annotations

from codegen.ir.operations import Objective
from codegen.parse.policy import seconds


def objective(value: object) -> Objective | None:
    """None for `none`, and for what `W002` refuses."""
    if not isinstance(value, dict):
        return None
    latency = value.get("latency")
    try:
        if latency is None:
            return Objective(float(value["availability"]))
        return Objective(float(value["availability"]), float(latency["percent"]), seconds(latency["within"]))
    except (KeyError, TypeError, ValueError):
        return None
