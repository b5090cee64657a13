"""What is mounted is read by the program that it is for, where that program can be had without an engine: Prometheus, Alertmanager,
Valkey and PostgreSQL themselves, and Alloy's own parser and Traefik's own decoder. Of Loki and Grafana, which cannot, of how Traefik listens and of what Alloy's components are
told, the words that matter here are held."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import redis.asyncio as redis
import yaml

from app.development.servers import Postgres, Server, Valkey, free_port
from app.serving.draining import REQUESTS_S
from app.serving.worker import OPTIONS
from tests.deployment.composed import DOCKER, DRAIN_S, ROOT, Composed
from tests.deployment.go_readers import NoReader, faults_of
from tests.missing import missing

ALLOY = DOCKER / "alloy" / "config.alloy"
ALERTMANAGER = DOCKER / "alertmanager" / "alertmanager.yaml"
PROMETHEUS = DOCKER / "prometheus" / "prometheus.yaml"
KEEP_ALIVE_S = 5.0
"""uvicorn's own, which the worker leaves."""
SECONDS = {"s": 1, "m": 60}


def run(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    if shutil.which(program) is None:
        missing(f"{program} is not here; Debian has it in prometheus and prometheus-alertmanager")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False, timeout=60)


def seconds(text: str) -> float:
    return float(text[:-1]) * SECONDS[text[-1]]


def text_of_routes() -> str:
    """With the variable's value, as Traefik has it before it reads."""
    text = (DOCKER / "traefik" / "routes.yaml").read_text().replace('{{ env "DOMAIN" }}', "desk.localhost")
    assert "{{" not in text
    return text


def routes() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text_of_routes())
    return found


