"""Commands of a turn go out together, answers come back in order; only a server that answers counts, and its loss fails fast and heals."""

from __future__ import annotations

import asyncio
import datetime
import signal
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import hiredis
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from redis.asyncio import Redis
from structlog.testing import capture_logs

from app.db.pipelined_redis import (
    MAX_WAITING,
    NO_MASTER,
    RECONNECT_S,
    PipelinedConnection,
    RedisConnection,
    RedisUnavailable,
    Script,
)
from app.development.servers import Valkey, embedded_valkey
from app.supervision.supervisor import Supervisor
from app.telemetry.metrics.redis import RedisMetrics
from app.telemetry.metrics.registry import Registry
from tests.faults.proxy import Mode, Proxy
from tests.redis_connections import connected, running, until_up

Transitions = list[tuple[str, str, str]]


@pytest.fixture
async def connection(valkey: Valkey) -> AsyncIterator[RedisConnection]:
    async with connected(valkey.url) as opened:
        yield opened


@pytest.fixture
async def link(valkey: Valkey) -> AsyncIterator[Proxy]:
    async with Proxy(valkey.port) as opened:
        yield opened


async def cut(valkey: Valkey) -> None:
    """Every connection of every client, as a restart of the server does."""
    client = Redis.from_url(valkey.url)
    await client.client_kill_filter(_type="normal", skipme=True)
    await client.aclose()


async def until_state(connection: RedisConnection, state: str) -> None:
    async with asyncio.timeout(10):
        while connection.state != state:
            await asyncio.sleep(0.005)


async def fails_within(connection: RedisConnection, within_s: float) -> None:
    started = time.monotonic()
    with pytest.raises(RedisUnavailable):
        await connection.ask("PING")
    assert time.monotonic() - started < within_s


async def test_answers_come_in_the_order_of_their_commands(connection: RedisConnection) -> None:
    answers = await asyncio.gather(*(connection.call("ECHO", str(number)) for number in range(200)))
    assert answers == [str(number).encode() for number in range(200)]


async def test_an_error_of_redis_is_an_answer_of_its_own_command_only(connection: RedisConnection) -> None:
    first, second = await asyncio.gather(connection.call("NO-SUCH"), connection.call("ECHO", "x"))
    assert isinstance(first, hiredis.ReplyError)
    assert second == b"x"
    with pytest.raises(RedisUnavailable):
        await connection.ask("NO-SUCH")
    assert connection.is_up


async def test_a_cancelled_caller_does_not_shift_the_answers(connection: RedisConnection) -> None:
    waiting = connection.call("ECHO", "a")
    waiting.cancel()
    assert await connection.call("ECHO", "b") == b"b"


async def test_a_connection_that_was_cut_is_there_again_for_the_very_next_command(
    connection: RedisConnection, valkey: Valkey
) -> None:
    await cut(valkey)
    async with asyncio.timeout(5):
        while connection.is_up:
            await asyncio.sleep(0)
    assert connection.state == "closed", "it is tried again before the breaker opens"
    assert await connection.ask("ECHO", "again") == b"again"


async def test_a_script_is_loaded_again_where_redis_has_forgotten_it(connection: RedisConnection) -> None:
    script = Script(connection, b"return ARGV[1]")
    assert await script.run(0, "one") == b"one"
    await connection.call("SCRIPT", "FLUSH")
    assert await script.run(0, "two") == b"two"


async def test_a_script_that_fails_is_as_unavailable(connection: RedisConnection) -> None:
    with pytest.raises(RedisUnavailable):
        await Script(connection, b"return redis.call('NO-SUCH')").run(0)


async def test_without_a_server_calls_fail_at_once_and_only_those_before_the_first_attempt_wait() -> None:
    away = PipelinedConnection("redis://127.0.0.1:9")
    with pytest.raises(RedisUnavailable):
        away.call("PING")
    assert not await away.ready()
    async with running(away.run):
        await until_state(away, "open")
        for _ in range(20):
            await fails_within(away, 0.1)


