"""docker/compose.yaml: legal, complete, closed to the outside, and in an order that can begin."""

from __future__ import annotations

import json
import re
from graphlib import TopologicalSorter
from importlib.resources import files
from pathlib import Path

import jsonschema_rs
import pytest

from app.configuration.sources import FILE, names
from tests.deployment.composed import COMPOSE, DOCKER, ENDS_WITHIN_S, OURS, ROOT, Composed, Unresolved, resolved

GENERATED = ROOT / "generated" / "observability"
BUILT_HERE = {"node-1", "node-2", "migrate", "keycloak"}
"""Their images are made by `make build`, and `keycloak`'s is made from one that is pinned."""
PINNED = re.compile(r"[a-z0-9./-]+:v?\d+(?:\.\d+)+[\w.-]*@sha256:[0-9a-f]{64}")
NOT_OURS = {"SSL_CERT_FILE"}
"""Python's own."""
RECEIVERS_OF_CALLERS = {"traefik"}
LEADS_OUTSIDE = {"node-1", "node-2", "keycloak", "traefik", "alertmanager"}
DATA = {"postgres", "valkey"}
MIB = {"M": 1, "G": 1024}


def test_it_is_legal_by_the_compose_specification(composed: Composed) -> None:
    schema = json.loads((files("check_jsonschema") / "builtin_schemas" / "vendor" / "compose-spec.json").read_text())
    validator = jsonschema_rs.validator_for(schema)
    validator.validate(composed.document)
    assert not validator.is_valid(composed.document | {"services": {"node-1": {"imag": "desk"}}})


def test_a_variable_that_nobody_sets_is_found() -> None:
    assert resolved("a $$b ${C} ${D:?say D}", {"C": "c", "D": "d"}) == "a $b c d"
    for text in ("${NOBODY}", "${C:-default}", "$C"):
        with pytest.raises(Unresolved):
            resolved(text, {"C": "c"})


def test_the_example_has_the_variables_that_are_asked_for_and_no_other() -> None:
    asked = set(re.findall(r"(?<!\$)\$\{(\w+)", COMPOSE.read_text()))
    assert asked == set(re.findall(r"^(\w+)=", (DOCKER / ".env.example").read_text(), re.MULTILINE))


@pytest.mark.parametrize("file", [COMPOSE, DOCKER / "keycloak" / "Dockerfile"], ids=lambda path: path.name)
def test_every_image_is_pinned_by_tag_and_digest(file: Path, composed: Composed) -> None:
    """None is excepted: of each the digest is known."""
    if file == COMPOSE:
        images = [one["image"] for name, one in composed.services.items() if name not in BUILT_HERE]
    else:
        images = re.findall(r"^FROM (\S+)", file.read_text(), re.MULTILINE)
    assert images
    assert [one for one in images if not PINNED.fullmatch(one)] == []
    assert len({one.partition("@")[0] for one in images}) == len(set(images))


def test_every_part_runs_without_rights_it_does_not_need(composed: Composed) -> None:
    for name, one in composed.services.items():
        assert one["read_only"] is True, name
        assert one["cap_drop"] == ["ALL"], name
        assert one["security_opt"] == ["no-new-privileges:true"], name
        assert not one.keys() & {"privileged", "pid", "network_mode", "ipc", "devices", "userns_mode"}, name
    added = {name: one["cap_add"] for name, one in composed.services.items() if "cap_add" in one}
    assert added == {"alloy": ["DAC_READ_SEARCH"]}
    users = {name: one["user"].partition(":")[0] for name, one in composed.services.items() if "user" in one}
    assert {name for name, user in users.items() if int(user) == 0} == {"alloy"}
    assert composed.services.keys() - users.keys() == BUILT_HERE


def test_no_part_has_the_engine_s_socket(composed: Composed) -> None:
    assert [name for name in composed.services for one in composed.mounts(name) if one.source.endswith(".sock")] == []


def test_every_part_is_limited_and_begins_again_when_it_ends(composed: Composed) -> None:
    for name, one in composed.services.items():
        limits = one["deploy"]["resources"]["limits"]
        assert limits.keys() == {"cpus", "memory", "pids"}, name
        assert one["restart"] == ("on-failure:3" if name == "migrate" else "unless-stopped")
        assert one["logging"]["options"].keys() == {"max-size", "max-file", "tag"}, name


def test_every_part_says_whether_it_is_well(composed: Composed) -> None:
    """The nodes by their image, whose health check tests/images runs."""
    asked = {name for name, one in composed.services.items() if "test" in one.get("healthcheck", {})}
    assert asked == composed.services.keys() - OURS


def test_only_traefik_is_reached_from_outside(composed: Composed) -> None:
    assert {name for name, one in composed.services.items() if one.get("ports")} == RECEIVERS_OF_CALLERS
    networks = composed.document["networks"]
    assert {name for name, one in networks.items() if not one.get("internal")} == {"front"}
    assert {name for name in composed.services if "front" in composed.networks(name)} == LEADS_OUTSIDE


def test_data_is_out_of_reach_of_who_takes_callers(composed: Composed) -> None:
    for name in DATA:
        assert composed.networks(name) == {"back"}
    assert {name for name in composed.services if "back" in composed.networks(name)} == DATA | OURS | {"keycloak"}


