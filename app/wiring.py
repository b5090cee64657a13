"""The one place that builds: every object of one worker, from its settings; and the only one that names a technology."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import structlog

from app import product
from app.admission.gate import Gate
from app.admission.shares import Shares
from app.admission.tally import Refused, Tally
from app.admission.transfers import Transfers
from app.audit.log import AuditLog
from app.audit.sealer import AuditSealer
from app.audit.upkeep import AuditUpkeep
from app.auth.breaker import Breaker
from app.auth.discovery import IssuerDiscovery
from app.auth.ended_sessions import EndedSessions
from app.auth.jwks import KeySet
from app.auth.keycloak_identity import KeycloakIdentity, KeycloakKeys
from app.auth.logout_token import LogoutTokens
from app.auth.signed_tokens import SignedTokens
from app.auth.tickets import Tickets
from app.auth.verifier import TokenVerifier
from app.broadcast.hub import Hub
from app.broadcast.mover import Mover
from app.broadcast.presence import LEASE_S, Presence
from app.broadcast.presence_store import PresenceStore
from app.broadcast.redis_broker import RedisBroker
from app.broadcast.topics import Topics
from app.db.database import Database
from app.db.schema import Schema, configuration
from app.doors import Asgi, Doors, paths_of
from app.execution.access_log import AccessLog
from app.execution.audit_rows import SocketRecorder
from app.execution.context import Context
from app.execution.cursor import CursorSeal
from app.execution.deadlines import Deadlines
from app.execution.guarded_identity import GuardedIdentity
from app.execution.handler_methods import check_methods
from app.execution.platform import Platform
from app.execution.purge import AnswerPurge
from app.execution.runner import Runner
from app.guard.listener import GuardedLoop
from app.guard.places import Places, capacity
from app.http.application import make_application
from app.http.backchannel import PATH as BACKCHANNEL
from app.http.backchannel import BackchannelLogout
from app.http.cors import CrossOrigin
from app.http.documents import documents
from app.http.door import HttpDoor
from app.http.events import PATH as EVENTS_PATH
from app.http.events import EventStreams
from app.http.guide import guide
from app.http.refusals import Refusals
from app.http.spool import make_spool
from app.http.table import RouteTable
from app.limits.nodes import Nodes
from app.limits.redis_limiter import RedisLimiter
from app.limits.user_sockets import UserSockets
from app.readings import known, read_parts
from app.settings import Documents, LogFormat, Settings
from app.supervision.inspector import Inspector
from app.supervision.readiness import Readiness
from app.supervision.supervisor import Supervisor
from app.telemetry.logs import configure
from app.telemetry.metrics.catalogue import Catalogue
from app.tracing import make_tracing
from app.ws.endpoint import SocketDoor, no_socket
from generated.handlers import Handlers
from generated.http_routes import ROUTES
from generated.operations import CONTRACT_VERSION, EVENTS, OPERATIONS, SOCKETS_PER_USER, TOPICS, Priority
from generated.topics import TOPIC_FILTERS, TOPIC_RECORDS
from generated.wire import EVENT_CODECS
from generated.ws_packages import GUARDS, PACKAGES

logger = structlog.get_logger(__name__)


class Service:
    """What one worker is made of; `start` and `stop` are the lifespan. Making it opens nothing and asks nobody. Its
    parts are attributes, for whoever tests it or adds a task of his own."""

    def __init__(self, settings: Settings) -> None:
        self.tracing = make_tracing(settings)
        self.metrics = metrics = self.tracing.metrics(known())
        self.supervisor = Supervisor(on_death=metrics.node.task_ended)
        self.database = Database(
            settings.database_url.get_secret_value(),
            settings.database_connections,
            clock=self.tracing.clock(metrics, slow_s=settings.slow_statement_ms / 1000),
            on_wait=metrics.database.waited,
            on_transition=metrics.breakers.moved,
        )
        self._know_users(settings)
        self._reach_redis(settings)
        self.audit = AuditLog(self.database, on_drop=metrics.audit_dropped, on_left_out=metrics.audit_left_out)
        self.audit_upkeep = AuditUpkeep(self.database, retention_days=settings.audit_retention_days)
        self.audit_sealer = AuditSealer(self.database)
        self.hub = Hub(metrics.events.received, latest={name for name, one in TOPICS.items() if not one.must_deliver})
        self.events = self.tracing.broker(self.broker, self.hub.delivered)
        self.mover = Mover(self.database, self.events, TOPICS, on_depth=metrics.events.outbox_depth)
        self.deadlines, self.tally = Deadlines(), Tally()
        self.shares = Shares(settings.database_connections, tally=self.tally)
        self.gate = Gate(paths_of(Priority.SESSION), is_backed_up_for=self.shares.is_backed_up_for, tally=self.tally)
        self.schema = Schema(configuration())
        self.readiness = Readiness(
            {
                "database": self._has_database,
                "schema": self._has_schema,
                "keys": self._has_keys,
                "ended sessions": self._knows_ended_sessions,
                "redis": self._is_taken_by_redis,
                "background tasks": self._tasks_live,
            },
            remarks={"keycloak": self.identity.remark},
        )
        self.access = AccessLog(sample=settings.access_log_sample, slow_s=settings.slow_request_ms / 1000)
        runner = Runner(
            database=self.database,
            limiter=self.limiter,
            audit=self.audit,
            outbox=self.tracing.outbox(Topics(TOPICS, TOPIC_RECORDS, TOPIC_FILTERS), metrics, wake=self.mover.wake),
            metrics=metrics.requests,
            deadlines=self.deadlines,
            shares=self.shares,
            gate=self.gate,
            access=self.access,
        )
        self.runner = self.tracing.runner(runner)
        self.tickets = Tickets(self.pipeline, has_ended=self.ended.has_ended)
        self.places = Places(capacity())
        read_parts(metrics, self)

    def _reach_redis(self, settings: Settings) -> None:
        redis_url = settings.redis_url.get_secret_value()
        self.pipeline = self.tracing.redis(redis_url, self.metrics)
        self.nodes = Nodes(self.pipeline, at_first=settings.workers)
        most = SOCKETS_PER_USER * settings.rate_limit_scale
        self.user_sockets = UserSockets(self.pipeline, most=most, nodes=self.nodes.count)
        self.limiter = RedisLimiter(
            self.pipeline,
            scale=settings.rate_limit_scale,
            nodes=self.nodes.count,
            on_down=self.metrics.limiter.down,
            on_decision=self.metrics.limiter.decided,
        )
        watcher = self.metrics.events
        self.broker = RedisBroker(self.pipeline, topics=TOPICS, codecs=EVENT_CODECS, watcher=watcher)
        self.presence = Presence(
            PresenceStore(self.pipeline, lease_s=LEASE_S),
            {name for name, one in TOPICS.items() if one.has_presence},
            on_change=watcher.presence_changed,
        )

    def _know_users(self, settings: Settings) -> None:
        self.ended = EndedSessions(self.database)
        self.realm_url = settings.realm_url
        self.breaker = Breaker("keycloak", on_transition=self.metrics.breakers.moved)
        self.identity = KeycloakIdentity(
            url=settings.keycloak_url,
            realm=settings.keycloak_realm,
            client_id=settings.keycloak_client_id,
            client_secret=settings.client_secret,
            breaker=self.breaker,
            metrics=self.metrics.issuer,
        )
        self.key_source = KeycloakKeys(settings.realm_url)
        self.keys = KeySet(self.metrics.issuer.measured("jwks", self.key_source.fetch))
        self.discovery = IssuerDiscovery(
            self.metrics.issuer.measured("discovery", self.key_source.fetch_configuration),
            realm_url=settings.realm_url,
            configured=settings.keycloak_issuer,
            on_change=lambda issuer: self.verifier.expect(issuer),
        )
        self.verifier = TokenVerifier(
            self.keys,
            issuer=self.discovery.issuer,
            audience=settings.token_audience,
            azp=frozenset(settings.token_azp),
            client_id=settings.keycloak_client_id,
            has_ended=self.ended.has_ended,
        )

    def backchannel(self, settings: Settings) -> BackchannelLogout:
        """Where the issuer tells of sessions that have ended."""
        client_id = settings.keycloak_client_id
        return BackchannelLogout(
            tokens=LogoutTokens(SignedTokens(self.keys), issuer=lambda: self.discovery.issuer, client_id=client_id),
            database=self.database,
            audit=self.audit,
            limiter=self.limiter,
            trusted_proxies=settings.trusted_proxies,
        )

    def handlers(self, settings: Settings) -> Handlers[Context]:
        """Every feature's handler; TypeError for a missing method, UnknownMethod for one that the contract does not
        name: here, at start, and never at a call."""
        cursors = CursorSeal(settings.signing_secret.get_secret_value().encode(), self.ended.clock)
        handlers = product.handlers(
            Platform(
                GuardedIdentity(self.identity, self.limiter), self.tickets, cursors, lambda: self.readiness.is_ready
            )
        )
        check_methods(handlers)
        return handlers

    async def _has_database(self) -> bool | str:
        return await self.database.fault() or True

    async def _knows_ended_sessions(self) -> bool | str:
        """Before its first look the node would take the tokens of those who have logged out."""
        return self.ended.is_loaded or "not read yet"

    async def _has_schema(self) -> bool | str:
        return await self.schema.lasting_fault(self.database) or True

    async def _has_keys(self) -> bool | str:
        if not self.keys.is_ready:
            return f"no keys of {self.realm_url}: {self.keys.failure or 'not answered yet'}"
        return self.discovery.is_settled or f"{self.realm_url} has not said its issuer yet"

    async def _is_taken_by_redis(self) -> bool | str:
        """One that is away only degrades: limits are per node then, and events wait. One that refuses us never comes back."""
        return self.pipeline.refusal or True

    async def _tasks_live(self) -> bool | str:
        return f"cannot live: {', '.join(self.supervisor.failing)}" if self.supervisor.failing else True

    async def start(self) -> None:
        """PostgreSQL, Redis and the issuer may be away: it returns within seconds, and `readiness` says what is
        missing."""
        loop = asyncio.get_running_loop()
        self.metrics.read(Catalogue.TASKS, lambda: len(asyncio.all_tasks(loop)))
        if isinstance(loop, GuardedLoop):
            loop.on_turned_away = partial(self.tally.add, Refused.PLACES_RATE)
        self.tracing.start(self.supervisor)
        self.supervisor.start("redis-connection", self.pipeline.run)
        self.supervisor.start("jwks-refresh", self.keys.run)
        self.supervisor.start("issuer-discovery", self.discovery.run)
        self.supervisor.repeat("ended-sessions", self.ended.rounds)
        self.supervisor.start("node-count", self.nodes.run)
        self.supervisor.start("socket-count", self.user_sockets.run)
        self.supervisor.repeat("audit-writer", self.audit.rounds)
        self.supervisor.repeat("audit-upkeep", self.audit_upkeep.rounds)
        self.supervisor.repeat("audit-sealer", self.audit_sealer.rounds)
        self.supervisor.start("readiness", self.readiness.watch)
        self.supervisor.start("loop-lag", self.metrics.node.watch_loop)
        self.supervisor.repeat("answer-purge", AnswerPurge(self.database).rounds)
        await self.pipeline.ready()
        await self.broker.reading.find_ends(self.hub)
        self.supervisor.start("event-relay", partial(self.events.relay, self.hub, self.mover))
        self.supervisor.start("event-mover", self.mover.work)
        if self.presence.is_needed:
            self.supervisor.start("presence", self.presence.run)
            self.supervisor.start("presence-changes", self.presence.listen)
        logger.info("service.started", contract=CONTRACT_VERSION, operations=len(OPERATIONS))

    async def stop(self) -> None:
        """After the last request: ends the tasks, then writes what the audit queue has, then closes every connection.
        Each step has its limit, a few seconds."""
        await self.presence.withdraw()
        await self.supervisor.stop()
        await self.audit.flush()
        await self.tracing.flush()
        self.deadlines.stop()
        await self.identity.aclose()
        await self.key_source.aclose()
        await self.broker.aclose()
        await self.database.close()
        logger.info("service.stopped")


def build(settings: Settings) -> Asgi:
    """One ASGI application with all doors. Sets up the logging of the process; connections are opened by its lifespan."""
    writer = configure(settings.log_level, is_json=settings.log_format is LogFormat.JSON)
    service = Service(settings)
    service.metrics.read(Catalogue.LOG_LINES_DROPPED, lambda: writer.dropped)
    handlers = service.handlers(settings)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()
            await asyncio.to_thread(writer.flush)

    refusals = Refusals(
        service.audit, on_left_out=service.metrics.audit_left_out, trusted_proxies=settings.trusted_proxies
    )
    socket = _socket(service, handlers, settings)
    http = HttpDoor(
        table=RouteTable(ROUTES),
        runner=service.runner,
        handlers=handlers,
        verifier=service.verifier,
        refusals=refusals,
        spool=make_spool(settings.upload_room_mib),
        transfers=Transfers(service.gate, tally=service.tally),
        trusted_proxies=settings.trusted_proxies,
        behind=_behind(service, lifespan, refusals, settings, socket),
    )
    browser = CrossOrigin(http, settings.origins)
    return Doors(http, browser, socket or no_socket, service, _inspector(service, socket), settings)


def _inspector(service: Service, socket: SocketDoor | None) -> Inspector:
    return Inspector(
        render=service.metrics.render,
        exemplars=service.metrics.exemplars,
        readiness=service.readiness,
        supervisor=service.supervisor,
        breakers={
            "keycloak": lambda: service.breaker.state,
            "postgresql": lambda: service.database.pool.reach.state,
            "redis": lambda: service.pipeline.state,
        },
        connections=socket.connections if socket else list,
    )


def _behind(
    service: Service, lifespan: Callable[[Any], Any], refusals: Refusals, settings: Settings, socket: SocketDoor | None
) -> Asgi:
    """What has no operation of the contract."""
    application = make_application(
        lifespan,
        refusals,
        documents=documents() | guide() if settings.documents is Documents.PUBLIC else {},
        metrics=None if settings.is_production else service.metrics,
    )
    answer = service.backchannel(settings).answer
    application.add_api_route(BACKCHANNEL, answer, methods=["POST"], include_in_schema=False)
    if socket is not None:
        events = EventStreams(service, socket.follow, refusals, settings)
        application.add_api_route(EVENTS_PATH, events.answer, methods=["GET"], include_in_schema=False)
    return application


def _socket(service: Service, handlers: Handlers[Context], settings: Settings) -> SocketDoor | None:
    """A contract that has neither packages nor events has no socket."""
    if not PACKAGES and not EVENTS:
        return None
    recorder = SocketRecorder(service.audit)
    door = SocketDoor(
        runner=service.runner,
        handlers=handlers,
        packages=PACKAGES,
        guards=GUARDS,
        verifier=service.verifier,
        tickets=service.tickets,
        limiter=service.limiter,
        user_sockets=service.user_sockets,
        hub=service.hub,
        history=service.broker.history,
        reading=service.broker.reading,
        presence=service.presence,
        metrics=service.metrics.sockets,
        settings=settings,
        on_refusal=recorder.refused,
        on_passage=recorder.passed,
        gate=service.gate,
        has_ended=service.ended.has_ended,
    )
    service.ended.on_ended = door.review
    service.metrics.read(Catalogue.SOCKET_OUTBOX, lambda: door.waiting_bytes)
    return door
