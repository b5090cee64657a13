"""Every setting of the service, read once from the environment. Production is the default, and refuses what is unsafe.

Secrets are `SecretStr`, so that printing the settings prints none of them. Nothing but this module reads the environment.
A `description` says what a variable must look like: it is what a refused one is answered with.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.addresses import check_issuer, check_origin, check_redis, masked, postgres_url
from generated.product import NAME

MIN_SECRET_CHARS = 32
"""Of `signing_secret` in production."""


class Environment(StrEnum):
    DEVELOPMENT = "development"
    """Takes what production refuses: http issuers, `*` as an origin, short secrets, larger limits; and, unless told
    otherwise, tokens in the query."""
    PRODUCTION = "production"


class LogFormat(StrEnum):
    JSON = "json"
    """One object a line, with the service's name, for machines."""
    HUMAN = "human"
    """For a terminal; without the service's name."""


def _split(value: object) -> object:
    """Lists are written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _database(value: SecretStr) -> SecretStr:
    return SecretStr(postgres_url(value.get_secret_value()))


def _redis(value: SecretStr) -> SecretStr:
    check_redis(value.get_secret_value())
    return value


Texts = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
LogLevel = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]


class Settings(BaseSettings):
    """Names are upper-cased in the environment: `database_url` is `DATABASE_URL`. Frozen; pydantic's ValidationError
    names every variable that is wrong at once, see `faults_of`."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True, hide_input_in_errors=True)

    env: Environment = Field(Environment.PRODUCTION, description="production or development")
    """What nobody has set is production."""
    host: str = Field("127.0.0.1", min_length=1, description="an address to listen on, such as 0.0.0.0")
    port: int = Field(8000, ge=0, le=65535, description="a port to listen on, such as 8000")
    """0 takes any that is free."""
    workers: int = Field(1, ge=1, le=64, description="a number of processes, 1 to 64")
    """Each is a whole node: its own loop, connections, caches of tokens and gate. Limits and events are shared. Beside
    them there is a process that replaces those that die."""

    database_url: Annotated[SecretStr, AfterValidator(_database)] = Field(
        description="postgresql://user:password@host:port/database"
    )
    database_connections: int = Field(10, ge=2, le=200, description="a number of connections, 2 to 200")
    """Held by each worker, so that PostgreSQL needs `workers` times as many, and two more for each: the probe's and the
    mover's. It bounds the operations that run at once, too."""
    redis_url: Annotated[SecretStr, AfterValidator(_redis)] = Field(
        description="redis://:password@host:port/0, or rediss:// for TLS, or unix:///path/of/the/socket"
    )
    """Redis or Valkey. Without an answer each bucket does what its `when_down` says, events wait, tickets are 503, and
    all else goes on."""
    keycloak_url: Annotated[str, AfterValidator(check_issuer)] = Field(
        description="the issuer's address, such as https://login.example.com; http:// only in development"
    )
    """Without the realm. Where it does not answer, tokens of known keys are taken on, for 24 h."""
    keycloak_issuer: Annotated[str, AfterValidator(check_issuer)] | None = Field(
        None, description="what tokens have as iss, such as https://login.example.com/realms/desk"
    )
    """None takes what the realm announces: its public address, where that is another than `keycloak_url`."""
    keycloak_realm: str = Field(NAME, min_length=1, description="the name of the realm")
    keycloak_client_id: str = Field(NAME, min_length=1, description="the client's id in the realm")
    """Whose roles in a token count here, and who logs users in."""
    keycloak_client_secret: SecretStr | None = Field(None, description="the client's secret in the realm")
    """None for a public client."""
    token_audience: str = Field(NAME, description=f"the audience that tokens must have, such as {NAME}")
    """What every token must have in `aud`."""
    token_azp: Texts = Field((NAME,), description="ids of the clients whose tokens are taken, with commas between")
    """Whom a token may be issued to (`azp`): web pages, command lines, other services."""

    origins: Texts = Field(
        (), description="origins as browsers send them, such as https://app.example.com, with commas between"
    )
    """Origins that may open a socket or call from a page; `*` and `null` only in development."""
    trusted_proxies: int = Field(0, ge=0, le=8, description="a number of proxies, 0 to 8")
    """How many proxies in front of us append to `X-Forwarded-For`; counted from the right (D24)."""
    query_token: bool | None = Field(None, description="true or false")
    """Whether `?Authorization=` is accepted at the socket; by default only in development (D8). A token in a URL stands
    in the logs of proxies and the histories of browsers."""

    signing_secret: SecretStr = Field(description="at least 32 characters by chance, the same on every node")
    """Seals cursors. Another one makes the cursors that are under way invalid."""
    upload_room_mib: int = Field(1024, ge=1, description="MiB of disk for the bodies of requests, such as 1024")
    """What files that are being sent may hold at once, for each worker, in the folder of temporary files (`TMPDIR`). One caller
    has a quarter of it at most, so that four times the contract's largest body is the least."""
    rate_limit_scale: int = Field(1, ge=1, description="1, or in development a factor for every limit")
    log_level: LogLevel = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL")
    """Below WARNING there are few lines: what succeeds is metrics and audit rows."""
    log_format: LogFormat = Field(LogFormat.JSON, description="json or human")

    @field_validator("*")
    @classmethod
    def refuse_what_is_unsafe(cls, value: Any, info: ValidationInfo) -> Any:
        """`env` is judged first; where it is wrong, the others are judged as for production."""
        is_production = info.data.get("env", Environment.PRODUCTION) is Environment.PRODUCTION
        if info.field_name == "origins":
            for origin in value:
                check_origin(origin, is_production=is_production)
        if is_production and (fault := _unsafe(str(info.field_name), value)):
            raise ValueError(f"{fault} in production")
        return value

    @property
    def accepts_query_token(self) -> bool:
        """In development unless `query_token` says otherwise."""
        return self.env is Environment.DEVELOPMENT if self.query_token is None else self.query_token

    @property
    def client_secret(self) -> str | None:
        return self.keycloak_client_secret.get_secret_value() if self.keycloak_client_secret else None

    @property
    def realm_url(self) -> str:
        """Where the realm is asked; the `iss` of its tokens, unless it announces another or `keycloak_issuer` says one."""
        return f"{self.keycloak_url.rstrip('/')}/realms/{self.keycloak_realm}"