def test_parts_that_watch_come_only_when_asked_for(composed: Composed) -> None:
    full = {name for name, one in composed.services.items() if one.get("profiles") == ["full"]}
    assert full == {"prometheus", "alertmanager", "grafana", "loki", "alloy"}
    for name in composed.services.keys() - full:
        assert not composed.waits_for(name).keys() & full, "core would start it"


def test_it_begins_in_an_order_that_ends(composed: Composed) -> None:
    order = list(TopologicalSorter({name: composed.waits_for(name) for name in composed.services}).static_order())
    assert order.index("postgres") < order.index("migrate") < order.index("node-1") < order.index("traefik")
    for name in composed.services:
        for other, condition in composed.waits_for(name).items():
            wanted = "service_completed_successfully" if other == "migrate" else "service_healthy"
            assert condition == wanted, (name, other)


def test_nothing_waits_for_keycloak(composed: Composed) -> None:
    """Nodes start without it and are ready when it is; so the core is up in a minute."""
    assert [name for name in composed.services if "keycloak" in composed.waits_for(name)] == []


def test_every_mounted_file_is_there_and_read_only(composed: Composed) -> None:
    mounts = [(name, one) for name in composed.services for one in composed.mounts(name)]
    kept = set(composed.document["volumes"])
    assert {one.source for _, one in mounts if one.path is None} == kept
    bound = [(one.path, one) for _, one in mounts if one.path is not None]
    assert [one for _, one in bound if not one.is_read_only] == []
    ours = [path for path, _ in bound if path.is_relative_to(ROOT)]
    assert [path for path in ours if not path.exists() and not path.is_relative_to(GENERATED)] == []
    assert {path.parent for path in ours if path.is_relative_to(GENERATED)} == {GENERATED}


def test_every_configuration_in_the_folder_is_mounted(composed: Composed) -> None:
    """A file that nobody reads says nothing."""
    bound = [one.path for name in composed.services for one in composed.mounts(name) if one.path is not None]
    tops = [
        DOCKER / name
        for name in ("traefik", "prometheus", "alertmanager", "grafana", "loki", "alloy", "postgres", "valkey")
    ]
    files_there = [path for top in tops for path in top.rglob("*") if path.is_file()]
    assert [path for path in files_there if not any(path.is_relative_to(one) for one in bound)] == []


def test_every_secret_is_written_and_used(composed: Composed, written: Path) -> None:
    used = {source for name in composed.services for source in composed.secrets(name).values()}
    files_named = {name: one["file"] for name, one in composed.document["secrets"].items()}
    assert used == files_named.keys()
    assert {Path(one).name for one in files_named.values()} == used
    assert {name for name, one in files_named.items() if not (written / one).is_file()} == set()


def test_every_secret_that_a_part_names_is_given_to_it(composed: Composed) -> None:
    for name, one in composed.services.items():
        said = json.dumps([one.get("environment"), one.get("command"), one.get("healthcheck")])
        texts = [said, *(m.path.read_text() for m in composed.mounts(name) if m.path and m.path.is_file())]
        named = set(re.findall(r"/run/secrets/[\w.]+", " ".join(texts)))
        assert named <= composed.secrets(name).keys(), name


def test_no_secret_stands_in_a_variable_or_on_a_command_line(composed: Composed, written: Path) -> None:
    secrets_there = [path.read_text().strip() for path in (written / "secrets").iterdir() if path.name != "on_call_url"]
    text = json.dumps(composed.document)
    assert [one for one in secrets_there if one in text] == []
    assert re.findall(r"\w+://[^\s/\"@]*:[^\s/\"@]*@", text) == []
    variables = {name for one in composed.services for name in composed.environment(one)}
    assert {name for name in variables if re.search(r"PASSWORD|SECRET", name) and not name.endswith("_FILE")} == set()


def test_our_settings_exist_and_are_known(composed: Composed) -> None:
    known = {*names(), *(name + FILE for name in names()), *NOT_OURS}
    for name in OURS:
        assert composed.environment(name).keys() <= known
    assert composed.environment("node-1") == composed.environment("node-2")
    assert int(composed.environment("node-1")["DATABASE_NODES"]) == len(OURS - {"migrate"})


def test_postgresql_has_connections_for_all(composed: Composed) -> None:
    """A worker has its pool and two more, as docs/settings.md says; Keycloak has its own; three are the superuser's."""
    nodes = composed.environment("node-1")
    workers = int(nodes["WORKERS"]) * int(nodes["DATABASE_NODES"])
    needed = workers * (int(nodes.get("DATABASE_CONNECTIONS", "10")) + 2) + 3
    needed += int(composed.environment("keycloak")["KC_DB_POOL_MAX_SIZE"])
    said = next(one for one in composed.services["postgres"]["command"] if one.startswith("max_connections="))
    assert needed <= int(said.partition("=")[2])


def test_what_waits_in_tmp_has_room_and_memory(composed: Composed) -> None:
    node = composed.services["node-1"]
    room = int(composed.environment("node-1")["UPLOAD_ROOM_MIB"]) * int(composed.environment("node-1")["WORKERS"])
    size = int(re.findall(r"size=(\d+)m", node["tmpfs"][0])[0])
    memory = node["deploy"]["resources"]["limits"]["memory"]
    assert room < size < int(memory[:-1]) * MIB[memory[-1]]


def test_a_node_has_time_to_end(composed: Composed) -> None:
    """docs/operations.md: within 25 s."""
    assert ENDS_WITHIN_S <= 25
    assert composed.services["node-1"]["stop_grace_period"] == "30s"
