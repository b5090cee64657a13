"""docker/compose.yaml as an engine takes it: every variable resolved from the file that `make secrets` writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from dotenv import dotenv_values

from app.serving.draining import Plan
from app.serving.node import PATIENCE_S
from app.settings import Settings, Unset

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "docker"
COMPOSE = DOCKER / "compose.yaml"
OURS = frozenset({"node-1", "node-2", "migrate"})
DRAIN_S = float(
    next(one for one in Settings.model_fields["drain_s"].metadata if isinstance(one, Unset)).production or 0
)
"""Of production, where nobody says another."""
ENDS_WITHIN_S = Plan(DRAIN_S).ends_within_s + PATIENCE_S
"""A node that was told to end, whatever it waits for."""
_VARIABLE = re.compile(r"\$(?:\$|\{(\w+)(?::?\?[^}]*)?\}|(.))")


class Unresolved(Exception):
    """A variable that nobody sets, or one of a form that is not used here."""


def resolved(text: str, variables: Mapping[str, str]) -> str:
    """Raises Unresolved."""

    def one(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        if match[1] is None or match[1] not in variables:
            raise Unresolved(match[0])
        return variables[match[1]]

    return _VARIABLE.sub(one, text)


@dataclass(frozen=True)
class Mount:
    source: str
    target: str
    is_read_only: bool

    @property
    def path(self) -> Path | None:
        """None for a volume that the engine keeps."""
        return (DOCKER / self.source).resolve() if self.source.startswith((".", "/")) else None


@dataclass(frozen=True)
class Composed:
    document: dict[str, Any]

    @property
    def services(self) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = self.document["services"]
        return found

    def environment(self, name: str) -> dict[str, str]:
        return {key: str(text) for key, text in self.services[name].get("environment", {}).items()}

    def mounts(self, name: str) -> Iterator[Mount]:
        for text in self.services[name].get("volumes", []):
            source, target, *mode = text.split(":")
            yield Mount(source, target, mode == ["ro"])

    def secrets(self, name: str) -> dict[str, str]:
        """Names by the paths where the part finds them."""
        entries = self.services[name].get("secrets", [])
        pairs = [(one, one) if isinstance(one, str) else (one["source"], one["target"]) for one in entries]
        return {str(Path("/run/secrets", target)): source for source, target in pairs}

    def networks(self, name: str) -> set[str]:
        return set(self.services[name]["networks"])

    def waits_for(self, name: str) -> dict[str, str]:
        """Conditions by the parts that must fulfil them first."""
        return {other: one["condition"] for other, one in self.services[name].get("depends_on", {}).items()}


def read(variables_file: Path) -> Composed:
    variables = {name: text or "" for name, text in dotenv_values(variables_file, interpolate=False).items()}
    return Composed(_resolved(yaml.safe_load(COMPOSE.read_text()), variables))


def _resolved(node: Any, variables: Mapping[str, str]) -> Any:
    match node:
        case dict():
            return {key: _resolved(value, variables) for key, value in node.items()}
        case list():
            return [_resolved(value, variables) for value in node]
        case str():
            return resolved(node, variables)
    return node
