"""Every setting of the service, read once from the environment. Production is the default, and refuses what is unsafe.

Secrets are `SecretStr`, so that printing the settings prints none of them. Nothing but this module reads the environment.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogFormat(StrEnum):
    JSON = "json"
    HUMAN = "human"


class Settings(BaseSettings):
    """Names are upper-cased in the environment: `database_url` is `DATABASE_URL`."""

    model_config = SettingsConfigDict(env_file=None, extra="ignore", frozen=True)

    env: Environment = Environment.PRODUCTION
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    workers: int = Field(1, ge=1, le=64)

    database_url: SecretStr
    database_connections: int = Field(10, ge=2, le=200)
    redis_url: SecretStr
    keycloak_url: str
    keycloak_realm: str = "stele"
    keycloak_client_id: str = "stele"
    keycloak_client_secret: SecretStr | None = None
    token_audience: str = "stele"
    token_azp: Annotated[tuple[str, ...], NoDecode] = ("stele",)

    origins: Annotated[tuple[str, ...], NoDecode] = ()
    """Origins that may open a socket or call from a page, exactly as browsers send them."""
    trusted_proxies: int = Field(0, ge=0, le=8)
    """How many proxies in front of us append to `X-Forwarded-For`; counted from the right (D24)."""
    query_token: bool | None = None
    """Whether `?Authorization=` is accepted at the socket; by default only in development (D8)."""

    signing_secret: SecretStr
    """Seals cursors; equal on every node, at least 32 characters."""
    rate_limit_scale: int = Field(1, ge=1)
    """Multiplies every bucket of the contract; above 1 only in development."""
    log_level: str = "INFO"
    log_format: LogFormat = LogFormat.JSON

    @model_validator(mode="before")
    @classmethod
    def split_lists(cls, values: dict[str, object]) -> dict[str, object]:
        """Lists are written with commas."""
        lists = {name: values[name] for name in ("token_azp", "origins") if isinstance(values.get(name), str)}
        return values | {
            name: [part.strip() for part in str(text).split(",") if part.strip()] for name, text in lists.items()
        }

    @model_validator(mode="after")
    def refuse_unsafe_production(self) -> Settings:
        if self.env is Environment.PRODUCTION and (faults := self._faults()):
            raise ValueError("unsafe in production: " + "; ".join(faults))
        return self

    def _faults(self) -> list[str]:
        checks = {
            "ORIGINS must not contain *": "*" in self.origins,
            "KEYCLOAK_URL must be https": not self.keycloak_url.startswith("https://"),
            "TOKEN_AUDIENCE must be set": not self.token_audience,
            "SIGNING_SECRET must have 32 characters": len(self.signing_secret.get_secret_value()) < 32,
            "RATE_LIMIT_SCALE must be 1": self.rate_limit_scale != 1,
        }
        return [text for text, broken in checks.items() if broken]

    @property
    def accepts_query_token(self) -> bool:
        return self.env is Environment.DEVELOPMENT if self.query_token is None else self.query_token

    @property
    def client_secret(self) -> str | None:
        return self.keycloak_client_secret.get_secret_value() if self.keycloak_client_secret else None

    @property
    def issuer(self) -> str:
        return f"{self.keycloak_url.rstrip('/')}/realms/{self.keycloak_realm}"
