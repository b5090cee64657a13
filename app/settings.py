"""Every setting of the service, in groups. Where values come from is `app/configuration`'s. A field's title says what a value must
look like, also to who gave another one; the text below it says what it is for. Both are in `docs/settings.md`.

A setting has one name: `database_url` here is the variable `DATABASE_URL`. Secrets are `SecretStr`, so that printing prints none.
Production is the default environment; what it refuses is in `app/configuration/production.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from importlib.util import find_spec
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from app.addresses import check_host, check_issuer, check_origins, check_redis, postgres_url
from generated.product import NAME


class Environment(StrEnum):
    DEVELOPMENT = "development"
    """Takes what production refuses: http issuers, `*` as an origin, short secrets, larger limits."""
    TEST = "test"
    """As development, for a machine that reads: JSON lines, no token in a query."""
    PRODUCTION = "production"


class LogFormat(StrEnum):
    JSON = "json"
    """One object a line, with the service's name, for machines."""
    HUMAN = "human"
    """For a terminal; without the service's name."""


class Documents(StrEnum):
    """Where the console (/ and /docs), /openapi.json, /asyncapi.json, /client.json and the built /guide are."""

    PUBLIC = "public"
    ADMIN = "admin"
    OFF = "off"


class Tls(StrEnum):
    """Who ends the TLS of callers."""

    NONE = "none"
    PROXY = "proxy"
    """A proxy in front of the node; between it and the node there is nobody else."""


@dataclass(frozen=True)
class Unset:
    """The values of a setting that nobody has set, as a variable would say them; None: it must be set."""

    development: str | None
    test: str | None
    production: str | None

    def of(self, environment: Environment) -> str | None:
        return {
            Environment.DEVELOPMENT: self.development, Environment.TEST: self.test,
            Environment.PRODUCTION: self.production,
        }[environment]  # fmt: skip


def _split(value: object) -> object:
    """Lists are written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _nothing(value: object) -> object:
    """An empty variable is one that is not set."""
    return None if value == "" else value


def _database(value: SecretStr) -> SecretStr:
    return SecretStr(postgres_url(value.get_secret_value()))


def _redis(value: SecretStr) -> SecretStr:
    check_redis(value.get_secret_value())
    return value


def _retention(days: int) -> int:
    if days != KEPT_FOR_EVER and days < LEAST_RETENTION_DAYS:
        raise ValueError("what is younger than 30 days is not dropped")
    return days


def _collector(value: str | None) -> str | None:
    if value is not None and find_spec("opentelemetry.sdk") is None:
        raise ValueError("needs the extra otel, which is not installed")
    return value if value is None else check_issuer(value)


def _issuer(value: str | None) -> str | None:
    return value if value is None else check_issuer(value)


KEPT_FOR_EVER = 0
LEAST_RETENTION_DAYS = 30
Texts = Annotated[tuple[str, ...], BeforeValidator(_split)]
Origins = Annotated[Texts, AfterValidator(check_origins)]
Host = Annotated[str, AfterValidator(check_host)]
Hosts = Annotated[tuple[Host, ...], BeforeValidator(_split)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]


class Group(BaseModel):
    """Settings that belong together; `about` says to what."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, use_attribute_docstrings=True)
    about: ClassVar[str]

    @field_validator("*")
    @classmethod
    def judge(cls, value: Any, info: ValidationInfo) -> Any:
        """Validation's context, if there is one, says what is unsafe where the settings are read."""
        if info.context is not None and (fault := info.context(info.field_name, value)):
            raise ValueError(f"{fault} in production")
        return value


class NodeSettings(Group):
    about = "The node"

    environment: Environment = Field(Environment.PRODUCTION, title="production, test or development")
    """`ENV` is its older name. What nobody has set is production."""
    host: str = Field("127.0.0.1", min_length=1, title="an address to listen on, such as 0.0.0.0")
    """Where callers come in."""
    port: int = Field(8000, ge=0, le=65535, title="a port to listen on, such as 8000; 0 takes any that is free")
    """Beside `HOST`."""
    workers: int = Field(1, ge=1, le=64, title="a number of processes, 1 to 64")
    """Each is a whole node: its own loop, connections, caches of tokens and gate. Limits and events are shared. Beside
    them there is a process that replaces those that die."""
    start_wait_s: Annotated[int, Unset("60", "60", "300")] = Field(
        60, ge=1, le=3600, title="seconds, 1 to 3600, such as 60"
    )
    """How long a node that starts waits for PostgreSQL and the issuer. It is alive and not ready meanwhile, says every few
    seconds for what it waits, and then ends with exit code 69."""
    drain_s: Annotated[int, Unset("0", "0", "5")] = Field(0, ge=0, le=60, title="seconds, 0 to 60, such as 5")
    """How long a node that is told to end is not ready and still takes who comes, until balancers know; afterwards its sockets have as
    long to go elsewhere. What is in flight has 10 s then, and all is over within `DRAIN_S` and 20 s: what stops the node must wait
    for longer."""
    upload_room_mib: int = Field(1024, ge=1, title="MiB of disk for the bodies of requests, such as 1024")
    """What files that are being sent may hold at once, for each worker, in the folder of temporary files (`TMPDIR`). One caller
    has a quarter of it at most, so that four times the contract's largest body is the least."""


class AdminSettings(Group):
    about = "The admin port"

    admin_host: str = Field("127.0.0.1", min_length=1, title="an address to listen on, such as 127.0.0.1")
    """Whoever reaches it sees metrics, connections and what is broken; it asks for no credential."""
    admin_port: Annotated[int, Unset("0", "0", "8081")] = Field(
        0, ge=0, le=65535, title="a port to listen on, such as 8081; 0 opens none"
    )
    """Metrics of all workers, readiness with its reasons, connections, and the documents. /metrics is public too, one worker's, but
    not in production."""
    documents: Annotated[Documents, Unset("public", "public", "admin")] = Field(
        Documents.PUBLIC, title="public, admin or off"
    )
    """Where the console (/ and /docs), /openapi.json, /asyncapi.json, /client.json and the built /guide are."""


class DatabaseSettings(Group):
    about = "PostgreSQL"

    database_url: Annotated[SecretStr, AfterValidator(_database)] = Field(
        title="postgresql://user:password@host:port/database"
    )
    """As providers hand it out, `postgres://` too, with libpq's `sslmode`, `sslrootcert`, `sslcert` and `sslkey` in its query."""
    database_connections: int = Field(10, ge=2, le=200, title="a number of connections, 2 to 200")
    """Held by each worker, so that PostgreSQL needs `WORKERS` times as many, and two more for each: the probe's and the
    mover's. It bounds the operations that run at once, too. The start compares the sum with `max_connections`."""
    database_nodes: int = Field(1, ge=1, le=1000, title="a number of nodes, 1 to 1000")
    """How many nodes share the database; only for that comparison."""


class AuditSettings(Group):
    about = "The audit log"

    audit_retention_days: Annotated[int, AfterValidator(_retention)] = Field(
        KEPT_FOR_EVER, le=36500, title="days, 30 or more, such as 400; 0 keeps all for ever"
    )
    """Months whose every row is older are dropped as a whole, and leave a record. For ever, if nothing is said: for how long is the
    law's or the company's to say, and what was dropped does not come back. docs/audit.md says which right it takes."""


class RedisSettings(Group):
    about = "Redis or Valkey"

    redis_url: Annotated[SecretStr, AfterValidator(_redis)] = Field(
        title="redis://:password@host:port/0, or rediss:// for TLS, or unix:///path/of/the/socket, "
        "or redis+sentinel://:password@host:26379,host:26379/service/0, or redis+cluster://:password@host:port,host:port"
    )
    """An ACL user stands before the password. For TLS the query may have `ssl_ca_certs`, `ssl_certfile` and `ssl_keyfile`; `rediss+sentinel` and
    `rediss+cluster` speak it with every server. User and password are those of the servers that have the data; sentinels may have theirs, as
    `sentinel_username` and `sentinel_password` in the query. Of a cluster some nodes are enough. docs/guides/scaling.md says when to use
    which. Without an answer each bucket does what its `when_down` says, events wait, tickets are 503, and all else goes on."""


class IdentitySettings(Group):
    about = "Keycloak and tokens"

    keycloak_url: Annotated[str, AfterValidator(check_issuer)] = Field(
        title="the issuer's address, such as https://login.example.com; http:// only in development"
    )
    """Without the realm. Where it does not answer, tokens of known keys are taken on, for 24 h."""
    keycloak_issuer: Annotated[str | None, BeforeValidator(_nothing), AfterValidator(_issuer)] = Field(
        None, title="what tokens have as iss, such as https://login.example.com/realms/desk"
    )
    """Unset takes what the realm announces: its public address, where that is another than `KEYCLOAK_URL`."""
    keycloak_realm: str = Field(NAME, min_length=1, title="the name of the realm")
    """Whose users these are, and whose keys sign their tokens."""
    keycloak_client_id: str = Field(NAME, min_length=1, title="the client's id in the realm")
    """Whose roles in a token count here, and who logs users in."""
    keycloak_client_secret: Annotated[SecretStr | None, BeforeValidator(_nothing)] = Field(
        None, title="the client's secret in the realm"
    )
    """Unset for a public client."""
    token_audience: str = Field(NAME, title="the audience that tokens must have")
    """What every token must have in `aud`."""
    token_azp: Texts = Field((NAME,), title="ids of the clients whose tokens are taken, with commas between")
    """Whom a token may be issued to (`azp`): web pages, command lines, other services."""


class CallerSettings(Group):
    about = "Callers"

    tls: Annotated[Tls, Unset("none", "none", None)] = Field(
        Tls.NONE, title="proxy, where a proxy in front of the node ends TLS; none only in development"
    )
    """The node speaks plain HTTP. Production must say that it is not what callers see."""
    trusted_hosts: Annotated[Hosts, Unset("*", "*", None)] = Field(
        ("*",), title="names by which callers ask, such as api.example.com, with commas between"
    )
    """A request with another `Host` is refused with 400; `*.example.com` is every name below, probes may ask by any name."""
    origins: Origins = Field(
        (), title="origins as browsers send them, such as https://app.example.com, with commas between"
    )
    """Origins that may open a socket or call from a page; `*` and `null` only in development."""
    trusted_proxies: int = Field(0, ge=0, le=8, title="a number of proxies, 0 to 8")
    """How many proxies in front of us append to `X-Forwarded-For`; counted from the right (D24)."""
    query_token: Annotated[bool, Unset("true", "false", "false")] = Field(False, title="true or false")
    """Whether `?Authorization=` is accepted at the socket (D8). A token in a URL stands in the logs of proxies and the
    histories of browsers."""
    signing_secret: SecretStr = Field(title="at least 32 characters by chance, the same on every node")
    """Seals cursors. Another one makes the cursors that are under way invalid."""
    rate_limit_scale: int = Field(1, ge=1, title="1, or in development a factor for every limit")
    """Load tests come from one address."""


class LogSettings(Group):
    about = "The log"

    log_level: LogLevel = Field("INFO", title="DEBUG, INFO, WARNING, ERROR or CRITICAL")
    """Below WARNING there are few lines: what succeeds is metrics and audit rows."""
    log_format: Annotated[LogFormat, Unset("human", "json", "json")] = Field(LogFormat.JSON, title="json or human")
    """One object a line, or what a terminal shows."""
    access_log_sample: float = Field(0.0, ge=0, le=1, title="a part of all requests, from 0 to 1, such as 0.01")
    """Which part of the requests has a line when it ends. Every one has whose status is 500 or above, a probe that says no aside, or
    that was slow: at most 100 a second. 0 since metrics and audit rows say what succeeds, and a line costs about half of what a
    request does."""
    slow_request_ms: int = Field(1000, ge=0, le=60_000, title="milliseconds, such as 1000; 0 for never")
    """From when a request is slow."""
    slow_statement_ms: int = Field(250, ge=0, le=60_000, title="milliseconds, such as 250; 0 for never")
    """From when a statement has a line, with its name, its operation and no value; ten a minute for each name."""


class TraceSettings(Group):
    about = "Traces"

    otel_exporter_otlp_endpoint: Annotated[str | None, BeforeValidator(_nothing), AfterValidator(_collector)] = Field(
        None, title="the collector's address for OTLP over HTTP, such as http://127.0.0.1:4318"
    )
    """Spans are sent to `/v1/traces` there, and none without it. The extra `otel` must be installed. What is told of a request is its
    operation, its statements and its commands to Redis by their names, never a value or who called."""
    otel_exporter_otlp_headers: Annotated[SecretStr | None, BeforeValidator(_nothing)] = Field(
        None, title="headers for the collector, such as api-key=secret, with commas between"
    )
    """Percent-encoded, as OpenTelemetry has it."""
    trace_sample: float = Field(0.01, ge=0, le=1, title="a part of all requests, from 0 to 1, such as 0.01")
    """Which part of the requests is told whose callers say nothing. Where `traceparent` says whether the trace is told, that is done."""


class Settings(
    TraceSettings,
    LogSettings,
    CallerSettings,
    IdentitySettings,
    RedisSettings,
    AuditSettings,
    DatabaseSettings,
    AdminSettings,
    NodeSettings,
):
    """All groups as one frozen value. Made by `app/configuration/reading.py`, and by tests with names and values."""

    about = "All"

    @property
    def accepts_query_token(self) -> bool:
        """As the handshake asks it."""
        return self.query_token

    @property
    def client_secret(self) -> str | None:
        return self.keycloak_client_secret.get_secret_value() if self.keycloak_client_secret else None

    @property
    def realm_url(self) -> str:
        """Where the realm is asked; the `iss` of its tokens, unless it announces another or `keycloak_issuer` says one."""
        return f"{self.keycloak_url.rstrip('/')}/realms/{self.keycloak_realm}"

    @property
    def is_production(self) -> bool:
        return self.environment is Environment.PRODUCTION


GROUPS: tuple[type[Group], ...] = (
    NodeSettings,
    AdminSettings,
    DatabaseSettings,
    AuditSettings,
    RedisSettings,
    IdentitySettings,
    CallerSettings,
    LogSettings,
    TraceSettings,
)
OLDER_NAMES = {"ENV": "ENVIRONMENT"}
"""Names that were a setting's before; they still are."""
