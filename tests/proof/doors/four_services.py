"""A service for each door, on databases of their own that begin alike, with one issuer, so that all know the same users."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from app.development.servers import embedded_valkey
from tests.databases import Reached, new_database
from tests.running_service import RunningService

DOORS = 4


@contextmanager
def four_services(folder: Path, postgres: Reached, **settings: str) -> Iterator[tuple[list[str], list[str]]]:
    """Their URLs and those of their databases, in the order of the doors."""
    mark = uuid.uuid4().hex[:8]
    databases = [new_database(postgres, f"door{number}_{mark}") for number in range(DOORS)]
    with ExitStack() as stack:
        services: list[RunningService] = []
        for number, database in enumerate(databases):
            valkey = stack.enter_context(embedded_valkey(folder / f"valkey{number}_{mark}"))
            place = folder / f"door{number}_{mark}"
            known = {"KEYCLOAK_URL": services[0].issuer.url} if services else {}
            service = RunningService(place, database, valkey.url, **{**settings, **known})  # type: ignore[arg-type]  # settings are texts, whatever else it takes by name
            services.append(stack.enter_context(service))
        yield [one.url for one in services], databases
