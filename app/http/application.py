"""The FastAPI application behind the generated table: documents, docs pages, metrics, and what users add by hand."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from html import escape
from http import HTTPStatus
from pathlib import Path
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from app.errors import problem, refusal_of
from app.http.refusals import Refusals
from app.telemetry.logs import TRACE_ID
from app.telemetry.metrics import Metrics
from generated.errors import (
    ERRORS,
    ApiError,
    Forbidden,
    Internal,
    InvalidData,
    Malformed,
    MethodNotAllowed,
    RateLimited,
    Timeout,
    TooLarge,
    Unauthenticated,
    Unavailable,
    UnknownOperation,
    UnsupportedMediaType,
)
from generated.results import Problem

SPECS = Path(__file__).parents[2] / "generated" / "specs"
Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]
GENERAL: dict[int, type[ApiError]] = {
    one.status: one
    for one in (
        Malformed, Unauthenticated, Forbidden, UnknownOperation, MethodNotAllowed, TooLarge, UnsupportedMediaType,
        InvalidData, RateLimited, Internal, Unavailable, Timeout,
    )
}  # fmt: skip
"""What the catalogue says of a status by itself."""
DOCUMENTS = ("openapi.json", "asyncapi.json")
"""Served as the compiler has written them; a contract without a socket has only the first."""
SOCKET = ' · <a href="/asyncapi.json">asyncapi.json</a> · WebSocket at <code>/web</code>'


def make_application(lifespan: Lifespan, metrics: Metrics, refusals: Refusals) -> FastAPI:
    """Its own OpenAPI is off: the one that is served is the expanded contract. No path is another one's with a slash.
    Routes may be added to it: they have no contract, so no roles, limit, deadline or audit row; what they raise becomes
    a problem."""
    application = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    pages: dict[str, Callable[..., Any]] = {
        f"/{name}": _document((SPECS / name).read_bytes()) for name in DOCUMENTS if (SPECS / name).is_file()
    }
    pages |= {"/docs": _page(_docs_page()), "/problems/{code}": _explain, "/metrics": _render(metrics)}
    for path, page in pages.items():
        application.add_api_route(path, page, methods=["GET", "HEAD"], include_in_schema=False)
    application.add_exception_handler(HTTPException, _refuser(refusals))
    application.add_exception_handler(RequestValidationError, _refuse_input)
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


def _refuser(refusals: Refusals) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Problems for what the router refuses, which leaves an audit row, and for what a route that was added by hand does."""

    async def refuse(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        kind = GENERAL.get(error.status_code)
        if kind is None:
            return _plain(error)
        refused = kind()
        if "endpoint" not in request.scope or error.status_code == MethodNotAllowed.status:
            refusals.note(request.scope, refused, _trace_id())
        return _problem(refused, _in_order(error.headers or {}))

    return refuse


def _in_order(headers: Mapping[str, str]) -> dict[str, str]:
    """The router lists the methods of `Allow` in the order of a set."""
    return {
        name: ", ".join(sorted(value.split(", "))) if name.casefold() == "allow" else value
        for name, value in headers.items()
    }


async def _refuse_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return _problem(refusal_of(error.errors()))


async def _fail(request: Request, error: Exception) -> Response:
    return _problem(Internal())


def _problem(error: ApiError, headers: Mapping[str, str] | None = None) -> Response:
    told = problem(error, _trace_id())
    retry = {} if told.retry_after is msgspec.UNSET else {"Retry-After": str(told.retry_after)}
    return _written(told, {**retry, **(headers or {})})


def _plain(error: HTTPException) -> Response:
    """A status that the catalogue has no general error for, by its own name (RFC 9457 §4.2.1)."""
    title = HTTPStatus(error.status_code).phrase
    code = title.lower().replace(" ", "_")
    told = Problem(type="about:blank", title=title, status=error.status_code, code=code, trace_id=_trace_id())
    return _written(told, error.headers or {})


def _written(told: Problem, headers: Mapping[str, str]) -> Response:
    every = {"Cache-Control": "no-store", **headers}
    return Response(msgspec.json.encode(told), told.status, every, "application/problem+json")


def _trace_id() -> str:
    """The door has set it; without the door there is none."""
    return TRACE_ID.get() or ""


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
    socket = SOCKET if (SPECS / "asyncapi.json").is_file() else ""
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        "<style>body{font:16px/1.5 system-ui;margin:2rem;max-width:70rem}td{padding:.2rem 1rem .2rem 0}</style></head>"
        f'<body><h1>{title}</h1><p><a href="/openapi.json">openapi.json</a>{socket}</p>'
        f"<table>{rows}</table></body></html>"
    )
