"""Of several servers each is looked at: who says where the data is, and who has it. Real sentinels and a real cluster answer."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.development.servers import Valkey, embedded_valkey, free_port
from app.diagnosis.findings import Finding, State
from app.diagnosis.redis import look
from tests.app.test_settings import settings
from tests.redis_servers import SERVICE, SentinelServer, client, embedded_cluster


@pytest.fixture(scope="module")
def sentinels(
    valkey: Valkey, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[SentinelServer, SentinelServer]]:
    """Each alone: they do not know of each other."""
    folder = tmp_path_factory.mktemp("sentinels")
    with embedded_valkey(folder / "other") as other:
        first, second = SentinelServer(folder / "1", valkey.port), SentinelServer(folder / "2", other.port)
        first.start()
        second.start()
        yield first, second
        first.stop()
        second.stop()


async def looked(url: str) -> list[Finding]:
    return await look(settings(redis_url=url))


async def test_the_master_that_a_sentinel_names_is_looked_at(
    sentinels: tuple[SentinelServer, SentinelServer], valkey: Valkey
) -> None:
    found = await looked(f"redis+sentinel://127.0.0.1:{sentinels[0].port}/{SERVICE}")
    assert {one.state for one in found} == {State.OK}, found
    assert found[0].said == f"the master of {SERVICE} is 127.0.0.1:{valkey.port}"
    assert found[1].said.startswith("Valkey ")


async def test_each_sentinel_that_does_not_do_is_said(sentinels: tuple[SentinelServer, SentinelServer]) -> None:
    first, second = (f"127.0.0.1:{one.port}" for one in sentinels)
    away = f"127.0.0.1:{free_port()}"
    found = await looked(f"redis+sentinel://{first},{away}/{SERVICE}")
    assert [one.state for one in found if f"the sentinel at {away} does not answer" in one.said] == [State.WARNING]
    [found_none] = await looked(f"redis+sentinel://{away}/{SERVICE}")
    assert found_none.state is State.AWAY
    [unknown] = await looked(f"redis+sentinel://{first}/other")
    assert (unknown.state, unknown.said) == (State.FAULT, f"the sentinel at {first} watches no other")
    [refused] = await looked(f"redis+sentinel://{first}/{SERVICE}?sentinel_username=nobody&sentinel_password=hunter2")
    assert (refused.state, "hunter2" in refused.line) == (State.FAULT, False)
    differ = await looked(f"redis+sentinel://{first},{second}/{SERVICE}")
    assert [one.state for one in differ if "name 2 masters" in one.said] == [State.WARNING]


async def test_each_master_of_a_cluster_is_looked_at(tmp_path_factory: pytest.TempPathFactory, valkey: Valkey) -> None:
    with embedded_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        found = await looked(cluster.url)
        assert {one.state for one in found} == {State.OK}, found
        assert found[0].said == "a cluster of 3 masters"
        assert all(any(str(one.port) in said.said for said in found) for one in cluster.masters)
        client(cluster.masters[0]).config_set("cluster-require-full-coverage", "yes")
        [strict] = [one for one in await looked(cluster.url) if one.state is State.WARNING]
        assert "serves nothing" in strict.said
        client(cluster.masters[0]).execute_command("CLUSTER DELSLOTS", 0)
        [hole] = [one for one in await looked(cluster.url) if one.state is State.FAULT]
        assert hole.said == "1 slots of the cluster have no master"
    [lone] = await looked(f"redis+cluster://127.0.0.1:{valkey.port}")
    assert (lone.state, "cluster support disabled" in lone.said) == (State.FAULT, True)
    [away] = await looked(f"redis+cluster://127.0.0.1:{free_port()}")
    assert away.state is State.AWAY