@pytest.mark.survives("F01")
async def test_f01_a_silent_server_costs_its_callers_a_quarter_of_a_second_and_later_ones_nothing(
    valkey: Valkey, link: Proxy
) -> None:
    """F01 (D18, D19, D20): a Redis that no longer answers costs the requests of the first moment 0.25 s and the later ones nothing,
    although it still accepts connections."""
    transitions: Transitions = []
    async with connected(
        f"redis://127.0.0.1:{link.port}", on_transition=lambda *change: transitions.append(change)
    ) as silent:
        await link.switch(Mode.SILENT)
        await fails_within(silent, 0.5)
        assert transitions == [("redis", "closed", "open")]
        spent = []
        for _ in range(200):
            started = time.monotonic()
            with pytest.raises(RedisUnavailable):
                await silent.ask("PING")
            spent.append(time.monotonic() - started)
            await asyncio.sleep(0.01)
        assert sorted(spent)[180] < 0.005
        assert link.accepted >= 3, "it was accepted again and again, and that proved nothing"
        assert ("redis", "half-open", "closed") not in transitions
        await link.switch(Mode.FORWARD)
        await until_up(silent)
        assert await silent.ask("ECHO", "again") == b"again"
        assert transitions[-2:] == [("redis", "open", "half-open"), ("redis", "half-open", "closed")]


async def test_a_server_that_never_answered_was_never_there_and_is_asked_less_and_less_often(link: Proxy) -> None:
    await link.switch(Mode.SILENT)
    silent = PipelinedConnection(f"redis://127.0.0.1:{link.port}")
    async with running(silent.run):
        await asyncio.sleep(3.0)
        assert not silent.is_up
        assert 3 <= link.accepted <= 9, "each waits 0.17 s for its answer, then 0, 50, 100, 200, 500, 1000 ms"


async def test_a_slow_server_is_away(link: Proxy) -> None:
    link.latency_s = 5.0
    slow = PipelinedConnection(f"redis://127.0.0.1:{link.port}")
    async with running(slow.run):
        await until_state(slow, "open")
        await asyncio.sleep(0.5)
        assert not slow.is_up


async def test_a_stopped_process_is_away_and_comes_back(tmp_path: Path) -> None:
    with embedded_valkey(tmp_path) as server:
        async with connected(server.url) as connection:
            server._process.send_signal(signal.SIGSTOP)  # type: ignore[union-attr]  # it runs
            await fails_within(connection, 0.5)
            await fails_within(connection, 0.1)
            server._process.send_signal(signal.SIGCONT)  # type: ignore[union-attr]  # it runs
            await until_up(connection)
            assert await connection.ask("ECHO", "again") == b"again"


async def test_a_failure_in_the_keeper_opens_the_breaker_and_the_supervisor_starts_it_again() -> None:
    broken = PipelinedConnection("redis://127.0.0.1:notaport")
    deaths: list[str] = []
    supervisor = Supervisor(on_death=deaths.append)
    supervisor.start("redis-connection", broken.run)
    async with asyncio.timeout(5):
        while len(deaths) < 2:
            await asyncio.sleep(0.01)
    assert broken.state == "open"
    await fails_within(broken, 0.1)
    await supervisor.stop()


async def test_the_url_names_the_database(valkey: Valkey) -> None:
    async with connected(f"redis://127.0.0.1:{valkey.port}/3") as opened:
        assert b" db=3 " in await opened.call("CLIENT", "INFO")


async def test_the_url_names_the_user_and_a_wrong_password_is_no_answer(valkey: Valkey) -> None:
    async with connected(valkey.url) as admin:
        await admin.ask("ACL", "SETUSER", "app", "on", ">p@ss", "allcommands", "allkeys")
        async with connected(f"redis://app:p%40ss@127.0.0.1:{valkey.port}/0") as opened:
            assert await opened.ask("ACL", "WHOAMI") == b"app"
        wrong = PipelinedConnection(f"redis://app:secret-guess@127.0.0.1:{valkey.port}/0")
        with capture_logs() as logged:
            async with running(wrong.run):
                await until_state(wrong, "open")
        assert "WRONGPASS" in repr(logged)
        assert "secret-guess" not in repr(logged)


