"""The FastAPI application behind the generated table: documents and metrics where they are public, and what users add by hand."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from app.errors import problem, refusal_of
from app.http.documents import POLICY, Document
from app.http.guide import PATH as GUIDE
from app.http.refusals import Refusals
from app.telemetry.correlation import current_trace_id
from app.telemetry.metrics.exposition import exposition_type
from app.telemetry.metrics.metrics import Metrics
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

Lifespan = Callable[[Any], AbstractAsyncContextManager[None]]
GENERAL: dict[int, type[ApiError]] = {
    one.status: one
    for one in (
        Malformed, Unauthenticated, Forbidden, UnknownOperation, MethodNotAllowed, TooLarge, UnsupportedMediaType,
        InvalidData, RateLimited, Internal, Unavailable, Timeout,
    )
}  # fmt: skip
"""What the catalogue says of a status by itself."""
PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}
"""Of documents, which browsers show. What every answer has is the door's."""


def make_application(
    lifespan: Lifespan,
    refusals: Refusals,
    *,
    documents: Mapping[str, Document],
    metrics: Metrics | None,
) -> FastAPI:
    """`documents` are served as they are, metrics if they are public. Its own OpenAPI is off: the one that is served is the
    expanded contract. No path is another one's with a slash. Routes may be added to it: they have no contract, so no roles,
    limit, deadline or audit row; what they raise becomes a problem."""
    application = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    pages: dict[str, Callable[..., Any]] = {path: _document(document) for path, document in documents.items()}
    pages["/problems/{code}"] = _explain
    if documents:
        pages.setdefault(GUIDE, _say_how_to_build)
    if metrics is not None:
        pages["/metrics"] = _render(metrics)
    for path, page in pages.items():
        application.add_api_route(path, page, methods=["GET", "HEAD"], include_in_schema=False)
    application.add_exception_handler(HTTPException, _refuser(refusals))
    application.add_exception_handler(RequestValidationError, _refuse_input)
    application.add_exception_handler(Exception, _fail)
    return application


def _document(document: Document) -> Callable[[], Any]:
    headers = {**PAGE_HEADERS, "Cache-Control": document.caching}

    async def answer() -> Response:
        return Response(document.data, media_type=document.media, headers=headers)

    return answer


def _render(metrics: Metrics) -> Callable[[Request], Any]:
    async def render(request: Request) -> Response:
        kind = exposition_type(request.headers.get("accept", ""))
        return Response(metrics.render(kind), media_type=kind, headers=PAGE_HEADERS)

    return render


async def _say_how_to_build() -> Response:
    return _problem(UnknownOperation("The guide is not built here: `make docs` builds it for the next start."))


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
            refusals.note(request.scope, refused, current_trace_id())
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
    told = problem(error, current_trace_id())
    retry = {} if told.retry_after is msgspec.UNSET else {"Retry-After": str(told.retry_after)}
    return _written(told, {**retry, **(headers or {})})


def _plain(error: HTTPException) -> Response:
    """A status that the catalogue has no general error for, by its own name (RFC 9457 §4.2.1)."""
    title = HTTPStatus(error.status_code).phrase
    code = title.lower().replace(" ", "_")
    told = Problem(type="about:blank", title=title, status=error.status_code, code=code, trace_id=current_trace_id())
    return _written(told, error.headers or {})


def _written(told: Problem, headers: Mapping[str, str]) -> Response:
    every = {"Cache-Control": "no-store", **headers}
    return Response(msgspec.json.encode(told), told.status, every, "application/problem+json")
