"""Reads the settings of this process from all their sources, with every fault at once.

Promises: either a `Configuration`, or `SettingsRefused` with one line for each fault that says the name, what is wrong, what was
found (never a secret) and what to set it to. Nothing is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import SecretStr, ValidationError

from app.addresses import masked
from app.configuration.near_misses import near_misses
from app.configuration.production import unsafe, unsafe_surroundings
from app.configuration.sources import Said, Sources, gather, names
from app.settings import Environment, Settings, Unset

ADDRESSES = ("database_url", "redis_url", "keycloak_url", "keycloak_issuer", "otel_exporter_otlp_endpoint")
SECRETS = ("signing_secret", "keycloak_client_secret", "otel_exporter_otlp_headers")
MAX_SHOWN_CHARS = 200


class SettingsRefused(Exception):
    """`lines` are for people, one for each fault."""

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__("the settings are not usable")
        self.lines = tuple(lines)


@dataclass(frozen=True)
class Configuration:
    settings: Settings
    origins: dict[str, str]
    """Where each value came from, by the setting's name as in `Settings`."""
    notes: tuple[str, ...]
    """Lines about what was said in vain."""


def read(environ: Mapping[str, str], folder: Path) -> Configuration:
    """`folder` is where `.env` files are looked for. Raises SettingsRefused."""
    found = gather(environ, folder)
    environment = _environment(found)
    missing = _fill(found, environment)
    values = {name.lower(): one.text for name, one in found.said.items()}
    faults = [*found.faults, *missing]
    is_production = environment is Environment.PRODUCTION
    if is_production:
        faults += unsafe_surroundings(environ)
    notes = _notes(found)
    try:
        settings = Settings.model_validate(values, context=unsafe if is_production else None)
    except ValidationError as error:
        unreadable = {one.partition(":")[0].removesuffix("_FILE") for one in found.faults}
        faults += [line for line in faults_of(error) if line.partition(":")[0] not in unreadable]
        raise SettingsRefused([*faults, *notes]) from None
    if faults:
        raise SettingsRefused([*faults, *notes])
    origins = {
        name: found.said[name.upper()].origin if name.upper() in found.said else "default"
        for name in Settings.model_fields
    }
    return Configuration(settings, origins, notes)


def _environment(found: Sources) -> Environment:
    """What is none is judged as production, beside the fault that it is."""
    text = found.of("ENVIRONMENT")
    return Environment(text) if text in list(Environment) else Environment.PRODUCTION


def _fill(found: Sources, environment: Environment) -> list[str]:
    """Values that depend on the environment, for what nobody has said; a line for each that somebody must say."""
    missing = []
    for name, field in Settings.model_fields.items():
        unset = next((one for one in field.metadata if isinstance(one, Unset)), None)
        if unset is None or name.upper() in found.said:
            continue
        text = unset.of(environment)
        if text is None:
            missing.append(f"{name.upper()}: is not set; set it to {field.title}")
        else:
            found.said[name.upper()] = Said(text, f"default in {environment}")
    return missing


def _notes(found: Sources) -> tuple[str, ...]:
    return tuple(
        f"{name}: is not a setting, and nobody reads it ({found.unread[name]}); {meant} may be meant"
        for name, meant in near_misses(found.unread, names()).items()
        if meant not in found.said or found.said[meant].origin.startswith("default")
    )


def faults_of(error: ValidationError) -> list[str]:
    """One line for each refused setting: what is wrong, what was found, what to set it to; no secret is in it. Of a list with
    several wrong parts the first is said."""
    lines = {str(one["loc"][0]): _fault(one) for one in reversed(error.errors(include_url=False))}
    return list(reversed(lines.values()))


def _fault(one: Any) -> str:
    name = str(one["loc"][0])
    title = Settings.model_fields[name].title
    if one["type"] == "missing":
        return f"{name.upper()}: is not set; set it to {title}"
    wrong = one["msg"].removeprefix("Value error, ")
    return f"{name.upper()}: {wrong}; found {shown(name, one['input'])}; set it to {title}"


def shown(name: str, given: object) -> str:
    """The value for a message or a table, without what is secret in it."""
    if isinstance(given, SecretStr):
        given = given.get_secret_value()
    if given is None:
        return "not set"
    if name in ADDRESSES:
        return masked(str(given))
    if name in SECRETS:
        return f"{len(str(given))} characters"
    if isinstance(given, list | tuple):
        given = ",".join(given)
    return repr(str(given) if isinstance(given, StrEnum) else given)[:MAX_SHOWN_CHARS]
