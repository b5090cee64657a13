"""Structured logs, one line each, with every token-shaped string scrubbed; uvicorn's lines go the same way (D28).

A line that is written while a request runs carries its `trace_id`. What succeeds is metrics and audit rows, not lines.
"""

from __future__ import annotations

import logging
import re
import sys
from contextvars import ContextVar

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

SECRETS = re.compile(
    r"(?P<jwt>eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*)"
    r"|(?P<name>(?:authorization|access_token|refresh_token|ticket|password)(?:=|%3D|['\"]?:\s*['\"]?))(?P<value>[^\s&'\",}]+(?:%20|\s)?[^\s&'\",}]*)"
    r"|(?P<protocol>bearer\.[\w=-]{8,})",
    re.IGNORECASE,
)
SCRUBBED = "[scrubbed]"
TRACE_ID: ContextVar[str | None] = ContextVar("trace_id", default=None)


def scrub(text: str) -> str:
    """The text without anything that looks like a credential."""
    return SECRETS.sub(lambda match: (match["name"] or "") + SCRUBBED, text)


def scrub_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    return {key: scrub(value) if isinstance(value, str) else value for key, value in event.items()}


def add_trace_id(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    if (trace_id := TRACE_ID.get()) is not None:
        event.setdefault("trace_id", trace_id)
    return event


def configure(level: str, *, is_json: bool) -> None:
    """Call once per process, before anything logs."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_trace_id,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        scrub_event,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared[:-1]],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, scrub_event, renderer],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in ("httpx", "httpx2", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
