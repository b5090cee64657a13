"""The tree keeps its rules, and each rule is shown to fail on a planted violation."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture import rules

ROOT = Path(__file__).parents[2]
TOP = {
    "specs", "generated", "app", "codegen", "proof", "tests", "docker", "Makefile", "pyproject.toml", "README.md", "docs", ".ci",
    ".dockerignore", ".editorconfig", ".github", ".pre-commit-config.yaml", ".gitignore", ".owners", ".platform", "requirements.lock", "requirements-otel.lock", "requirements-dev.lock", "requirements-uv.lock",
    "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
}  # fmt: skip
LONG = "def f() -> None:\n" + "    x = 1\n" * 60
PLANTED: list[tuple[Callable[[Path], list[str]], str, str]] = [
    (rules.oversized, "app/big.py", "x = 1\n" * 401),
    (rules.oversized, "app/long.py", LONG),
    (rules.late_imports, "app/late.py", "def f() -> None:\n    import os\n"),
    (rules.import_time_objects, "app/eager.py", "client = Client()\n"),
    (rules.drawers, "app/utils.py", "x = 1\n"),
    (rules.without_init, "app/features/tickets/handler.py", "x = 1\n"),
    (rules.missing_module_docstrings, "codegen/silent.py", "x = 1\n"),
    (rules.too_few_docstrings, "codegen/silent.py", '"""Says what it is."""\n\n\nclass Silent:\n    x = 1\n'),
    (rules.unreasoned_suppressions, "app/hush.py", "x = 1  # type" + ": ignore\n"),
    (rules.mocks, "tests/test_fake.py", "mock" + ".patch('x')\n"),
    (rules.without_mirror, "tests/app/test_gone.py", "x = 1\n"),
    (rules.without_test, "app/untested.py", '"""Nobody tests this."""\n\n\nx = 1\n'),
]


@pytest.mark.parametrize("rule", sorted({planted[0] for planted in PLANTED}, key=lambda rule: repr(rule).split()[1]))
def test_the_tree_keeps_the_rule(rule: Callable[[Path], list[str]]) -> None:
    assert rule(ROOT) == []


@pytest.mark.parametrize(("rule", "file", "text"), PLANTED, ids=[one[1] for one in PLANTED])
def test_the_rule_fails_on_a_planted_violation(
    tmp_path: Path, rule: Callable[[Path], list[str]], file: str, text: str
) -> None:
    for folder in ("app", "codegen", "tests/app", "generated"):
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / "app" / "__init__.py").touch()
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    assert rule(tmp_path) != []


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_imports_flow_one_way() -> None:
    assert lint_imports(ROOT).returncode == 0


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("app/db/statements.py", "import app.wiring"),
        ("app/features/audit_log/repository.py", "import app.features.auth.handler"),
        ("app/features/of_tomorrow/handler.py", "import app.features.audit_log.repository"),
        ("generated/errors.py", "import app.settings"),
        ("codegen/emit/service/models.py", "import generated.models"),
        ("codegen/ir/names.py", "import codegen.parse.join"),
        ("proof/http/run.py", "import generated.operations"),
        ("app/wiring.py", "import proof.documents"),
    ],
)
def test_an_import_against_the_stream_is_found(tmp_path: Path, file: str, line: str) -> None:
    for name in ("app", "codegen", "generated", "proof", "pyproject.toml"):
        listed = subprocess.run(
            ["git", "ls-files", "-co", "--exclude-standard", name], cwd=ROOT, capture_output=True, text=True, check=True
        )
        for each in listed.stdout.splitlines():
            target = tmp_path / each
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / each).read_bytes())
    path = tmp_path / file
    path.parent.mkdir(exist_ok=True)
    path.with_name("__init__.py").touch()
    with path.open("a") as module:
        module.write(f"\n{line}\n")
    assert lint_imports(tmp_path).returncode != 0


def test_the_top_level_is_the_design_s() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert {line.partition("/")[0] for line in listed.splitlines()} <= TOP


def test_no_machine_path_and_no_registry_host_is_committed() -> None:
    needles = "|".join(
        [
            "/ro" + "ot/",
            "/wo" + "rk/",
            "pythonhosted" + r"\.org",
            "pypi" + r"\.org",
            "registry" + r"\.npmjs",
            "repo1?" + r"\.maven",
        ]
    )
    found = subprocess.run(
        ["git", "grep", "-nIE", f"({needles})"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert found.stdout == ""
