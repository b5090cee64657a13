"""What the contract asks for is known without a realm; one that does not answer is told. Against realms: `tests/issuers`."""

from __future__ import annotations

import pytest

from app.auth.realm_roles import RealmNotRead, missing_roles, needed_roles
from app.development.servers import free_port
from tests.app.auth.key_endpoint import KeyEndpoint


def test_the_roles_of_every_operation_are_needed() -> None:
    assert {"get-artists", "create-artist", "admin", "view-audit-logs"} <= needed_roles()


async def test_no_answer_and_no_right_are_told(key_endpoint: KeyEndpoint) -> None:
    with pytest.raises(RealmNotRead, match="does not answer"):
        await missing_roles(f"http://127.0.0.1:{free_port()}", "r", "c", "t", [])
    key_endpoint.reply(b"{}", "403 Forbidden")
    with pytest.raises(RealmNotRead, match="403"):
        await missing_roles(key_endpoint.url, "r", "c", "t", [])
