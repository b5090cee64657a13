"""The one place that builds: every object of one worker, from its settings; and the only one that names a technology."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from starlette.middleware.cors import CORSMiddleware

from app import product
from app.audit.log import AuditLog
from app.auth.breaker import Breaker
from app.auth.jwks import KeySet
from app.auth.keycloak_identity import KeycloakIdentity, KeycloakKeys
from app.auth.tickets import Tickets
from app.auth.verifier import TokenVerifier
from app.broadcast.hub import Hub
from app.broadcast.redis_broker import RedisBroker
from app.db.database import Database, make_engine
from app.db.pipelined_redis import PipelinedConnection
from app.execution.context import Context
from app.execution.cursor import CursorSeal
from app.execution.deadlines import Deadlines
from app.execution.platform import Platform
from app.execution.runner import Runner
from app.execution.surface import check_surface
from app.http.application import make_application
from app.http.door import HttpDoor
from app.http.table import RouteTable
from app.limits.redis_limiter import RedisLimiter
from app.settings import LogFormat, Settings
from app.supervision.supervisor import Supervisor
from app.telemetry.logs import configure
from app.telemetry.metrics import Metrics
from app.ws.endpoint import SocketDoor
from generated.errors import ERRORS, CloseCode
from generated.handlers import Handlers
from generated.http_routes import ROUTES
from generated.operations import CONTRACT_HASH, CONTRACT_VERSION, OPERATIONS, TOPICS
from generated.wire import EVENT_CODECS
from generated.ws_packages import PACKAGES

REDIS_TIMEOUT_S = 0.2
EXPOSED = (
    "ETag", "Location", "RateLimit", "RateLimit-Policy", "Retry-After", "Stele-Contract", "Idempotent-Replayed",
    "X-Correlation-ID",
)  # fmt: skip
Asgi = Callable[[Any, Any, Any], Any]

logger = structlog.get_logger(__name__)


class Service:
    """What one worker is made of; `start` and `stop` are the lifespan."""

    def __init__(self, settings: Settings) -> None:
        self.metrics = Metrics(OPERATIONS, ERRORS, list(CloseCode), f"{CONTRACT_VERSION};{CONTRACT_HASH}")
        self.supervisor = Supervisor(on_death=self.metrics.task_ended)
        secret = settings.client_secret
        breaker = Breaker("keycloak", on_transition=self.metrics.breaker)
        self.identity = KeycloakIdentity(
            url=settings.keycloak_url,
            realm=settings.keycloak_realm,
            client_id=settings.keycloak_client_id,
            client_secret=secret,
            breaker=breaker,
        )
        self.key_source = KeycloakKeys(settings.issuer)
        self.keys = KeySet(self.key_source.fetch)
        self.verifier = TokenVerifier(
            self.keys,
            issuer=settings.issuer,
            audience=settings.token_audience,
            azp=frozenset(settings.token_azp),
            client_id=settings.keycloak_client_id,
        )
        redis_url = settings.redis_url.get_secret_value()
        self.redis = Redis.from_url(
            redis_url,
            socket_timeout=REDIS_TIMEOUT_S,
            socket_connect_timeout=REDIS_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )
        self.pipeline = PipelinedConnection(redis_url)
        self.limiter = RedisLimiter(self.pipeline, scale=settings.rate_limit_scale, on_down=self.metrics.limiter_down)
        self.database = Database(
            make_engine(settings.database_url.get_secret_value(), settings.database_connections),
            settings.database_connections,
        )
        self.audit = AuditLog(self.database, on_drop=self.metrics.audit_dropped)
        self.hub = Hub()
        self.reader = Redis.from_url(redis_url, socket_connect_timeout=REDIS_TIMEOUT_S, retry=Retry(NoBackoff(), 0))
        self.broker = RedisBroker(self.pipeline, self.reader, topics=TOPICS, codecs=EVENT_CODECS)
        self.deadlines = Deadlines()
        self.runner = Runner(
            database=self.database,
            limiter=self.limiter,
            audit=self.audit,
            broker=self.broker,
            metrics=self.metrics,
            deadlines=self.deadlines,
        )
        self.tickets = Tickets(self.redis)

    def handlers(self, settings: Settings) -> Handlers[Context]:
        """Every feature's handler; a missing method fails here, at start, and one that the contract does not name too."""
        cursors = CursorSeal(settings.signing_secret.get_secret_value().encode())
        handlers = product.handlers(Platform(self.identity, self.tickets, cursors, self.is_ready))
        check_surface(handlers)
        return handlers

    async def is_ready(self) -> bool:
        """Redis only degrades: without it limits are per node and events wait."""
        return self.keys.is_ready and not self.supervisor.failing and await self.database.ping()

    async def start(self) -> None:
        self.keys.start()
        self.supervisor.start("audit-writer", self.audit.work)
        await self.pipeline.start()
        await self.broker.start(self.hub.deliver)
        logger.info("service.started", contract=CONTRACT_VERSION, operations=len(OPERATIONS))

    async def stop(self) -> None:
        await self.supervisor.stop()
        await self.broker.stop()
        await self.pipeline.stop()
        await self.keys.stop()
        await self.audit.flush()
        self.deadlines.stop()
        await self.identity.aclose()
        await self.key_source.aclose()
        await self.redis.aclose()
        await self.reader.aclose()
        await self.database.close()
        logger.info("service.stopped")


def build(settings: Settings) -> Asgi:
    """One ASGI application with all doors."""
    configure(settings.log_level, is_json=settings.log_format is LogFormat.JSON)
    service = Service(settings)
    handlers = service.handlers(settings)

    @asynccontextmanager
    async def lifespan(_: Any) -> AsyncIterator[None]:
        await service.start()
        try:
            yield
        finally:
            await service.stop()

    http = HttpDoor(
        table=RouteTable(ROUTES),
        runner=service.runner,
        handlers=handlers,
        verifier=service.verifier,
        trusted_proxies=settings.trusted_proxies,
        behind=make_application(lifespan, service.metrics),
    )
    socket = SocketDoor(
        runner=service.runner,
        handlers=handlers,
        packages=PACKAGES,
        verifier=service.verifier,
        tickets=service.tickets,
        limiter=service.limiter,
        hub=service.hub,
        metrics=service.metrics,
        settings=settings,
    )
    return _doors(http, _with_cors(http, settings.origins), socket)


def _with_cors(application: Asgi, origins: tuple[str, ...]) -> Asgi:
    return CORSMiddleware(
        application,
        allow_origins=origins,
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=[
            "Authorization",
            "Content-Type",
            "Idempotency-Key",
            "If-Match",
            "Request-Timeout-Ms",
            "X-Correlation-ID",
            "X-Stele-Client",
        ],
        expose_headers=EXPOSED,
    )


def _doors(http: Asgi, browser: Asgi, socket: Asgi) -> Asgi:
    """Only requests with an Origin pay for CORS."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket" and scope["path"] == "/web":
            await socket(scope, receive, send)
        elif scope["type"] == "http" and any(name == b"origin" for name, _ in scope["headers"]):
            await browser(scope, receive, send)
        else:
            await http(scope, receive, send)

    return application
