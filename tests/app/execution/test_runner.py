"""The order of the pipeline, and what is promised about it."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from copy import copy
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, literal, select
from structlog.testing import capture_logs

from app.admission.gate import Gate
from app.admission.shares import Shares
from app.admission.streams import OpenStreams
from app.admission.tally import Tally
from app.audit.budget import RowBudget
from app.auth.credential_refused import CredentialRefused, IssuerReason, IssuerRefused, Reason
from app.auth.principal import Principal
from app.broadcast.outbox import Outbox
from app.broadcast.topics import Topics
from app.db.database import Database
from app.db.statements import Write, compile_statement
from app.execution.context import Abandoned, Call, Caller, Context, Door
from app.execution.deadlines import Deadlines, Watch
from app.execution.runner import LEEWAY_S, MAX_STREAM_S, MAX_TIMEOUT_S, REFUSED_AFTER_S, Runner, deadline_s
from app.execution.tables import STORED_ANSWER
from app.limits.limiter import OverLimit, Permit
from app.telemetry.correlation import CURRENT
from generated.errors import (
    ArtistNameTaken,
    ArtistNotFound,
    Forbidden,
    Internal,
    InvalidData,
    OutcomeUnknown,
    RateLimited,
    Timeout,
    Unauthenticated,
    Unavailable,
    VersionMismatch,
)
from generated.models import CreateArtistRequest
from generated.operations import BUCKETS, OPERATIONS, TOPICS, Audit, Bucket, Operation, Priority
from generated.results import Artist, ArtistCreated, ArtistList, PageMeta
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS, EVENT_OF
from tests.features.artists.artists import NOW

Method = Callable[[Any, Any], Any]
NOTHING = compile_statement(select(literal(1)))
ADD_ANSWER = compile_statement(
    STORED_ANSWER.insert().values(subject="s", operation="o", key=bindparam("key"), fingerprint=b"")
)
COMMITS_THAT_WAIT = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"

ARTIST = Artist(id=1, name="x", bio=None, born_on=None, created_at=NOW, updated_at=NOW, version=1)
SEVENTH = SimpleNamespace(artist_id=7)
"""Of an operation whose path names an artist, what the runner reads of a request."""
FOUND = ArtistList(
    items=[ARTIST], meta=PageMeta(page=1, per_page=1000, total=1, pages=1, next_cursor=None, has_more=False)
)


class Witness:
    """Limiter, audit log, outbox and metrics that write down, in order, what they were asked."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.asked: list[tuple[str, str]] = []
        """Budgets, with whose."""
        self.written: list[Any] = []
        self.offered: list[Any] = []
        self.into: list[str] = []
        """What wrote rows of the audit log, and whether events were beside them."""
        self.observed: list[tuple[str, str, str, float]] = []
        self.noted: list[tuple[str, str, float]] = []
        self.is_spent = False
        self.outbox: Any = self
        self.refusal: Exception | None = None
        self.limited = RowBudget(of_one=2, of_all=100, on_left_out=self.leave_out)
        self.is_silent = False
        """Whether the audit log's database is."""

    async def take(self, bucket: Bucket, subject: str) -> Permit:
        self.seen.append(f"limit {bucket.name}")
        self.asked.append((bucket.name, subject))
        return Permit(not self.is_spent, bucket.limit, 0, 3, int(bucket.window_s))

    async def write(self, executor: Any, record: Any, *, beside: Write | None = None) -> None:
        self.written.append(record)
        self.into.append(f"{type(executor).__name__} with events" if beside else type(executor).__name__)
        self.seen.append(f"audit {record.outcome}")
        if self.is_silent:
            await asyncio.Event().wait()
        if self.refusal is not None:
            raise self.refusal

    def offer(self, record: Any) -> None:
        self.offered.append(record)
        self.seen.append(f"offer {record.outcome}")

    def leave_out(self, count: int) -> None:
        self.seen.append("left out")

    def rows_of(self, operation: Operation, events: list[Any]) -> Write | None:
        self.seen.extend(f"append {type(event).__name__}" for event in events)
        return Write(NOTHING, {}) if events else None

    def wake(self, events: list[Any]) -> None:
        self.seen.extend(f"wake {type(event).__name__}" for event in events)

    def observe(self, door: str, operation: str, code: str, seconds: float) -> None:
        self.seen.append(f"metric {code}")
        self.observed.append((door, operation, code, seconds))

    def note(self, call: Call, code: str, seconds: float) -> None:
        self.noted.append((call.operation.name, code, seconds))


@pytest.fixture
def witness() -> Witness:
    return Witness()


@pytest.fixture
async def raw_outbox(migrated: str) -> AsyncIterator[asyncpg.Connection]:
    """A session beside the service's; the outbox is empty."""
    connection = await asyncpg.connect(migrated.replace("+asyncpg", ""))
    await connection.execute("DELETE FROM event_outbox")
    yield connection
    await connection.close()