def test_prometheus_reads_its_configuration_with_the_rules_of_the_contract(tmp_path: Path) -> None:
    rules = ROOT / "generated" / "observability" / "prometheus"
    text = PROMETHEUS.read_text()
    assert "/etc/prometheus/rules/*.yaml" in text
    shutil.copytree(rules, tmp_path / "rules") if rules.is_dir() else (tmp_path / "rules").mkdir()
    (tmp_path / "one.yaml").write_text(text.replace("/etc/prometheus/rules", str(tmp_path / "rules")))
    ended = run("promtool", "check", "config", str(tmp_path / "one.yaml"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (tmp_path / "rules" / "wrong.yaml").write_text("groups: [{name: x, rules: [{record: y, expr: 'sum('}]}]")
    assert run("promtool", "check", "config", str(tmp_path / "one.yaml")).returncode != 0


def test_prometheus_asks_every_part_that_has_metrics(composed: Composed) -> None:
    """By the names and networks of the compose file."""
    jobs = yaml.safe_load(PROMETHEUS.read_text())["scrape_configs"]
    targets = {job["job_name"]: job["static_configs"][0]["targets"] for job in jobs}
    hosts = {one.partition(":")[0] for found in targets.values() for one in found} - {"localhost"}
    assert hosts == {"node-1", "node-2", "keycloak", "traefik", "alertmanager", "grafana", "loki", "alloy"}
    assert all("watch" in composed.networks(host) for host in hosts)
    assert targets["service"] == ["node-1:8081", "node-2:8081"]


def test_alertmanager_reads_its_configuration(tmp_path: Path) -> None:
    """Debian's is older than the image, and knows the address of a webhook only where it stands in the file."""
    text = ALERTMANAGER.read_text()
    assert text.count("url_file: ") == 1
    (tmp_path / "one.yaml").write_text(text.replace("url_file: ", "url: http://127.0.0.1"))
    ended = run("amtool", "check-config", str(tmp_path / "one.yaml"))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (tmp_path / "one.yaml").write_text(
        text.replace("url_file: ", "url: http://127.0.0.1").replace("receiver: on-call", "receiver: x", 1)
    )
    assert run("amtool", "check-config", str(tmp_path / "one.yaml")).returncode != 0


class Configured(Server):
    """Valkey by the file of the compose, with its folders in this test's."""

    def __init__(self, folder: Path, binary: Path, secrets: Path) -> None:
        super().__init__(folder)
        self._binary, self._secrets = binary, secrets
        self.port = free_port()

    def launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = (DOCKER / "valkey" / "valkey.conf").read_text().replace("/run/secrets", str(self._secrets))
        text = text.replace("dir /data", f"dir {self.folder}").replace("bind * -::*", "bind 127.0.0.1")
        (self.folder / "valkey.conf").write_text(text.replace("port 6379", f"port {self.port}"))
        self._spawn([str(self._binary), str(self.folder / "valkey.conf")])


async def test_valkey_asks_for_the_password_and_forgets_nothing(valkey: Valkey, written: Path, tmp_path: Path) -> None:
    binary = Path(f"/proc/{valkey.pid}/exe").resolve()
    server = Configured(tmp_path / "valkey", binary, written / "secrets")
    server.start()
    password = (written / "secrets" / "valkey_password").read_text()
    try:
        async with redis.Redis(port=server.port) as stranger:
            with pytest.raises(redis.AuthenticationError):
                await stranger.ping()
        async with redis.Redis(port=server.port, password=password) as known:
            assert await known.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
            assert await known.config_get("appendonly") == {"appendonly": "yes"}
    finally:
        server.stop()
    assert (written / "secrets" / "redis_url").read_text() == f"redis://:{password}@valkey:6379/0"


async def test_postgresql_makes_two_databases_that_know_nothing_of_each_other(
    postgres: Postgres, written: Path, tmp_path: Path
) -> None:
    """By the script that its image runs the first time."""
    binaries = Path(f"/proc/{postgres.pid}/exe").resolve().parent
    environment = {
        "PATH": f"{binaries}:/usr/bin:/bin", "PGHOST": "127.0.0.1", "PGPORT": str(postgres.port), "SECRETS": str(written / "secrets"),
    }  # fmt: skip
    script = DOCKER / "postgres" / "databases.sh"
    ended = await asyncio.to_thread(
        subprocess.run, [str(script)], env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    url = (written / "secrets" / "database_url").read_text().replace("@postgres:5432", f"@127.0.0.1:{postgres.port}")
    own = await asyncpg.connect(url)
    assert (
        await own.fetchval("SELECT rolsuper OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user")
        is False
    )
    await own.execute("CREATE TABLE one (id int)")
    await own.close()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await asyncpg.connect(url.removesuffix("/service") + "/keycloak")


def test_traefik_sends_to_parts_that_it_reaches(composed: Composed) -> None:
    services = routes()["http"]["services"]
    urls = {name: [server["url"] for server in one["loadBalancer"]["servers"]] for name, one in services.items()}
    assert urls["service"] == ["http://node-1:8000", "http://node-2:8000"]
    hosts = {re.sub(r"^http://([^:]+):\d+$", r"\1", url) for found in urls.values() for url in found}
    assert hosts <= composed.services.keys()
    assert all(composed.networks("traefik") & composed.networks(host) for host in hosts)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_traefik_s_own_decoder_knows_every_word_of_its_routes(tmp_path: Path) -> None:
    """Its other file, traefik.yaml, would take all of Traefik to read."""
    file = tmp_path / "routes.yaml"
    file.write_text(text_of_routes())
    try:
        assert faults_of("traefik", file) == ""
    except NoReader as reason:
        missing(reason)
    file.write_text(text_of_routes().replace("idleConnTimeout: ", "idleTimeout: "))
    assert "idleTimeout" in faults_of("traefik", file)


def test_traefik_s_routers_name_what_there_is_and_serve_tls_alone() -> None:
    found, static = routes(), yaml.safe_load((DOCKER / "traefik" / "traefik.yaml").read_text())
    routers, http = found["http"]["routers"], found["http"]
    assert {one["service"] for one in routers.values()} == http["services"].keys()
    assert {name for one in routers.values() for name in one["middlewares"]} == http["middlewares"].keys()
    assert {tuple(one["entryPoints"]) for one in routers.values()} == {("https",)}
    assert static["entryPoints"]["https"]["http"] == {"tls": {}}
    assert static["entryPoints"]["http"]["http"]["redirections"]["entryPoint"]["to"] == ":443"
    assert static.keys() <= {"global", "log", "accessLog", "entryPoints", "ping", "metrics", "providers"}
    assert http.keys() == {"routers", "services", "middlewares", "serversTransports"}


def test_traefik_asks_who_comes_to_what_watches() -> None:
    routers = routes()["http"]["routers"]
    guarded = {name for name, one in routers.items() if "operators" in one["middlewares"]}
    assert guarded == routers.keys() - {"service", "keycloak"}
    assert routes()["http"]["middlewares"]["operators"]["basicAuth"]["removeHeader"] is True


def test_traefik_hides_what_administers_keycloak() -> None:
    rule = routes()["http"]["routers"]["keycloak"]["rule"]
    assert set(re.findall(r"!PathPrefix\(`([^`]+)`\)", rule)) == {"/admin", "/realms/master", "/metrics", "/health"}


def test_traefik_s_times_fit_ours() -> None:
    """It gives up a connection to a node before the node does, waits longer than a node needs to end, and for longer than calls take."""
    assert "timeout_keep_alive" not in OPTIONS
    static = yaml.safe_load((DOCKER / "traefik" / "traefik.yaml").read_text())
    times = routes()["http"]["serversTransports"]["node"]["forwardingTimeouts"]
    assert seconds(times["idleConnTimeout"]) < KEEP_ALIVE_S
    transport = static["entryPoints"]["https"]["transport"]
    assert seconds(transport["lifeCycle"]["graceTimeOut"]) > REQUESTS_S
    assert (
        seconds(transport["respondingTimeouts"]["idleTimeout"])
        > OPTIONS["ws_ping_interval"] + OPTIONS["ws_ping_timeout"]
    )
    assert seconds(transport["respondingTimeouts"]["writeTimeout"]) == 0


def test_traefik_learns_that_a_node_ends_while_it_still_takes_calls() -> None:
    check = routes()["http"]["services"]["service"]["loadBalancer"]["healthCheck"]
    assert check["path"] == "/readyz"
    assert seconds(check["interval"]) + seconds(check["timeout"]) < DRAIN_S


def test_traefik_believes_nobody_s_word_on_where_a_call_is_from(composed: Composed) -> None:
    """So there is one proxy in front of a node, as the node is told; and any node answers any call."""
    static = yaml.safe_load((DOCKER / "traefik" / "traefik.yaml").read_text())
    assert static["entryPoints"]["https"]["forwardedHeaders"] == {"insecure": False, "trustedIPs": []}
    assert composed.environment("node-1")["TRUSTED_PROXIES"] == "1"
    balancer = routes()["http"]["services"]["service"]["loadBalancer"]
    assert "sticky" not in balancer
    assert balancer["healthCheck"]["path"] == "/readyz"
    assert "another-node" in routes()["http"]["routers"]["service"]["middlewares"]
    assert routes()["http"]["middlewares"]["another-node"]["retry"]["attempts"] == len(balancer["servers"])


def test_grafana_names_its_sources_as_the_dashboards_do() -> None:
    provisioned = DOCKER / "grafana" / "provisioning"
    sources = yaml.safe_load((provisioned / "datasources" / "sources.yaml").read_text())["datasources"]
    uids = {one["uid"]: one["url"] for one in sources}
    assert uids["prometheus"] == "http://prometheus:9090"
    assert uids["loki"] == "http://loki:3100"
    boards = sorted((ROOT / "generated" / "observability" / "grafana").glob("*.json"))
    named = {uid for board in boards for uid in sources_of(json.loads(board.read_text()))}
    assert named <= uids.keys() | {"-- Grafana --", "grafana"}


def sources_of(node: object) -> set[str]:
    match node:
        case {"datasource": {"uid": str(uid)}, **rest}:
            return {uid} | sources_of(rest)
        case dict():
            return {uid for value in node.values() for uid in sources_of(value)}
        case list():
            return {uid for value in node for uid in sources_of(value)}
    return set()


def test_sources_of_dashboards_are_found() -> None:
    assert sources_of({"panels": [{"datasource": {"uid": "a"}, "targets": [{"datasource": {"uid": "b"}}]}]}) == {
        "a",
        "b",
    }


def test_dashboards_are_where_grafana_looks(composed: Composed) -> None:
    provider = yaml.safe_load((DOCKER / "grafana" / "provisioning" / "dashboards" / "generated.yaml").read_text())
    targets = {one.target for one in composed.mounts("grafana")}
    assert provider["providers"][0]["options"]["path"] in targets


def test_loki_s_labels_are_few_and_its_lines_end() -> None:
    loki = yaml.safe_load((DOCKER / "loki" / "loki.yaml").read_text())
    assert loki["compactor"]["retention_enabled"] is True
    assert re.fullmatch(r"\d+h", loki["limits_config"]["retention_period"])
    labels = re.findall(r"values = \{([^}]*)\}", ALLOY.read_text())
    assert {name for one in labels for name in re.findall(r"(\w+) *=", one)} == {"container", "stream", "level"}


def test_alloy_s_own_parser_reads_its_configuration(tmp_path: Path) -> None:
    """Whether components have such arguments only Alloy as a whole could say."""
    try:
        assert faults_of("alloy", ALLOY) == ""
    except NoReader as reason:
        missing(reason)
    wrong = tmp_path / "wrong.alloy"
    wrong.write_text(ALLOY.read_text().replace("forward_to = [loki.process.lines.receiver]", "forward_to = [", 1))
    assert "wrong.alloy:" in faults_of("alloy", wrong)


def test_alloy_s_components_are_joined() -> None:
    text = re.sub(r"(?m)^\s*//.*$", "", ALLOY.read_text())
    declared = {f"{kind}.{label}" for kind, label in re.findall(r'^([a-z._]+) "(\w+)" \{', text, re.MULTILINE)}
    used = set(re.findall(r"\b((?:local|loki)\.[a-z_.]+\.\w+)\.(?:receiver|targets)", text))
    assert used <= declared
    assert len(declared) == len(used) + 1, "only what reads the files is used by nobody"


def test_alloy_takes_a_level_from_lines_of_ours_and_no_other_word() -> None:
    found = re.search(r'expression = ("\\"level(?:[^"\\]|\\.)*")', ALLOY.read_text())
    assert found
    pattern = re.compile(json.loads(found[1]))
    for line, level in [('{"event": "x", "level": "info"}', "info"), ('{"level":"ERROR","msg":"y"}', "ERROR")]:
        match = pattern.search(line)
        assert match is not None
        assert match["level"] == level
    assert pattern.search('{"level": "whatever a caller has sent"}') is None