def _unsafe(name: str, value: Any) -> str | None:
    """What production does not take, although the value is one."""
    match name:
        case "keycloak_url" if not value.startswith("https://"):
            return "must be https"
        case "keycloak_issuer" if value is not None and not value.startswith("https://"):
            return "must be https"
        case "token_audience" if not value:
            return "must be set"
        case "signing_secret" if len(value.get_secret_value()) < MIN_SECRET_CHARS:
            return f"must have {MIN_SECRET_CHARS} characters"
        case "rate_limit_scale" if value != 1:
            return "must be 1"
    return None


def faults_of(error: ValidationError) -> list[str]:
    """One line for each refused variable: what is wrong, what was expected, what was found; no secret is in it."""
    return [_fault(one) for one in error.errors(include_url=False)]


def _fault(one: Any) -> str:
    name = str(one["loc"][0])
    field = Settings.model_fields[name]
    if one["type"] == "missing":
        return f"{name.upper()}: is not set; set it to {field.description}"
    wrong = one["msg"].removeprefix("Value error, ")
    return f"{name.upper()}: {wrong}; found {_found(name, one['input'])}; set it to {field.description}"


def _found(name: str, given: object) -> str:
    text = given.get_secret_value() if isinstance(given, SecretStr) else given
    if name in ("database_url", "redis_url", "keycloak_url"):
        return masked(str(text))
    if name in ("signing_secret", "keycloak_client_secret"):
        return f"{len(str(text))} characters"
    return repr(",".join(text) if isinstance(text, list | tuple) else text)[:200]
