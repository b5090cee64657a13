"""Both doors, the documents and the controls are one application, and a newer one takes its place."""

from __future__ import annotations

import httpx2

from proof.mock.application import Options, Reloading, application
from tests.codegen.contracts import shipped


def asking(app: Reloading) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://mock")


async def test_users_are_those_that_are_named() -> None:
    app = Reloading(application(shipped(), Options(users={"eve": frozenset({"get-artists"})})))
    async with asking(app) as client:
        for user, status in (("eve", 200), ("admin", 401)):
            answer = await client.get("/api/artists", headers={"Authorization": f"Bearer {user}"})
            assert answer.status_code == status
        assert (await client.post("/_mock/tokens/admin")).status_code == 404


async def test_any_token_is_taken_where_that_is_asked_for() -> None:
    app = Reloading(application(shipped(), Options(takes_any_token=True)))
    async with asking(app) as client:
        assert (await client.get("/api/artists", headers={"Authorization": "Bearer garbage"})).status_code == 200
        assert (await client.get("/api/artists")).status_code == 401


async def test_the_newest_application_answers() -> None:
    app = Reloading(application(shipped(), Options(rows=0)))
    async with asking(app) as client:
        headers = {"Authorization": "Bearer admin"}
        assert (await client.get("/api/artists", headers=headers)).json()["meta"]["total"] == 0
        app.current = application(shipped(), Options(rows=2))
        assert (await client.get("/api/artists", headers=headers)).json()["meta"]["total"] == 2
