"""The least code that does the work, to compare with: Starlette + asyncpg pages, a raw ASGI socket page, a raw echo."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

PAGE = (
    "SELECT p.*, c.total FROM (SELECT count(*) AS total FROM author) c LEFT JOIN "
    "(SELECT id, name, bio, born_on, created_at, updated_at, version FROM author ORDER BY id LIMIT $1 OFFSET $2) p "
    "ON true ORDER BY p.id"
)
INSERT = "INSERT INTO author (name, bio, born_on) VALUES ($1, $2, $3) RETURNING *"


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


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"].replace("+asyncpg", ""), min_size=10, max_size=10
    )
    yield
    await app.state.pool.close()


def make() -> Any:
    http = Starlette(routes=[Route("/page", get_page), Route("/create", create, methods=["POST"])], lifespan=lifespan)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "websocket":
            await http(scope, receive, send)
            return
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

    return application


if __name__ == "__main__":
    uvicorn.run(
        "tests.load.reference:make", factory=True, port=int(os.environ["PORT"]), loop="uvloop", http="httptools",
        ws="websockets-sansio", ws_per_message_deflate=False, access_log=False, log_level="warning",
    )  # fmt: skip
