"""What a client tells the standard library's `logging`, under the name of its package.

Attempts are DEBUG, retries and the socket's comings and goings INFO, events that are missed for good WARNING. No line has a token,
a content or an answer's text: of an error its class and code.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from .errors import ApiError
from .options import AttemptInfo, Hooks


def logger() -> logging.Logger:
    """Silent until the program says otherwise, as a library's is to be."""
    found = logging.getLogger(__name__.rpartition(".runtime.")[0])
    if not found.handlers:
        found.addHandler(logging.NullHandler())
    return found


def logged(hooks: Hooks) -> Hooks:
    """The same hooks, and a line for each before it is called."""
    log = logger()

    def request(info: AttemptInfo) -> None:
        log.debug("%s: attempt %d over %s, request %s", info.operation, info.number, info.door, info.request_id)

    def response(info: AttemptInfo, took_s: float) -> None:
        log.debug("%s: attempt %d took %.3f s", info.operation, info.number, took_s)

    def retry(info: AttemptInfo, error: BaseException, pause_s: float) -> None:
        log.info("%s: attempt %d failed (%s), next in %.2f s", info.operation, info.number, _kind(error), pause_s)

    def connect(count: int) -> None:
        log.info("the socket is open (%d)", count)

    def disconnect(code: int, pause_s: float) -> None:
        what = "is not opened again" if pause_s < 0 else f"is opened again in {pause_s:.2f} s"
        log.info("the socket was closed (%d) and %s", code, what)

    def resubscribe(topic: str, recovered: bool) -> None:
        log.info("%s is followed again, %s", topic, "nothing is missed" if recovered else "something is missed")

    def missed(topic: str) -> None:
        log.warning("events of %s were missed and will not come", topic)

    return Hooks(
        on_request=_both(request, hooks.on_request),
        on_response=_both(response, hooks.on_response),
        on_retry=_both(retry, hooks.on_retry),
        on_connect=_both(connect, hooks.on_connect),
        on_disconnect=_both(disconnect, hooks.on_disconnect),
        on_resubscribe=_both(resubscribe, hooks.on_resubscribe),
        on_missed=_both(missed, hooks.on_missed),
    )


def _both(first: Callable[..., None], second: Callable[..., None] | None) -> Callable[..., None]:
    if second is None:
        return first

    def both(*told: Any) -> None:
        first(*told)
        second(*told)

    return both


def _kind(error: BaseException) -> str:
    code = error.code if isinstance(error, ApiError) else ""
    return f"{type(error).__name__} {code}".strip()