def write_certificate(folder: Path) -> ssl.SSLContext:
    """Of `localhost`, signed by itself; the server's side of TLS with it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
    pem = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "certificate.pem").write_bytes(pem)
    (folder / "both.pem").write_bytes(private + pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context


async def test_rediss_speaks_tls_to_a_server_that_it_can_trust_and_to_no_other(
    valkey: Valkey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with Proxy(valkey.port, tls=write_certificate(tmp_path)) as secured:
        url = f"rediss://localhost:{secured.port}/0"
        stranger = PipelinedConnection(url)
        async with running(stranger.run):
            await until_state(stranger, "open")
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
        async with connected(url) as opened:
            assert await opened.ask("ECHO", "secret") == b"secret"


async def test_beyond_ten_thousand_waiting_a_call_fails_at_once(connection: RedisConnection) -> None:
    waiting = [connection.call("PING") for _ in range(MAX_WAITING)]
    with pytest.raises(RedisUnavailable):
        connection.call("PING")
    await asyncio.gather(*waiting, return_exceptions=True)  # a slow machine may lose them: they waited too long
    await until_up(connection)
    assert await connection.call("ECHO", "again") == b"again"


async def test_a_stall_of_the_own_loop_is_not_taken_for_a_silent_server(connection: RedisConnection) -> None:
    waiting = connection.call("PING")
    time.sleep(0.4)  # noqa: ASYNC251 - blocking is the claim; nothing is written before the turn ends
    assert await waiting == b"PONG"
    waiting = connection.call("PING")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    time.sleep(0.4)  # noqa: ASYNC251 - blocking is the claim; it is written, and the answer waits to be read
    assert await waiting == b"PONG"


async def test_who_waits_when_the_connection_ends_is_told(valkey: Valkey) -> None:
    async with connected(valkey.url) as connection:
        waiting = connection.call("BLPOP", "nothing", 0)
    with pytest.raises(RedisUnavailable):
        await waiting
    with pytest.raises(RedisUnavailable):
        connection.call("PING")


async def test_a_caller_that_is_gone_leaves_nothing_that_asyncio_complains_about(valkey: Valkey) -> None:
    complaints: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: complaints.append(context))
    async with connected(valkey.url) as connection:
        connection.call("BLPOP", "nothing", 0)
    await asyncio.sleep(0)
    assert complaints == []


async def test_a_script_that_is_refused_says_so_once_until_it_runs_again(connection: RedisConnection) -> None:
    script = Script(connection, b"return redis.call(ARGV[1], ARGV[2])")
    with capture_logs() as logged:
        for command in ("NO-SUCH", "NO-SUCH", "ECHO", "NO-SUCH"):
            with suppress(RedisUnavailable):
                await script.run(0, command, "x")
    assert [one["event"] for one in logged] == ["redis.script_refused"] * 2


@pytest.mark.parametrize("error", NO_MASTER)
async def test_f02_a_server_that_takes_no_writes_is_left(error: str, connection: RedisConnection) -> None:
    """F02 (D20): after a failover a connection to what has become a replica is given up, so that the next one finds the master."""
    with pytest.raises(RedisUnavailable):
        await connection.ask("EVAL", f"return redis.error_reply('{error} not here')", 0)
    assert not connection.is_up
    await until_up(connection)


async def test_ready_waits_no_longer_than_it_says(valkey: Valkey) -> None:
    never_begun = PipelinedConnection(valkey.url)
    started = time.monotonic()
    assert not await never_begun.ready()
    assert RECONNECT_S * 0.9 <= time.monotonic() - started < RECONNECT_S + 0.3


async def test_commands_errors_and_connects_are_counted(tmp_path: Path) -> None:
    registry = Registry()
    with embedded_valkey(tmp_path) as store:
        async with connected(store.url, metrics=RedisMetrics(registry)) as connection:
            await connection.ask("SET", "metrics:test", "1")
            with pytest.raises(RedisUnavailable):
                await connection.ask("XADD", "metrics:test", "*", "a", "b")
            store.kill()
            while connection.is_up:
                await asyncio.sleep(0.01)
            with pytest.raises(RedisUnavailable):
                connection.call("PING")
            while connection.state != "open":
                await asyncio.sleep(0.01)
            store.start()
            await until_up(connection)
    told = registry.render().decode()

    def count(name: str) -> float:
        return float(told.partition(f"_redis_{name} ")[2].split("\n")[0])

    assert count('command_seconds_count{command="set"}') == count('command_seconds_count{command="xadd"}') == 1
    assert count('command_seconds_count{command="ping"}') == 2, "one for each connection"
    assert 0 < count('command_seconds_sum{command="set"}') < 1
    assert (count('errors_total{error="refused"}'), count('errors_total{error="away"}')) == (1, 1)
    assert count('connects_total{outcome="ok"}') == 2
    assert count('connects_total{outcome="failed"}') >= 1