async def run(database: Database, witness: Witness, operation: str, method: Method, **given: Any) -> Any:
    anyone: Any = witness
    deadlines = given.get("deadlines") or Deadlines()
    runner = Runner(
        database=database,
        limiter=anyone,
        audit=anyone,
        outbox=witness.outbox,
        metrics=anyone,
        deadlines=deadlines,
        shares=given.pop("shares", None) or Shares(4),
        gate=given.get("gate") or Gate(),
        access=given.get("access"),
        clock=given.get("clock", time.time),
    )
    roles = frozenset(given.pop("roles", {"get-artists", "create-artist"}))
    lasts_s = given.pop("lasts_s", 60.0)
    principal = Principal("iss", given.get("user", "sub"), "ada", None, roles, time.time() + lasts_s)

    async def receive() -> None:
        witness.seen.append("receive")
        if given.get("is_away"):
            raise Abandoned

    def read() -> Any:
        witness.seen.append("decode")
        if given.get("is_bad"):
            raise ValueError
        return given.get("request", "request")

    caller = Caller(
        given.get("principal", None if given.get("is_stranger") else principal), given.get("ip", "127.0.0.1"), "agent",
        Door.HTTP, given.get("credential_refused"), given.get("absent", Reason.MISSING),
    )  # fmt: skip
    try:
        called = replace(OPERATIONS[operation], **({"audit_fields": ()} | given.get("policy", {})))
        call = Call(called, method, read, caller, "trace", given.get("timeout_s"))
        call.receive = given.get("receive", receive) if given.get("has_body") else None
        call.deliver = given.get("deliver")
        for name in ("idempotency_key", "peek", "fault_of", "alternatives", "arrived_at", "arrival", "object_id"):
            setattr(call, name, given.get(name, getattr(call, name)))
        given.get("calls", []).append(call)
        return await runner.run(call)
    finally:
        deadlines.stop()


async def either(event: asyncio.Event, task: asyncio.Task[Any]) -> None:
    """Until it has come to this, or has failed before."""
    waiting = asyncio.create_task(event.wait())
    await asyncio.wait({waiting, task}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()


def with_value(field: str, value: object) -> Artist:
    """An artist, one of whose fields is wrong."""
    changed = copy(ARTIST)
    setattr(changed, field, value)
    return changed


def saying(witness: Witness, result: Any = ARTIST) -> Method:
    async def method(context: Context, request: object) -> Any:
        witness.seen.append("handler")
        return result

    return method


def announcing(result: Any = ARTIST) -> Method:
    async def method(context: Context, request: object) -> Any:
        context.publish(ArtistCreated(artist=ARTIST))
        return result

    return method


async def test_a_query_is_limited_decoded_run_and_offered_to_the_log(database: Database, witness: Witness) -> None:
    assert await run(database, witness, "get_artists", saying(witness, FOUND)) is FOUND
    assert witness.seen == ["limit reads", "decode", "handler", "offer success", "metric ok"]


async def test_a_command_leaves_its_rows_before_its_commit_and_wakes_the_mover_after(
    database: Database, witness: Witness
) -> None:
    await run(database, witness, "create_artist", announcing())
    assert witness.seen == [
        "limit writes",
        "decode",
        "append ArtistCreated",
        "audit success",
        "wake ArtistCreated",
        "metric ok",
    ]


async def test_a_query_that_publishes_leaves_its_row_too(database: Database, witness: Witness) -> None:
    await run(database, witness, "get_artists", announcing(FOUND))
    assert witness.seen[2:4] == ["append ArtistCreated", "wake ArtistCreated"]


async def test_only_the_row_of_a_refusal_may_be_tried_again_and_has_a_key(database: Database, witness: Witness) -> None:
    async def taken(context: Context, request: object) -> Any:
        raise ArtistNameTaken

    await run(database, witness, "create_artist", saying(witness))
    with pytest.raises(ArtistNameTaken):
        await run(database, witness, "create_artist", taken)
    assert [(record.outcome, record.key is None) for record in witness.written] == [("success", True), ("error", False)]


async def test_a_query_whose_required_row_cannot_be_written_publishes_nothing(
    database: Database, witness: Witness
) -> None:
    """It is refused as unavailable, so that nothing may have been heard of it. The event's row is of one statement with it."""
    witness.refusal = Unavailable()
    with pytest.raises(Unavailable):
        await run(database, witness, "get_artists", announcing(FOUND), policy={"audit": Audit.REQUIRED})
    assert witness.into == ["Database with events"]
    assert not [one for one in witness.seen if one.startswith("wake")]


@pytest.mark.parametrize("operation", ["delete_artist", "get_artists"])
async def test_an_event_that_the_operation_does_not_declare_is_internal_and_nothing_is_committed(
    database: Database, raw_outbox: asyncpg.Connection, witness: Witness, operation: str
) -> None:
    """The handler's own statement is rolled back with it."""
    witness.outbox = Outbox(
        EVENT_OF, EVENT_CODECS, Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS), wake=witness.seen.append
    )
    mark = uuid.uuid4().hex

    async def method(context: Context, request: object) -> Any:
        if operation == "delete_artist":
            await context.db.execute(ADD_ANSWER, key=mark)
        context.publish(ArtistCreated(artist=ARTIST))
        return FOUND if operation == "get_artists" else None

    roles = {"get-artists", "delete-artist"}
    with pytest.raises(Internal):
        await run(database, witness, operation, method, roles=roles, request=SEVENTH)
    assert await raw_outbox.fetchval("SELECT count(*) FROM event_outbox") == 0
    assert await raw_outbox.fetchval("SELECT count(*) FROM stored_answer WHERE key = $1", mark) == 0
    assert "artists" not in witness.seen


