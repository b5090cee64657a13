"""docker/kubernetes in its three configurations: legal, without findings, in harmony with what the service itself does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest

from app.configuration.sources import FILE, names
from app.serving.worker import OPTIONS
from tests.deployment.composed import DOCKER, DRAIN_S, ENDS_WITHIN_S, ROOT
from tests.deployment.kustomize import CONFIGURATIONS, NoKustomize, Rendered, rendered, text_of
from tests.missing import missing

pytestmark = [pytest.mark.xdist_group("kustomize"), pytest.mark.timeout(600)]
SUPPORTED = ("1.32", "1.37")
"""The oldest cluster that takes all of it, and the newest that the validator knows."""
NOT_OURS = {"SSL_CERT_FILE"}
CHECKOV = "3.3.30"
IN_VENV = ROOT / ".stele" / "checkov" / CHECKOV


@pytest.fixture(scope="session")
def texts() -> dict[str, str]:
    try:
        return {name: text_of(name) for name in CONFIGURATIONS}
    except NoKustomize as reason:
        missing(reason)


@pytest.fixture(scope="session", params=CONFIGURATIONS)
def objects(request: pytest.FixtureRequest, texts: dict[str, str]) -> Rendered:
    return rendered(texts[request.param])


@pytest.fixture
def pod(objects: Rendered) -> dict[str, Any]:
    found: dict[str, Any] = objects["Deployment", "service"]["spec"]["template"]["spec"]
    return found


def settings_of(objects: Rendered) -> dict[str, str]:
    (found,) = (one["data"] for (kind, _), one in objects.items() if kind == "ConfigMap")
    return dict(found)


@pytest.mark.parametrize("version", SUPPORTED)
def test_every_object_is_legal(objects: Rendered, version: str) -> None:
    for one in objects.values():
        kubernetes_validate.validate(one, version, strict=True)
    wrong = objects["Service", "service"] | {"spec": {"port": 80}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, version, strict=True)


def test_each_configuration_has_what_it_is_for(texts: dict[str, str]) -> None:
    kinds = {name: {kind for kind, _ in rendered(text)} for name, text in texts.items()}
    assert kinds["production"] - kinds["small"] == {"HorizontalPodAutoscaler", "PodDisruptionBudget"}
    assert kinds["own-issuer"] == kinds["production"]
    small = rendered(texts["small"])["Deployment", "service"]["spec"]
    assert small["replicas"] == 1
    assert "replicas" not in rendered(texts["production"])["Deployment", "service"]["spec"], "the autoscaler's to say"


def test_its_settings_are_known_and_taken_in_production(objects: Rendered, tmp_path: Path) -> None:
    """With files in the places of the secrets' keys; the image's own variables are none of ours."""
    said = settings_of(objects)
    assert said.keys() <= {*names(), *(name + FILE for name in names()), *NOT_OURS}
    secrets = {
        "database_url": "postgresql://service:a-password@postgres/service", "redis_url": "redis://:a-password@valkey:6379/0",
        "signing_secret": "a" * 64, "client_secret": "b" * 64,
    }  # fmt: skip
    for name, text in secrets.items():
        (tmp_path / name).write_text(text)
    environment = {name: text.replace("/run/secrets/service", str(tmp_path)) for name, text in said.items()}
    command = [sys.executable, "-m", "app", "config", "--json"]
    ended = subprocess.run(
        command, env={"PATH": os.environ["PATH"]} | environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stdout
    assert json.loads(ended.stdout)["settings"]["ENVIRONMENT"]["value"] == "production"


def test_what_a_setting_names_is_mounted(objects: Rendered, pod: dict[str, Any]) -> None:
    mounts = {Path(one["mountPath"]) for one in pod["containers"][0]["volumeMounts"]}
    named = [Path(text) for name, text in settings_of(objects).items() if name.endswith(FILE) and text.startswith("/")]
    assert named
    assert [one for one in named if one.parent not in mounts] == []


def test_no_secret_is_in_it(objects: Rendered) -> None:
    """By reference only: the kind is not there, and no variable comes from one."""
    assert "Secret" not in {kind for kind, _ in objects}
    assert "secretKeyRef" not in json.dumps(list(objects.values()))
    assert "secretRef" not in json.dumps(list(objects.values()))


def test_a_node_has_time_to_end(pod: dict[str, Any]) -> None:
    """The node goes on until nobody sends calls here any more, so nothing waits before SIGTERM; and it is not killed before it has ended."""
    probe = pod["containers"][0]["readinessProbe"]
    assert "lifecycle" not in pod["containers"][0]
    assert probe["periodSeconds"] * probe["failureThreshold"] < DRAIN_S
    assert pod["terminationGracePeriodSeconds"] > ENDS_WITHIN_S


def test_probes_ask_what_they_are_for(pod: dict[str, Any]) -> None:
    """A database that is away makes a node not ready, and restarts nothing."""
    one = pod["containers"][0]
    paths = {name: one[name]["httpGet"]["path"] for name in ("livenessProbe", "startupProbe", "readinessProbe")}
    assert paths == {"livenessProbe": "/livez", "startupProbe": "/livez", "readinessProbe": "/readyz"}
    ports = {port["name"]: port["containerPort"] for port in one["ports"]}
    assert ports == {"http": 8000, "admin": 8081}


def test_pods_have_no_right_that_they_do_not_need(objects: Rendered) -> None:
    for key in (("Deployment", "service"), ("Job", "migrate")):
        spec = objects[key]["spec"]["template"]["spec"]
        assert spec["automountServiceAccountToken"] is False
        assert spec["securityContext"]["runAsNonRoot"] is True
        assert spec["securityContext"]["runAsUser"] == 65532
        for one in spec["containers"]:
            assert one["securityContext"] == {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]},
            }  # fmt: skip
            assert one["resources"].keys() == {"requests", "limits"}
            assert re.fullmatch(r"\S+@sha256:[0-9a-f]{64}", one["image"])


def test_bodies_have_room_in_tmp(objects: Rendered, pod: dict[str, Any]) -> None:
    said = settings_of(objects)
    room = int(said["UPLOAD_ROOM_MIB"]) * int(said["WORKERS"])
    tmp = next(one for one in pod["volumes"] if one["name"] == "tmp")["emptyDir"]["sizeLimit"]
    assert room < int(tmp.removesuffix("Mi"))
    assert tmp < pod["containers"][0]["resources"]["requests"]["ephemeral-storage"]


def test_postgresql_is_asked_for_what_all_nodes_need(objects: Rendered) -> None:
    scaler = objects.get(("HorizontalPodAutoscaler", "service"))
    most = scaler["spec"]["maxReplicas"] if scaler else objects["Deployment", "service"]["spec"]["replicas"]
    surge = objects["Deployment", "service"]["spec"]["strategy"]["rollingUpdate"]["maxSurge"]
    assert int(settings_of(objects)["DATABASE_NODES"]) == most + surge


def test_selectors_find_their_pods(objects: Rendered) -> None:
    labels = objects["Deployment", "service"]["spec"]["template"]["metadata"]["labels"].items()
    job = objects["Job", "migrate"]["spec"]["template"]["metadata"]["labels"].items()
    chosen = [objects["Service", "service"]["spec"]["selector"]]
    chosen += [
        one["spec"]["selector"]["matchLabels"]
        for one in objects.values()
        if one["kind"] in ("Deployment", "PodDisruptionBudget")
    ]
    chosen += [objects["NetworkPolicy", "service"]["spec"]["podSelector"]["matchLabels"]]
    for one in chosen:
        assert one.items() <= labels
        assert not one.items() <= job, "calls would go to the job"
    assert objects["NetworkPolicy", "migration"]["spec"]["podSelector"]["matchLabels"].items() <= job


def test_all_but_the_nodes_can_be_applied_before_them(objects: Rendered) -> None:
    """By the label that docs/operations.md selects by: what the migration needs is among it."""
    nodes = {
        key
        for key, one in objects.items()
        if one["metadata"].get("labels", {}).get("app.kubernetes.io/component") == "node"
    }
    assert nodes == {("Deployment", "service")}
    assert "--selector 'app.kubernetes.io/component!=node'" in (ROOT / "docs" / "operations.md").read_text()


def test_only_named_namespaces_come_in(objects: Rendered) -> None:
    assert objects["NetworkPolicy", "closed"]["spec"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    rules = objects["NetworkPolicy", "service"]["spec"]["ingress"]
    assert {rule["ports"][0]["port"]: rule["from"][0]["namespaceSelector"]["matchLabels"] for rule in rules} == {
        8000: {"kubernetes.io/metadata.name": "ingress"}, 8081: {"kubernetes.io/metadata.name": "monitoring"},
    }  # fmt: skip


def test_the_ingress_keeps_sockets_that_live(objects: Rendered) -> None:
    notes = objects["Ingress", "service"]["metadata"]["annotations"]
    for name in ("proxy-read-timeout", "proxy-send-timeout"):
        wait_s = int(notes[f"nginx.ingress.kubernetes.io/{name}"])
        assert wait_s > OPTIONS["ws_ping_interval"] + OPTIONS["ws_ping_timeout"]


def test_it_scales_by_cpu_and_sockets(texts: dict[str, str]) -> None:
    metrics = rendered(texts["production"])["HorizontalPodAutoscaler", "service"]["spec"]["metrics"]
    named = [one.get("resource", one.get("pods", {}).get("metric"))["name"] for one in metrics]
    assert named == ["cpu", "sockets"]


@pytest.fixture(scope="session")
def checkov() -> str:
    """In a folder of its own: what it pins does not go with ours."""
    program = IN_VENV / "bin" / "checkov"
    if not program.exists():
        venv.create(IN_VENV, with_pip=True, clear=True)
        pip = [
            str(IN_VENV / "bin" / "python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"checkov=={CHECKOV}",
        ]
        if subprocess.run(pip, capture_output=True, check=False, timeout=500).returncode:
            missing(f"checkov {CHECKOV} could not be installed")
    return str(program)


def findings(checkov: str, file: Path, framework: str) -> set[str]:
    """`RULE of OBJECT`."""
    command = [checkov, "--file", str(file), "--framework", framework, "--skip-download", "--output", "json", "--quiet"]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=300, env=os.environ | {"LOG_LEVEL": "ERROR"}
    )
    found = json.loads(ended.stdout)
    assert found["summary"]["passed"] > 0, ended.stderr
    return {f"{one['check_id']} of {one['resource']}" for one in found["results"]["failed_checks"]}


def test_checkov_finds_nothing(checkov: str, texts: dict[str, str], tmp_path: Path) -> None:
    whole = tmp_path / "whole.yaml"
    whole.write_text("---\n".join(texts[name] for name in CONFIGURATIONS))
    assert findings(checkov, whole, "kubernetes") == set()
    whole.write_text(texts["production"].replace("readOnlyRootFilesystem: true", "readOnlyRootFilesystem: false", 1))
    assert "CKV_K8S_22 of Deployment.service.service" in findings(checkov, whole, "kubernetes")


EXCEPTED = {
    "Dockerfile": {
        "CKV_DOCKER_7": "its base is a variable, whose value has a tag and a digest (tests/images holds it)"
    },
    "keycloak/Dockerfile": {"CKV_DOCKER_2": "its health check is in the compose file, where its ports are"},
}
"""Rules that find something, and why that stays."""


@pytest.mark.parametrize("file", EXCEPTED)
def test_checkov_finds_nothing_unexplained_in_an_image(checkov: str, file: str) -> None:
    found = {one.partition(" ")[0] for one in findings(checkov, DOCKER / file, "dockerfile")}
    assert found == EXCEPTED[file].keys()
