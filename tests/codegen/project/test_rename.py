"""A project that is renamed bears its new name everywhere, keeps the names of the protocol, and works."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from codegen.diagnostics import Refused
from codegen.fix import fix
from codegen.pipeline import load
from codegen.project.rename import rename
from tests.codegen.contracts import ROOT, SHIPPED, compose

BEARING = (
    "app",
    "codegen",
    "generated",
    "specs",
    "docker",
    "pyproject.toml",
    "requirements.lock",
    "requirements-dev.lock",
    "requirements-otel.lock",
)
PROTOCOL = {
    r"x-stele-client": "the header in which clients name themselves",
    r"stele-contract": "the header that says which contract is served",
    r"stele\.v1\.(json|protobuf|\{self\.value\})": "the subprotocols of the socket",
    r"stele[._]control": "the package and the file of the messages of control frames",
    r"[`\"/]\.stele\b": "the folder of a developer's data, which a rename must not lose",
    r"stele cursor": "the seal of cursors, which clients keep from one release to the next",
}
"""What stays, and why; docs/wire.md has the names of the protocol."""
LIVED = """
import json
from app.development.realm import REALM_FILE, load_realm
from app.settings import Settings
from app.telemetry.metrics.metrics import Known, Metrics
from app.db.database import SESSION
from generated.product import NAME, TITLE
from generated.sdk_python.orders_client import Client

fields = Settings.model_fields
names = [fields[one].default for one in ("keycloak_realm", "keycloak_client_id", "token_audience")]
realm = load_realm(REALM_FILE)
metrics = [line.split()[2] for line in Metrics(Known()).render().decode().splitlines() if line.startswith("# TYPE")]
print(json.dumps([NAME, TITLE, *names, *fields["token_azp"].default, realm.name, realm.client_id, SESSION["application_name"],
                  *{one.partition("_")[0] for one in metrics}]))
"""


def python(folder: Path, *arguments: str) -> str:
    run = subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def orders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of this project under the name `orders`."""
    folder = tmp_path_factory.mktemp("projects") / "orders"
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", *BEARING], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, folder / name)
    python(folder, "-m", "codegen", "rename", "orders")
    python(folder, "-m", "codegen", "generate")
    return folder


def test_a_renamed_project_passes_its_check(orders: Path) -> None:
    assert python(orders, "-m", "codegen", "check") == ""


def test_no_other_name_is_left_but_those_of_the_protocol(orders: Path) -> None:
    files = [
        path
        for name in BEARING
        for path in ([orders / name] if (orders / name).is_file() else (orders / name).rglob("*"))
    ]
    assert len(files) > 300
    named = [path for path in files if "stele" in re.sub("|".join(PROTOCOL), "", path.name)]
    left = {f"{path.relative_to(orders)}: {one}" for path in files for one in strangers(path)}
    assert (named, left) == ([], set())


def strangers(path: Path) -> list[str]:
    """Lines with the old name, the protocol's aside."""
    if not path.is_file() or path.suffix == ".pyc":
        return []
    lines = [re.sub("|".join(PROTOCOL), "", line, flags=re.IGNORECASE) for line in path.read_text().splitlines()]
    return [line.strip() for line in lines if "stele" in line.lower()]


def test_each_name_of_the_protocol_is_still_there_and_documented() -> None:
    wire = (ROOT / "docs" / "wire.md").read_text()
    for name in ("X-Stele-Client", "Stele-Contract", "stele.v1.json", "stele.v1.protobuf", "stele.control.v1"):
        assert name in wire


def test_what_runs_bears_the_new_name(orders: Path) -> None:
    """But for the metrics of a process, whose names are Prometheus' own."""
    assert set(json.loads(python(orders, "-c", LIVED))) == {"orders", "Orders", "process"}


def test_a_name_that_was_only_begun_is_carried_through(tmp_path: Path) -> None:
    """As a person would: the line in `info` first, then what the finding says."""
    specs = tmp_path / "specs"
    shutil.copytree(SHIPPED, specs)
    root = specs / "openapi.yaml"
    root.write_text(root.read_text().replace("x-name: stele", "x-name: orders"))
    assert len(load(specs).findings)
    rename(specs, "orders", "Order desk")
    loaded = load(specs)
    assert not len(loaded.findings), loaded.report()
    assert (loaded.contract.info.product, loaded.contract.info.title) == ("orders", "Order desk")


def test_files_of_two_packages_get_one_though_they_do_not_compile_before(tmp_path: Path) -> None:
    """As where a platform's files stand beside those of a product that was called otherwise."""
    specs = tmp_path / "specs"
    shutil.copytree(SHIPPED, specs)
    envelope = specs / "proto" / "envelope.proto"
    envelope.write_text(envelope.read_text().replace("package stele.v1;", "package desk.v1;"))
    assert len(load(specs).findings)
    rename(specs, "stele")
    assert fix.texts_of(specs) == fix.texts_of(SHIPPED)


def test_back_again_every_file_is_what_it_was(tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    shutil.copytree(SHIPPED, specs)
    rename(specs, "order_desk", "It's a desk: #1")
    assert load(specs).contract.info.title == "It's a desk: #1"
    rename(specs, "stele")
    assert fix.texts_of(specs) == fix.texts_of(SHIPPED)


@pytest.mark.parametrize("name", ["no", "orders"])
def test_a_contract_in_flow_style_that_says_no_name_gets_one(name: str, tmp_path: Path) -> None:
    specs = compose("p01_bool", tmp_path)
    rename(specs, name)
    loaded = load(specs)
    assert loaded.dialects.http.name_place is not None
    assert {one.package for one in loaded.dialects.proto.sources.values()} == {f"{name}.v1"}
    assert "stele.v1.json: application/json" in (specs / "asyncapi.yaml").read_text()


@pytest.mark.parametrize(
    ("name", "why"),
    [("Order Desk", "did you mean 'order_desk'"), ("account", "Keycloak"), ("class", "Python has a word")],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_written(name: str, why: str, tmp_path: Path) -> None:
    specs = tmp_path / "specs"
    shutil.copytree(SHIPPED, specs)
    with pytest.raises(Refused, match=why):
        rename(specs, name)
    assert fix.texts_of(specs) == fix.texts_of(SHIPPED)


@pytest.mark.parametrize(("case", "root"), [("p90_rest_alone", "openapi.yaml"), ("p91_socket_alone", "asyncapi.yaml")])
def test_a_contract_of_one_root_says_its_name_there(case: str, root: str, tmp_path: Path) -> None:
    specs = compose(case, tmp_path)
    rename(specs, "order_desk")
    assert "x-name: order_desk" in (specs / root).read_text()
    contract = load(specs).contract
    assert (contract.info.product, contract.info.title) == ("order_desk", "Order desk")
