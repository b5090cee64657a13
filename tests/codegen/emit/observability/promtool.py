"""Prometheus' own judgement of rules: `promtool` runs them over series that a test writes, and says which alerts fire."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

import yaml

from codegen.emit.observability import files
from codegen.ir.operations import Contract
from tests.missing import missing

Labels = dict[str, str]
BY = ("alertname", "operation", "instance", "name", "task", "part", "bucket", "reason")
"""What alerts are told apart by, here."""


def promtool(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Skips where it is missing, which CI's machine must not be."""
    program = shutil.which("promtool")
    if program is None:
        missing("promtool, of Debian's package prometheus, judges the rules")
    return subprocess.run([str(program), *arguments], capture_output=True, text=True, check=False, timeout=300)


def written(folder: Path, contract: Contract) -> list[str]:
    """The rule files, where they are now."""
    for file in files.emit(contract):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file.data)
    return sorted(str(path) for path in folder.glob("observability/prometheus/*.yaml"))


def judge(
    folder: Path, contract: Contract, series: Mapping[str, str], at: str, expected: Iterable[Labels], every: str = "1m"
) -> str:
    """Nothing, if exactly these alerts fire then, given by their labels (`alertname` and what parts it; severity is left out), else
    what promtool says. `series` are in its notation, one value for each `every`."""
    return _said(folder, written(folder, contract), [_scene(series, at, expected, every)])


def judge_each(
    folder: Path, contract: Contract, scenes: Iterable[tuple[Mapping[str, str], str, Iterable[Labels]]]
) -> str:
    """The same of many scenes, on alerts that need no recording rule."""
    (alerts,) = (name for name in written(folder, contract) if name.endswith("alerts.yaml"))
    return _said(folder, [alerts], [_scene(series, at, expected, "1m") for series, at, expected in scenes])


def _scene(series: Mapping[str, str], at: str, expected: Iterable[Labels], every: str) -> dict[str, object]:
    samples = [{"labels": "{" + ", ".join(f'{k}="{v}"' for k, v in one.items()) + "}", "value": 1} for one in expected]
    query = f'count by ({", ".join(BY)}) (ALERTS{{alertstate="firing"}})'
    return {
        "interval": every,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [{"expr": query, "eval_time": at, "exp_samples": samples}],
    }


def _said(folder: Path, rules: list[str], scenes: list[dict[str, object]]) -> str:
    test = folder / "scene.yaml"
    every = scenes[0]["interval"]
    test.write_text(yaml.safe_dump({"rule_files": rules, "evaluation_interval": every, "tests": scenes}))
    ended = promtool("test", "rules", str(test))
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr
