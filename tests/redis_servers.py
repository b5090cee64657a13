"""Several Valkey servers as one Redis, for tests: a cluster of three masters, and a master with a replica under three sentinels."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from redis import Redis
from redis.crc import REDIS_CLUSTER_HASH_SLOTS as SLOTS
from redis.crc import key_slot
from redis.exceptions import RedisError

from app.development.servers import Server, Valkey, free_port, valkey_binary

FORMED_S = 30.0
SERVICE = "main"
QUORUM = 2


def until(condition: Callable[[], bool]) -> None:
    """An error of Redis is as a no."""
    end = time.monotonic() + FORMED_S
    while True:
        try:
            if condition():
                return
        except RedisError:
            pass
        assert time.monotonic() < end, "the servers did not come together"
        time.sleep(0.02)


def client(server: Server) -> Any:
    """Blocking, with answers as text; redis-py says no types for half of what is asked here."""
    return Redis(port=server.port, decode_responses=True)


@dataclass
class Cluster:
    masters: list[Valkey]

    @property
    def url(self) -> str:
        """Of two of the three, as the third has to be found."""
        return "redis+cluster://" + ",".join(f"127.0.0.1:{one.port}" for one in self.masters[:2])

    def owner(self, key: str) -> Valkey:
        """Who has the key's slot by its own word."""
        slot = key_slot(key.encode())
        return next(one for one in self.masters if slot in _slots_of(one))

    def begin_move(self, key: str, to: Valkey) -> None:
        """From now on the owner sends on what it does not have any more, and what is new."""
        slot, source = key_slot(key.encode()), self.owner(key)
        client(to).execute_command("CLUSTER SETSLOT", slot, "IMPORTING", _id(source))
        client(source).execute_command("CLUSTER SETSLOT", slot, "MIGRATING", _id(to))

    def carry(self, key: str, to: Valkey) -> None:
        """All keys of the slot, one after the other."""
        slot, source = key_slot(key.encode()), client(self.owner(key))
        for name in source.execute_command("CLUSTER GETKEYSINSLOT", slot, 1000):
            source.execute_command("MIGRATE", "127.0.0.1", to.port, name, 0, 5000)

    def end_move(self, key: str, to: Valkey) -> None:
        """Everybody is told who has the slot now."""
        slot = key_slot(key.encode())
        for one in (to, *(other for other in self.masters if other is not to)):
            client(one).execute_command("CLUSTER SETSLOT", slot, "NODE", _id(to))


def _id(server: Valkey) -> str:
    return str(client(server).execute_command("CLUSTER MYID"))


def _slots_of(server: Valkey) -> set[int]:
    """By its own word, while it runs."""
    if not server.is_running():
        return set()
    told = next(one for one in client(server).execute_command("CLUSTER NODES").values() if "myself" in one["flags"])
    return {slot for one in told["slots"] for slot in range(int(one[0]), int(one[-1]) + 1)}


@contextmanager
def embedded_cluster(folder: Path) -> Iterator[Cluster]:
    """Three masters without replicas, each with a third of the slots; the loss of one leaves the others serving."""
    with ExitStack() as stack:
        masters = []
        for number in range(3):
            options = (
                "--cluster-enabled",
                "yes",
                "--cluster-require-full-coverage",
                "no",
                "--cluster-port",
                str(free_port()),
            )
            one = Valkey(folder / str(number), *options)
            stack.callback(one.stop)
            one.start()
            masters.append(one)
        bounds = [SLOTS * number // 3 for number in range(4)]
        for number, one in enumerate(masters):
            admin = client(one)
            admin.execute_command("CLUSTER SET-CONFIG-EPOCH", number + 1)
            admin.execute_command("CLUSTER ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
        for one in masters[1:]:
            bus = client(one).config_get("cluster-port")["cluster-port"]
            client(masters[0]).execute_command("CLUSTER MEET", "127.0.0.1", one.port, bus)
        for one in masters:
            until(partial(_is_whole, client(one)))
        yield Cluster(masters)


def _is_whole(at: Any) -> bool:
    found = at.execute_command("CLUSTER INFO")
    slots = at.execute_command("CLUSTER SLOTS")
    return bool(found["cluster_state"] == "ok" and found["cluster_known_nodes"] == "3" and len(slots) == 3)


class SentinelServer(Server):
    """Watches the master at a port. It writes down what it learns."""

    setting = "REDIS_URL"

    def __init__(self, folder: Path, watched: int, *, down_after_ms: int = 1000) -> None:
        super().__init__(folder)
        self._watched = watched
        self._down_after_ms = down_after_ms

    def launch(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        told = self.folder / "sentinel.conf"
        if not told.exists():
            lines = (
                f"port {self.port}",
                "bind 127.0.0.1",
                f"dir {self.folder}",
                f"sentinel monitor {SERVICE} 127.0.0.1 {self._watched} {QUORUM}",
                f"sentinel down-after-milliseconds {SERVICE} {self._down_after_ms}",
                f"sentinel failover-timeout {SERVICE} 4000",
            )
            told.write_text("\n".join(lines) + "\n")
        self._spawn([valkey_binary(), str(told), "--sentinel"])


@dataclass
class Watched:
    """`first` is the master at the beginning."""

    first: Valkey
    second: Valkey
    sentinels: list[SentinelServer]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{one.port}" for one in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}/0"


@contextmanager
def watched_pair(folder: Path) -> Iterator[Watched]:
    with ExitStack() as stack:
        first = Valkey(folder / "first")
        stack.callback(first.stop)
        first.start()
        second = Valkey(
            folder / "second", "--replicaof", "127.0.0.1", str(first.port), "--repl-diskless-sync-delay", "0"
        )
        stack.callback(second.stop)
        second.start()
        until(lambda: client(second).info("replication")["master_link_status"] == "up")
        sentinels = [SentinelServer(folder / f"sentinel{number}", first.port) for number in range(3)]
        for one in sentinels:
            stack.callback(one.stop)
            one.start()
        for one in sentinels:
            until(partial(_knows_all, client(one)))
        yield Watched(first, second, sentinels)


def _knows_all(at: Any) -> bool:
    found = at.sentinel_masters()[SERVICE]
    return bool(found["num-other-sentinels"] == 2 and found["num-slaves"] == 1)
