"""The FastAPI application behind the generated table: documents, docs pages, metrics, and what users add by hand."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from html import escape
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from app.errors import problem
from app.telemetry.metrics import Metrics
from generated.errors import ERRORS, ApiError, Internal, MethodNotAllowed, UnknownOperation

SPECS = Path(__file__).parents[2] / "generated" / "specs"
Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]
DOCUMENTS = {"/openapi.json": "openapi.json", "/asyncapi.json": "asyncapi.json"}


def make_application(lifespan: Lifespan, metrics: Metrics) -> FastAPI:
    """Its own OpenAPI is off: the one that is served is the expanded contract."""
    application = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    for path, name in DOCUMENTS.items():
        application.add_api_route(path, _document((SPECS / name).read_bytes()), include_in_schema=False)
    application.add_api_route("/docs", _page(_docs_page()), include_in_schema=False)
    application.add_api_route("/problems/{code}", _explain, include_in_schema=False)
    application.add_api_route("/metrics", _render(metrics), include_in_schema=False)
    application.add_exception_handler(HTTPException, _refuse)
    application.add_exception_handler(Exception, _fail)
    return application


def _document(data: bytes) -> Callable[[], Any]:
    async def document() -> Response:
        return Response(data, media_type="application/json")

    return document


def _page(html: str) -> Callable[[], Any]:
    async def page() -> HTMLResponse:
        return HTMLResponse(html)

    return page


def _render(metrics: Metrics) -> Callable[[], Any]:
    async def render() -> Response:
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return render


async def _explain(code: str) -> Response:
    """What a problem's `type` points to."""
    error = ERRORS.get(code)
    if error is None:
        return _problem(UnknownOperation())
    facts = {"code": error.code, "title": error.title, "status": error.status, "retryable": error.retryable}
    return Response(json.dumps(facts), media_type="application/json")


async def _refuse(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    known: dict[int, ApiError] = {404: UnknownOperation(), 405: MethodNotAllowed()}
    return _problem(known.get(status, Internal()))


async def _fail(request: Request, error: Exception) -> Response:
    return _problem(Internal())


def _problem(error: ApiError) -> Response:
    body = msgspec.json.encode(problem(error, secrets.token_hex(8)))
    return Response(body, status_code=error.status, media_type="application/problem+json")


def _docs_page() -> str:
    """One self-contained page: no script, nothing loaded from outside."""
    document = json.loads((SPECS / "openapi.json").read_bytes())
    rows = "".join(
        f"<tr><td><code>{escape(verb.upper())}</code></td><td><code>{escape(path)}</code></td>"
        f"<td>{escape(operation['operationId'])}</td><td>{escape(operation.get('summary', ''))}</td></tr>"
        for path, item in document["paths"].items()
        for verb, operation in item.items()
    )
    title = escape(document["info"]["title"])
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:70rem}td{padding:.2rem 1rem .2rem 0}</style></head>"
        f'<body><h1>{title}</h1><p><a href="/openapi.json">openapi.json</a> · <a href="/asyncapi.json">asyncapi.json</a>'
        f" · WebSocket at <code>/web</code></p><table>{rows}</table></body></html>"
    )
