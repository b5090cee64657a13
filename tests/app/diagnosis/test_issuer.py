"""The issuer is looked at as it is: keys, its name for itself, our client; what cannot be seen is said. A running one answers."""

from __future__ import annotations

import pytest

from app.development.servers import free_port
from app.diagnosis.findings import Finding, State
from app.diagnosis.issuer import look
from tests.app.test_settings import settings
from tests.running_service import RunningService


async def found(**given: object) -> dict[str, Finding]:
    """The worst of each part."""
    order = list(State)
    return {one.part: one for one in sorted(await look(settings(**given)), key=lambda one: order.index(one.state))}


async def test_a_good_one_is_told_and_what_was_not_looked_at_too(service: RunningService) -> None:
    parts = await found(keycloak_url=service.issuer.url)
    assert {name: one.state for name, one in parts.items()} == {
        "KEYCLOAK_URL": State.OK, "KEYCLOAK_CLIENT_ID": State.OK, "clock": State.OK, "roles": State.UNCHECKED, "version": State.UNCHECKED,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("given", "part"),
    [({"keycloak_realm": "nowhere"}, "KEYCLOAK_URL"), ({"keycloak_client_id": "nobody"}, "KEYCLOAK_CLIENT_ID")],
)
async def test_a_realm_or_client_that_is_not_there_is_a_fault(
    service: RunningService, given: dict[str, str], part: str
) -> None:
    assert (await found(keycloak_url=service.issuer.url, **given))[part].state is State.FAULT


async def test_one_that_calls_itself_otherwise_than_a_setting_says_is_a_fault_that_names_both(
    service: RunningService,
) -> None:
    other = "https://login.example.com/realms/stele"
    fault = (await found(keycloak_url=service.issuer.url, keycloak_issuer=other))["KEYCLOAK_ISSUER"]
    assert fault.state is State.FAULT
    assert service.issuer.url in fault.said
    assert other in fault.said


async def test_one_that_is_away_is_said_with_its_address() -> None:
    port = free_port()
    away = (await found(keycloak_url=f"http://127.0.0.1:{port}"))["KEYCLOAK_URL"]
    assert (away.state, f"127.0.0.1:{port}" in away.said) == (State.AWAY, True)


async def test_roles_that_cannot_be_read_are_not_checked_and_say_why(service: RunningService) -> None:
    """The development issuer has no admin API. That a real realm's roles are compared is in `tests/issuers`."""
    told = await look(settings(keycloak_url=service.issuer.url), "no token of an administrator")
    [roles] = [one for one in told if one.part == "roles"]
    assert (roles.state, "Keycloak answers" in roles.said) == (State.UNCHECKED, True)
    assert "view-clients" in roles.advice