async def test_a_body_is_read_after_the_budget_and_the_roles_and_not_at_all_for_who_is_refused(
    database: Database, witness: Witness
) -> None:
    await run(database, witness, "create_artist", saying(witness), has_body=True)
    assert witness.seen[:3] == ["limit writes", "receive", "decode"]
    refused: tuple[dict[str, Any], ...] = ({"is_stranger": True}, {"roles": set()})
    for given in refused:
        witness.seen.clear()
        with pytest.raises((Unauthenticated, Forbidden)):
            await run(database, witness, "create_artist", saying(witness), has_body=True, **given)
        assert "receive" not in witness.seen


async def test_a_caller_who_goes_away_before_its_request_is_whole_leaves_a_cancelled_call(
    database: Database, witness: Witness
) -> None:
    with pytest.raises(Abandoned):
        await run(database, witness, "create_artist", saying(witness), has_body=True, is_away=True)
    assert witness.seen == ["limit writes", "receive", "metric cancelled"]


@pytest.mark.parametrize(
    ("given", "error", "seen"),
    [
        ({"is_stranger": True}, Unauthenticated, ["offer denied", "metric unauthenticated"]),
        ({"lasts_s": -11.0}, Unauthenticated, ["offer denied", "metric unauthenticated"]),
        ({"roles": set()}, Forbidden, ["limit writes", "audit denied", "metric forbidden"]),
        ({"is_bad": True}, InvalidData, ["limit writes", "decode", "audit error", "metric invalid_data"]),
    ],
)
async def test_a_refusal_runs_nothing_and_says_so_in_the_log(
    database: Database, witness: Witness, given: dict[str, Any], error: type[Exception], seen: list[str]
) -> None:
    with pytest.raises(error):
        await run(database, witness, "create_artist", saying(witness), **given)
    assert witness.seen == seen


async def test_a_spent_budget_is_answered_before_the_roles_are_looked_at(database: Database, witness: Witness) -> None:
    witness.is_spent = True
    with pytest.raises(RateLimited) as refused:
        await run(database, witness, "create_artist", saying(witness), roles=set())
    assert refused.value.retry_after_s == 3
    assert witness.seen == ["limit writes", "offer denied", "metric rate_limited"]


async def test_of_calls_that_a_limit_refuses_a_caller_has_some_rows_and_the_others_are_counted(
    database: Database, witness: Witness
) -> None:
    witness.is_spent = True
    for user in ["ada"] * 4 + ["bob"]:
        with pytest.raises(RateLimited):
            await run(database, witness, "create_artist", saying(witness), user=user)
    told = [one for one in witness.seen if one in ("offer denied", "left out")]
    assert told == ["offer denied"] * 2 + ["left out"] * 2 + ["offer denied"]


async def test_a_budget_that_a_handler_found_spent_is_the_one_that_the_answer_tells(
    database: Database, witness: Witness
) -> None:
    """The login of a name is counted behind the address's: what is over is told, not what is left of the other."""
    spent = Permit(allowed=False, limit=10, remaining=0, reset_s=9, window_s=60)

    async def method(context: Context, request: object) -> None:
        raise OverLimit(BUCKETS["login-name"], spent)

    calls: list[Call] = []
    with pytest.raises(RateLimited):
        await run(database, witness, "create_artist", method, calls=calls)
    assert [(one.bucket, one.permit) for one in calls] == [(BUCKETS["login-name"], spent)]


async def test_any_other_exception_is_internal_and_nothing_of_it_gets_out(database: Database, witness: Witness) -> None:
    async def method(context: Context, request: object) -> None:
        raise KeyError("secret")

    with pytest.raises(Internal) as refused:
        await run(database, witness, "create_artist", method)
    assert "secret" not in str(refused.value)
    assert witness.seen[-2:] == ["audit error", "metric internal"]


def own(lines: list[Any]) -> list[Any]:
    """Without the line that each failed request has at its end, and those that say how slow the machine was."""
    assert lines[-1]["event"] == "request.ended"
    return [one for one in lines[:-1] if one["event"] != "database.slow_statement"]


