"""The least code that does the work, to compare with: Starlette and FastAPI pages on asyncpg, and sockets that page, echo,
and broadcast by a plain loop."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Any

import asyncpg
import msgspec
import uvicorn
from fastapi import FastAPI, Query
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE = (
    "SELECT p.*, c.total FROM (SELECT count(*) AS total FROM artist) c LEFT JOIN "
    "(SELECT id, name, bio, born_on, created_at, updated_at, version FROM artist ORDER BY id LIMIT $1 OFFSET $2) p "
    "ON true ORDER BY p.id"
)
INSERT = "INSERT INTO artist (name, bio, born_on) VALUES ($1, $2, $3) RETURNING *"


class Frame(msgspec.Struct):
    pkg_id: int
    req_id: str
    data: dict[str, Any]


async def page_of(pool: asyncpg.Pool, page: int, per_page: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows = [dict(row) for row in await pool.fetch(PAGE, per_page, (page - 1) * per_page)]
    total = rows[0]["total"]
    for row in rows:
        del row["total"]
    meta = {"page": page, "per_page": per_page, "total": total, "pages": -(-total // per_page), "next_cursor": None}
    return rows, meta | {"has_more": page * per_page < total}


async def get_page(request: Request) -> Response:
    query = request.query_params
    rows, meta = await page_of(request.app.state.pool, int(query.get("page", "1")), int(query.get("per_page", "20")))
    return Response(msgspec.json.encode({"items": rows, "meta": meta}), media_type="application/json")


async def create(request: Request) -> Response:
    body = msgspec.json.decode(await request.body())
    row = await request.app.state.pool.fetchrow(INSERT, body["name"], body.get("bio"), None)
    return Response(msgspec.json.encode(dict(row)), status_code=201, media_type="application/json")


class NewArtist(BaseModel):
    name: str
    bio: str | None = None


def make_fastapi(http: Starlette) -> FastAPI:
    """Mounted nowhere: it shares the pool of the application beside it."""
    app = FastAPI()

    @app.get("/fastapi/page")
    async def page(
        page: Annotated[int, Query(ge=1)] = 1, per_page: Annotated[int, Query(ge=1, le=100)] = 20
    ) -> dict[str, Any]:
        rows, meta = await page_of(http.state.pool, page, per_page)
        return {"items": rows, "meta": meta}

    @app.post("/fastapi/create", status_code=201)
    async def create(body: NewArtist) -> dict[str, Any]:
        return dict(await http.state.pool.fetchrow(INSERT, body.name, body.bio, None))

    return app


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"].replace("+asyncpg", ""), min_size=10, max_size=10
    )
    yield
    await app.state.pool.close()


def make() -> Any:
    http = Starlette(routes=[Route("/page", get_page), Route("/create", create, methods=["POST"])], lifespan=lifespan)

    fastapi = make_fastapi(http)
    room: set[Any] = set()

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "websocket":
            await (talk if scope["path"] == "/room" else answer)(scope, receive, send)
        else:
            await (fastapi if scope.get("path", "").startswith("/fastapi") else http)(scope, receive, send)

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        while (message := await receive())["type"] == "websocket.receive":
            text = message["text"]
            if scope["path"] != "/echo":
                frame = msgspec.json.decode(text, type=Frame)
                rows, meta = await page_of(http.state.pool, frame.data.get("page", 1), frame.data.get("per_page", 20))
                reply = {"pkg_id": frame.pkg_id, "req_id": frame.req_id, "status_code": 0, "meta": meta, "data": rows}
                text = msgspec.json.encode(reply).decode()
            await send({"type": "websocket.send", "text": text})

    async def talk(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        room.add(send)
        while (message := await receive())["type"] == "websocket.receive":
            for other in [*room]:
                await other({"type": "websocket.send", "text": message["text"]})
        room.discard(send)

    return application


if __name__ == "__main__":
    uvicorn.run(
        "tests.load.reference:make", factory=True, port=int(os.environ["PORT"]), loop="uvloop", http="httptools",
        ws="websockets-sansio", ws_per_message_deflate=False, access_log=False, log_level="warning",
    )  # fmt: skip
