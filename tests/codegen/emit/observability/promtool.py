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
    by = "alertname, operation, instance, name, task, part, bucket, reason"
    samples = [{"labels": "{" + ", ".join(f'{k}="{v}"' for k, v in one.items()) + "}", "value": 1} for one in expected]
    scene = {
        "interval": every,
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": f'count by ({by}) (ALERTS{{alertstate="firing"}})', "eval_time": at, "exp_samples": samples}
        ],
    }
    test = folder / "scene.yaml"
    rules = written(folder, contract)
    test.write_text(yaml.safe_dump({"rule_files": rules, "evaluation_interval": every, "tests": [scene]}))
    ended = promtool("test", "rules", str(test))
    return "" if ended.returncode == 0 else ended.stdout + ended.stderr