@pytest.mark.parametrize(
    ("result", "fault"),
    [
        ({"id": 3}, ": dict where Artist is due"),
        (None, ": NoneType where Artist is due"),
        ([ARTIST], ": list where Artist is due"),
        (FOUND, ": ArtistList where Artist is due"),
        (with_value("name", None), "/name: NoneType where string is due"),
        (with_value("id", "secret"), "/id: str where integer(int64) is due"),
        (with_value("version", 2**63), "/version: int where integer(int64) is due"),
        (with_value("version", True), "/version: bool where integer(int64) is due"),
        (with_value("updated_at", NOW.replace(tzinfo=None)), "/updated_at: datetime where string(date-time) is due"),
        (with_value("born_on", NOW), "/born_on: datetime where string(date) is due"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
async def test_a_result_of_a_wrong_type_is_internal_and_nothing_is_committed(
    database: Database, raw_outbox: asyncpg.Connection, witness: Witness, result: Any, fault: str
) -> None:
    """The log names the operation, the field and what is due, and no value."""
    mark = uuid.uuid4().hex

    async def method(context: Context, request: object) -> Any:
        await context.db.execute(ADD_ANSWER, key=mark)
        return result

    with capture_logs() as logs, pytest.raises(Internal):
        await run(database, witness, "create_artist", method)
    assert [(line["event"], line["operation"], line["fault"]) for line in own(logs)] == [
        ("operation.wrong_result", "create_artist", fault)
    ]
    assert await raw_outbox.fetchval("SELECT count(*) FROM stored_answer WHERE key = $1", mark) == 0
    assert witness.seen[-2:] == ["audit error", "metric internal"]


async def test_text_that_no_encoder_takes_is_found_before_the_commit(
    database: Database, raw_outbox: asyncpg.Connection, witness: Witness
) -> None:
    mark = uuid.uuid4().hex

    async def method(context: Context, request: object) -> Any:
        await context.db.execute(ADD_ANSWER, key=mark)
        return with_value("name", "\ud800")

    with pytest.raises(Internal):
        await run(database, witness, "create_artist", method)
    assert await raw_outbox.fetchval("SELECT count(*) FROM stored_answer WHERE key = $1", mark) == 0


@pytest.mark.parametrize("result", [[ARTIST], None, ARTIST], ids=lambda one: type(one).__name__)
async def test_a_query_answers_its_page_and_nothing_else(database: Database, witness: Witness, result: Any) -> None:
    with pytest.raises(Internal):
        await run(database, witness, "get_artists", saying(witness, result))
    assert witness.seen[-1] == "metric internal"


async def test_a_refusal_that_the_operation_does_not_declare_is_internal_and_logged_with_both_names(
    database: Database, witness: Witness
) -> None:
    async def method(context: Context, request: object) -> None:
        raise ArtistNameTaken

    with capture_logs() as logs, pytest.raises(Internal):
        await run(database, witness, "get_artists", method)
    assert [(line["event"], line["operation"], line["code"]) for line in own(logs)] == [
        ("operation.error_not_declared", "get_artists", "artist_name_taken")
    ]


async def test_a_deadline_ends_the_handler(database: Database, witness: Witness) -> None:
    async def method(context: Context, request: object) -> None:
        await asyncio.sleep(30)

    with pytest.raises(Timeout):
        await run(database, witness, "create_artist", method, timeout_s=0.05)


async def test_a_failed_command_leaves_no_event(database: Database, witness: Witness) -> None:
    async def method(context: Context, request: object) -> None:
        await announcing()(context, request)
        raise Forbidden

    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", method)
    assert not any("ArtistCreated" in word for word in witness.seen)


@pytest.mark.parametrize(
    "refusal",
    [
        Unavailable(),
        asyncpg.LockNotAvailableError("a migration holds the table"),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_a_refusal_stands_and_its_row_is_queued_where_it_cannot_be_written_at_once(
    database: Database, witness: Witness, refusal: Exception
) -> None:
    witness.refusal = refusal
    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", saying(witness), roles=set())
    assert witness.seen == ["limit writes", "audit denied", "offer denied", "metric forbidden"]


async def test_a_command_whose_row_cannot_be_written_is_no_success_and_wakes_nobody(
    database: Database, witness: Witness
) -> None:
    witness.refusal = Unavailable()
    with pytest.raises(Unavailable):
        await run(database, witness, "create_artist", announcing())
    assert witness.seen == [
        "limit writes",
        "decode",
        "append ArtistCreated",
        "audit success",
        "offer error",
        "metric unavailable",
    ]


async def test_every_refused_login_takes_as_long_and_holds_no_share_meanwhile(
    database: Database, witness: Witness
) -> None:
    """Five at once where two have a place: each is refused after as long, and none waited for another's wait."""

    async def refused(context: Context, request: object) -> Any:
        raise IssuerRefused(IssuerReason.PASSWORD)

    started = time.monotonic()
    calls = [run(database, witness, "login", refused, shares=shares) for shares in [Shares(2)] for _ in range(5)]
    found = await asyncio.gather(*calls, return_exceptions=True)
    took_s = time.monotonic() - started
    assert [type(one) for one in found] == [IssuerRefused] * 5
    assert took_s >= REFUSED_AFTER_S
    assert witness.seen.index("metric credentials_invalid") > max(
        place for place, one in enumerate(witness.seen) if one == "decode"
    ), "the last was let in before the first had waited"


# What each step hands on


async def test_a_call_is_measured_and_its_lines_say_whose_they_are(database: Database, witness: Witness) -> None:
    said: list[Any] = []

    async def method(context: Context, request: object) -> Any:
        said.append((CURRENT.get(), context.trace_id, context.principal, context.db, request))
        context.status = 203
        return FOUND

    calls: list[Call] = []
    await run(database, witness, "get_artists", method, calls=calls, access=witness)
    ((current, trace_id, principal, db, request),) = said
    assert current.fields() == {"trace_id": "trace", "operation": "get_artists", "door": "http", "subject": "iss:sub"}
    assert (trace_id, principal.subject, db, request) == ("trace", "iss:sub", database, "request")
    assert calls[0].status == 203
    ((*told, seconds),) = witness.observed
    assert (told, witness.noted) == (["http", "get_artists", "ok"], [("get_artists", "ok", seconds)])
    assert 0 < seconds < 60
    assert witness.offered[0].duration_ms < 60_000


async def test_a_command_s_rows_go_through_its_transaction_and_a_query_s_do_not(
    database: Database, witness: Witness
) -> None:
    calls: list[Call] = []
    said: list[Any] = []

    async def method(context: Context, request: object) -> Any:
        said.append((context.principal, context.trace_id))
        context.status = 202
        return await announcing()(context, request)

    await run(database, witness, "create_artist", method, calls=calls)
    await run(database, witness, "get_artists", announcing(FOUND), policy={"audit": Audit.REQUIRED})
    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", method, roles=set())
    assert witness.into == ["Transaction with events", "Database with events", "Database"]
    assert calls[0].status == 202
    assert said == [(calls[0].caller.principal, "trace")]


@pytest.mark.parametrize(
    ("operation", "given", "asked"),
    [
        ("create_artist", {}, ("writes", "iss:sub")),
        ("login", {"is_stranger": True}, ("login", "127.0.0.1")),
        ("login", {"is_stranger": True, "ip": "2001:db8::7"}, ("login", "2001:db8::/64")),
    ],
)
async def test_a_budget_is_the_user_s_or_the_address_s(
    database: Database, witness: Witness, operation: str, given: dict[str, Any], asked: tuple[str, str]
) -> None:
    await run(database, witness, operation, saying(witness), fault_of=lambda result: None, **given)
    assert witness.asked == [asked]


async def test_a_role_that_is_exactly_what_is_asked_for_suffices(database: Database, witness: Witness) -> None:
    assert await run(database, witness, "create_artist", saying(witness), roles={"create-artist"}) is ARTIST


async def test_a_credential_that_was_refused_is_paid_for_by_the_address_and_told(
    database: Database, witness: Witness
) -> None:
    refused = Reason.SIGNATURE
    with capture_logs() as logs, pytest.raises(CredentialRefused) as caught:
        await run(database, witness, "create_artist", saying(witness), credential_refused=refused, ip="2001:db8::7")
    assert caught.value.reason is refused
    assert witness.asked == [("unauthenticated", "2001:db8::/64")]
    assert [(one.code, one.reason) for one in witness.offered] == [("unauthenticated", "signature")]
    assert [(one["event"], one["reason"], one["trace_id"]) for one in logs if one["event"] == "auth.denied"] == [
        ("auth.denied", "signature", "trace")
    ]
    witness.is_spent = True
    with pytest.raises(RateLimited):
        await run(database, witness, "create_artist", saying(witness), credential_refused=refused)


@pytest.mark.parametrize(("given", "reason"), [({}, "missing"), ({"absent": Reason.EXPIRED}, "expired")])
async def test_the_row_of_a_stranger_says_why_there_is_no_credential(
    database: Database, witness: Witness, given: dict[str, Any], reason: str
) -> None:
    with pytest.raises(CredentialRefused):
        await run(database, witness, "create_artist", saying(witness), is_stranger=True, **given)
    assert [one.reason for one in witness.offered] == [reason]


@pytest.mark.parametrize(("late_s", "is_let_in"), [(LEEWAY_S - 0.1, True), (LEEWAY_S, False)])
async def test_a_token_counts_for_the_leeway_beyond_its_end(
    database: Database, witness: Witness, late_s: float, is_let_in: bool
) -> None:
    ada = Principal("iss", "sub", "ada", None, frozenset({"create-artist"}), 1000.0)
    called = run(
        database, witness, "create_artist", saying(witness), principal=ada, clock=lambda: 1000.0 + late_s
    )  # fmt: skip
    if is_let_in:
        assert await called is ARTIST
    else:
        with pytest.raises(CredentialRefused):
            await called
        assert [one.reason for one in witness.offered] == ["expired"]


class HeardGate(Gate):
    """Keeps what it hears of waits."""

    def __init__(self) -> None:
        super().__init__()
        self.waits: list[float] = []

    def began(self, waited_s: float) -> None:
        self.waits.append(waited_s)
        super().began(waited_s)


async def test_the_rows_of_a_success_and_of_a_refusal_keep_what_the_contract_names(
    database: Database, witness: Witness
) -> None:
    async def taken(context: Context, request: object) -> Any:
        raise ArtistNameTaken

    given: dict[str, Any] = {
        "policy": {"audit_fields": ("name",)},
        "request": CreateArtistRequest(name="Emma", bio="private"),
    }
    await run(database, witness, "create_artist", saying(witness), **given)
    with pytest.raises(ArtistNameTaken):
        await run(database, witness, "create_artist", taken, **given)
    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", saying(witness), roles=(), **given)
    assert [row.data for row in witness.written] == [{"name": "Emma"}, {"name": "Emma"}, {}]


async def test_the_deadline_counts_from_the_arrival(database: Database, witness: Witness) -> None:
    gate, arrived_at = HeardGate(), time.monotonic() - 20
    with pytest.raises(Timeout):
        await run(
            database, witness, "create_artist", saying(witness), arrived_at=arrived_at, timeout_s=19, gate=gate,
            has_body=True,
        )  # fmt: skip
    assert witness.seen == ["limit writes", "receive", "offer error", "metric timeout"]
    assert 20 <= gate.waits[0] < 80
    given = {"arrived_at": time.monotonic() - 20, "timeout_s": 30, "policy": {"timeout_s": 30}}
    assert await run(database, witness, "create_artist", saying(witness), **given) is ARTIST


@pytest.mark.survives("D22", "L01")
async def test_a_request_is_coming_until_it_asks_for_its_share_waits_for_its_body_or_is_refused(
    database: Database, witness: Witness
) -> None:
    """What is on its way to a share of the work keeps others out of a full node. Who sends his body slowly is not, nor who runs, nor who is
    refused and waits for his audit row."""
    gate, seen = Gate(), []

    async def look(*_: object) -> Any:
        seen.append((gate.coming, gate.in_flight))
        return ARTIST

    given = {"has_body": True, "receive": look, "gate": gate}
    await run(database, witness, "create_artist", look, arrival=gate.arrived("192.0.2.1"), **given)
    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", look, arrival=gate.arrived("192.0.2.1"), roles=(), gate=gate)
    assert (seen, gate.coming, gate.in_flight) == ([(0, 1), (0, 1)], 0, 2)


async def test_the_time_in_which_a_body_comes_is_not_the_call_s(database: Database, witness: Witness) -> None:
    deadlines, spent_s = KeptDeadlines(), [0.0]

    async def slow() -> None:
        spent_s[0] = time.perf_counter() - started
        await asyncio.sleep(0.3)

    given: dict[str, Any] = {"has_body": True, "receive": slow, "timeout_s": 20.0, "deadlines": deadlines}
    started = time.perf_counter()
    assert await run(database, witness, "create_artist", saying(witness), **given) is ARTIST
    assert 20 - spent_s[0] <= deadlines.left_s <= 20


class FullShares(Shares):
    """Have no room for who asks for the first time; says who waited."""

    def __init__(self, capacity: int, *, is_for_good: bool) -> None:
        super().__init__(capacity)
        self.is_for_good = is_for_good
        self.waited: list[tuple[Priority, str]] = []

    def enter_at_once(self, caller: str) -> bool:
        return bool(self.waited) and super().enter_at_once(caller)

    async def enter(self, priority: Priority, caller: str) -> None:
        self.waited.append((priority, caller))
        if self.is_for_good:
            raise Unavailable
        assert self.enter_at_once(caller)


@pytest.mark.parametrize("is_for_good", [False, True])
async def test_who_finds_the_node_full_waits_for_a_place_and_gives_it_back_and_a_probe_needs_none(
    database: Database, witness: Witness, is_for_good: bool
) -> None:
    shares = FullShares(1, is_for_good=is_for_good)
    await run(database, witness, "livez", saying(witness, None), shares=shares, fault_of=lambda result: None)
    called = run(database, witness, "create_artist", saying(witness), shares=shares)
    if is_for_good:
        with pytest.raises(Unavailable):
            await called
    else:
        assert await called is ARTIST
    assert (shares.waited, shares.running) == ([(Priority.WRITE, "iss:sub")], 0)


@pytest.mark.parametrize(
    ("refused", "error", "tried"),
    [({1: VersionMismatch}, None, [1, 2]), ({1: VersionMismatch, 2: VersionMismatch}, None, [1, 2, 3]),
     ({1: VersionMismatch, 2: VersionMismatch, 3: VersionMismatch}, VersionMismatch, [1, 2, 3]),
     ({1: ArtistNotFound}, ArtistNotFound, [1])],
)  # fmt: skip
async def test_alternatives_are_tried_in_turn_while_their_precondition_fails(
    database: Database, witness: Witness, refused: dict[int, type[Exception]], error: type[Exception] | None,
    tried: list[int],
) -> None:  # fmt: skip
    seen: list[int] = []

    async def method(context: Context, request: Any) -> Any:
        seen.append(request.version)
        if request.version in refused:
            raise refused[request.version]
        return ARTIST

    def versions(*numbers: int) -> list[Any]:
        return [SimpleNamespace(artist_id=7, version=one) for one in numbers]

    called = run(
        database, witness, "update_artist", method, roles={"update-artist"}, request=versions(1)[0],
        alternatives=lambda request: versions(2, 3),
    )  # fmt: skip
    if error is None:
        assert await called is ARTIST
    else:
        with pytest.raises(error):
            await called
    assert seen == tried


async def test_a_key_is_of_one_user_and_one_operation_and_its_answer_is_given_again(
    database: Database, witness: Witness
) -> None:
    key, calls = uuid.uuid4().hex, list[Call]()
    given = {"idempotency_key": key, "request": CreateArtistRequest(name="x"), "calls": calls}
    for user in ("sub", "sub", "another"):
        assert await run(database, witness, "create_artist", announcing(), user=user, **given) == ARTIST
    assert [one.replayed for one in calls] == [False, True, False]
    assert witness.seen.count("append ArtistCreated") == witness.seen.count("wake ArtistCreated") == 2
    await run(database, witness, "create_artist", announcing(), **given | {"idempotency_key": ""})
    assert calls[-1].replayed is False


class KeptDeadlines(Deadlines):
    """Says how long a call had left when it was watched, and ends it when told."""

    left_s = 0.0

    def watch(self, timeout_s: float) -> Watch:
        self.left_s, self.watched = timeout_s, super().watch(timeout_s)
        return self.watched


async def test_a_deadline_within_the_commit_is_an_unknown_outcome(
    database: Database, raw_outbox: asyncpg.Connection, witness: Witness
) -> None:
    """A deferred trigger waits for a lock that the test has, so that PostgreSQL takes its time over COMMIT."""
    mark, deadlines = uuid.uuid4().hex, KeptDeadlines()

    async def method(context: Context, request: object) -> Any:
        await context.db.execute(ADD_ANSWER, key=mark)
        return ARTIST

    await raw_outbox.execute(
        f"""CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END';
        CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON stored_answer DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.key = '{mark}') EXECUTE FUNCTION hold();
        SELECT pg_advisory_lock(7)"""
    )
    task = asyncio.create_task(run(database, witness, "create_artist", method, deadlines=deadlines, timeout_s=30))
    try:
        while not (await raw_outbox.fetchval(COMMITS_THAT_WAIT) or task.done()):
            await asyncio.sleep(0.01)
        deadlines.watched.due = 0.0
        with pytest.raises(OutcomeUnknown):
            await task
        assert witness.seen[-2:] == ["offer error", "metric outcome_unknown"]
    finally:
        await raw_outbox.execute("SELECT pg_advisory_unlock(7); DROP FUNCTION hold CASCADE")


async def test_a_cancelled_command_is_rolled_back_and_leaves_no_row_of_a_refusal(
    database: Database, raw_outbox: asyncpg.Connection, witness: Witness
) -> None:
    mark, has_begun = uuid.uuid4().hex, asyncio.Event()

    async def method(context: Context, request: object) -> Any:
        await context.db.execute(ADD_ANSWER, key=mark)
        has_begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(run(database, witness, "create_artist", method))
    await either(has_begun, task)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (witness.seen, witness.observed[0][2]) == (["limit writes", "decode", "metric cancelled"], "cancelled")
    assert await raw_outbox.fetchval("SELECT count(*) FROM stored_answer WHERE key = $1", mark) == 0


async def test_the_row_names_the_object_of_the_path(database: Database, witness: Witness) -> None:
    await run(database, witness, "get_artist", saying(witness), request=SEVENTH)
    assert [one.object_id for one in witness.offered] == ["7"]


def unread() -> dict[str, object]:
    raise ValueError


@pytest.mark.parametrize(
    ("operation", "given", "object_id"),
    [
        ("get_artist", {"peek": lambda: {"artist_id": 7}}, "7"),
        ("get_artist", {"peek": lambda: {"artist_id": "x"}}, "x"),
        ("get_artist", {"peek": lambda: {"artist_id": True}}, None),
        ("get_artist", {"peek": lambda: {"artist_id": [7]}}, None),
        ("get_artist", {"peek": lambda: {"other": 7}}, None),
        ("get_artist", {"peek": unread}, None),
        ("get_artist", {}, None),
        ("get_artist", {"peek": lambda: {"artist_id": 7}, "object_id": "of the path"}, "of the path"),
        ("get_artists", {"peek": lambda: {"artist_id": 7}}, None),
    ],
)
async def test_the_row_of_a_refusal_names_the_object_as_it_was_sent(
    database: Database, witness: Witness, operation: str, given: dict[str, Any], object_id: str | None
) -> None:
    with pytest.raises(Forbidden):
        await run(database, witness, operation, saying(witness), roles=set(), **given)
    assert [(one.object_id, one.code) for one in witness.offered] == [(object_id, "forbidden")]


async def test_a_refusal_waits_a_moment_for_its_row_and_no_longer(database: Database, witness: Witness) -> None:
    witness.is_silent = True
    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", saying(witness), roles=set())
    assert [(one.code, one.action) for one in witness.offered] == [("forbidden", "create_artist")]
    assert witness.observed[0][3] < 20


async def test_where_no_audit_is_asked_for_a_refusal_leaves_no_row(database: Database, witness: Witness) -> None:
    with pytest.raises(Forbidden):
        await run(database, witness, "create_artist", saying(witness), roles=set(), policy={"audit": Audit.NONE})
    assert witness.seen == ["limit writes", "metric forbidden"]


async def test_what_only_reads_has_no_outcome_to_ask_for(database: Database, witness: Witness) -> None:
    async def method(context: Context, request: object) -> Any:
        raise OutcomeUnknown(retry_after_s=7)

    with pytest.raises(Unavailable) as refused:
        await run(database, witness, "get_artists", method)
    assert refused.value.retry_after_s == 7
    with pytest.raises(OutcomeUnknown):
        await run(database, witness, "create_artist", method)


async def test_a_fault_is_logged_with_its_operation_and_its_traceback(database: Database, witness: Witness) -> None:
    fault = KeyError("secret")

    async def method(context: Context, request: object) -> Any:
        raise fault

    with capture_logs() as logs, pytest.raises(Internal) as refused:
        await run(database, witness, "get_artists", method)
    assert [(line["event"], line["operation"], line["exc_info"]) for line in own(logs)] == [
        ("operation.failed", "get_artists", fault)
    ]
    assert refused.value.__cause__ is fault


@pytest.mark.parametrize(("asked", "due"), [(None, 5.0), (2.0, 2.0), (20.0, 20.0), (900.0, MAX_TIMEOUT_S)])
def test_a_caller_says_how_long_it_waits_up_to_a_limit(asked: float | None, due: float) -> None:
    nothing: Any = None
    assert deadline_s(Call(OPERATIONS["create_artist"], nothing, nothing, nothing, "trace", asked)) == due


# Streams

STREAM = {"is_stream": True, "errors": OPERATIONS["get_artist"].errors}


class Taker:
    """Takes items; waits behind the second where it is slow."""

    def __init__(self, *, is_slow: bool = False) -> None:
        self.taken: list[Any] = []
        self.is_slow = is_slow
        self.has_two = asyncio.Event()

    async def __call__(self, item: Any) -> None:
        self.taken.append(item)
        if len(self.taken) == 2:
            self.has_two.set()
            if self.is_slow:
                await asyncio.Event().wait()


class Handler:
    """Three lists; says what it was given, and whether its `finally` has run."""

    def __init__(self, fault: object = None) -> None:
        self.given: list[Any] = []
        self.has_ended = False
        self.fault = fault

    async def artists(self, context: Any, request: Any) -> AsyncGenerator[Any, None]:
        self.given = [context.trace_id, context.principal.subject, context.db, request]
        try:
            yield FOUND
            yield FOUND
            if isinstance(self.fault, Exception):
                raise self.fault
            yield self.fault or FOUND
        finally:
            self.has_ended = True


async def test_a_stream_goes_through_every_step_and_leaves_one_row(database: Database, witness: Witness) -> None:
    taker, shares, handler = Taker(), Shares(4), Handler()
    answered = await run(
        database, witness, "get_artists", handler.artists, policy=STREAM | {"audit": Audit.REQUIRED}, deliver=taker,
        has_body=True, shares=shares,
    )  # fmt: skip
    assert handler.given == ["trace", "iss:sub", database, "request"]
    assert (answered, [type(one) for one in taker.taken]) == (None, [ArtistList] * 3)
    assert witness.seen == ["limit reads", "receive", "decode", "audit success", "metric ok"]
    assert (shares.streams.open, shares.running) == (0, 0)


class RestingGate(Gate):
    """Keeps whose request rests."""

    def __init__(self) -> None:
        super().__init__()
        self.resting: list[str] = []

    def rests(self, address: str) -> None:
        self.resting.append(address)
        super().rests(address)


async def test_a_stream_takes_its_user_s_place_and_rests_at_the_gate_by_its_address(
    database: Database, witness: Witness
) -> None:
    shares, gate, taker = Shares(4), RestingGate(), Taker()
    shares.streams = OpenStreams(Tally(), max_of_caller=1)
    given: dict[str, Any] = {"policy": STREAM, "deliver": taker, "shares": shares, "gate": gate}
    with shares.streams.place("iss:sub", "192.0.2.1", Gate()):
        with pytest.raises(Unavailable):
            await run(database, witness, "get_artists", Handler().artists, **given)
        await run(database, witness, "get_artists", Handler().artists, user="another", **given)
    assert (gate.resting, len(taker.taken)) == (["127.0.0.1"], 3)


async def test_the_row_of_a_stream_names_the_object_of_the_path(database: Database, witness: Witness) -> None:
    given: dict[str, Any] = {"policy": {"is_stream": True}, "fault_of": lambda item: None, "request": SEVENTH}
    await run(database, witness, "get_artist", Handler().artists, deliver=Taker(), **given)
    assert [one.object_id for one in witness.offered] == ["7"]


@pytest.mark.parametrize(
    ("given", "error", "seen"),
    [
        ({"roles": set()}, Forbidden, ["limit reads", "offer denied", "metric forbidden"]),
        ({"is_spent": True}, RateLimited, ["limit reads", "offer denied", "metric rate_limited"]),
    ],
)
async def test_who_is_refused_gets_no_item(
    database: Database, witness: Witness, given: dict[str, Any], error: type[Exception], seen: list[str]
) -> None:
    witness.is_spent = given.get("is_spent", False)
    taker = Taker()
    with pytest.raises(error):
        await run(database, witness, "get_artists", Handler().artists, policy=STREAM, deliver=taker, **given)
    assert (taker.taken, witness.seen) == ([], seen)


@pytest.mark.parametrize(
    ("fault", "code"), [(ArtistNotFound(), "artist_not_found"), (LookupError(), "internal"), ("x", "internal")]
)
async def test_what_fails_on_the_way_is_the_end_of_it(
    database: Database, witness: Witness, fault: object, code: str
) -> None:
    handler, taker = Handler(fault), Taker()
    with capture_logs(), pytest.raises((ArtistNotFound, Internal)):
        await run(database, witness, "get_artists", handler.artists, policy=STREAM, deliver=taker)
    assert (len(taker.taken), handler.has_ended) == (2, True)
    assert witness.seen[-2:] == ["offer error", f"metric {code}"]


async def test_a_slow_taker_is_waited_for_until_the_deadline(database: Database, witness: Witness) -> None:
    handler, taker = Handler(), Taker(is_slow=True)
    with pytest.raises(Timeout):
        await run(database, witness, "get_artists", handler.artists, policy=STREAM, deliver=taker, timeout_s=0.1)
    assert (len(taker.taken), handler.has_ended) == (2, True)


async def test_a_cancelled_stream_runs_its_finally_and_leaves_a_row(database: Database, witness: Witness) -> None:
    handler, taker, shares = Handler(), Taker(is_slow=True), Shares(4)
    task = asyncio.create_task(
        run(database, witness, "get_artists", handler.artists, policy=STREAM, deliver=taker, shares=shares)
    )
    await either(taker.has_two, task)
    assert (shares.streams.open, shares.running) == (1, 0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (handler.has_ended, witness.seen[-2:], shares.streams.open) == (True, ["offer error", "metric cancelled"], 0)
    assert [one.code for one in witness.offered] == ["cancelled"]


async def test_a_handler_that_times_out_itself_has_failed(database: Database, witness: Witness) -> None:
    """Its TimeoutError is not the call's deadline."""
    with capture_logs(), pytest.raises(Internal):
        await run(database, witness, "get_artists", Handler(TimeoutError()).artists, policy=STREAM, deliver=Taker())


@pytest.mark.parametrize(
    ("asked", "own", "due"),
    [(None, 600.0, 600.0), (2.0, 600.0, 2.0), (900.0, 600.0, 600.0), (None, 9999.0, MAX_STREAM_S)],
)
def test_a_caller_shortens_the_deadline_of_a_stream_and_cannot_lengthen_it(
    asked: float | None, own: float, due: float
) -> None:
    nothing: Any = None
    operation = replace(OPERATIONS["get_artists"], is_stream=True, timeout_s=own)
    assert deadline_s(Call(operation, nothing, nothing, nothing, "trace", asked)) == due
