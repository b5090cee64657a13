"""Structured logs, one line each, with every token-shaped string scrubbed; all that the process says goes this way (D28).

That is uvicorn's lines, libraries' warnings, tracebacks that nobody caught, and whatever is printed: none waits for a reader.
A line that is written while a request runs carries its `trace_id`. What succeeds is metrics and audit rows, not lines.
"""

from __future__ import annotations

import io
import logging
import re
import sys
import threading
from contextvars import ContextVar

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

from app.telemetry.log_writer import LogWriter
from generated.product import NAME

SECRETS = re.compile(
    r"(?P<jwt>eyJ[\w-]{8,}\.[\w-]+\.?[\w-]*)"
    r"|(?P<name>(?:authorization|access_token|refresh_token|ticket|password)(?:=|%3D|['\"]?:\s*['\"]?))(?P<value>[^\s&'\",}]+(?:%20|\s)?[^\s&'\",}]*)"
    r"|(?P<protocol>bearer\.[\w=-]{8,})",
    re.IGNORECASE,
)
"""Token-shaped strings, what follows the names of credentials, and subprotocols that carry a token. What has no such
form must not be logged in the first place."""
CREDENTIALS = frozenset({"authorization", "access_token", "refresh_token", "ticket", "password"})
MAX_DEPTH = 8
"""Of values inside each other; what is deeper becomes one text."""
SCRUBBED = "[scrubbed]"
STDOUT = 1
MAX_PRINTED_CHARS = 16_384
TRACE_ID: ContextVar[str | None] = ContextVar("trace_id", default=None)
"""Set by the runner and by the doors; a task that is begun meanwhile inherits it."""


def scrub(text: str) -> str:
    """The text without anything that looks like a credential; the name before it stays."""
    return SECRETS.sub(lambda match: (match["name"] or "") + SCRUBBED, text)


def scrub_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Every string of the event, however deep it stands, and what bears the name of a credential."""
    return {key: value if key.startswith("_") else _scrubbed(key, value, MAX_DEPTH) for key, value in event.items()}


def _scrubbed(key: object, value: object, depth: int) -> object:
    """Other objects as the text that they would become."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(key, str) and key.lower() in CREDENTIALS:
        return SCRUBBED
    if isinstance(value, str):
        return scrub(value)
    if depth and isinstance(value, dict):
        return {each: _scrubbed(each, inner, depth - 1) for each, inner in value.items()}
    if depth and isinstance(value, list | tuple):
        return [_scrubbed(None, inner, depth - 1) for inner in value]
    return scrub(repr(value))


def add_trace_id(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Where the line does not say one itself."""
    if (trace_id := TRACE_ID.get()) is not None:
        event.setdefault("trace_id", trace_id)
    return event


def add_service(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Where the lines of several services come together, they are told apart by it."""
    event["service"] = NAME
    return event


class PrintedLines(io.TextIOBase):
    """Stands for stdout and stderr: what is printed becomes lines of the log."""

    def __init__(self, name: str, level: int) -> None:
        self._logger = logging.getLogger(name)
        self._level = level
        self._unfinished = ""

    @override
    def writable(self) -> bool:
        return True

    @override
    def write(self, text: str) -> int:
        """A line is logged when it has ended; of one without an end 16,384 characters are kept."""
        *lines, rest = (self._unfinished + text).split("\n")
        self._unfinished = rest[:MAX_PRINTED_CHARS]
        for line in lines:
            if line.strip():
                self._logger.log(self._level, "%s", line)
        return len(text)


def configure(level: str, *, is_json: bool) -> LogWriter:
    """Call once per process, before anything logs; again, it takes the place of the earlier one. Changes the process:
    the root logger, uvicorn's loggers, stdout, stderr, and what Python does with exceptions that nobody catches.
    Answers who counts drops."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        add_trace_id,
        *([add_service] if is_json else []),
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
        scrub_event,
    ]
    writer = LogWriter(STDOUT)
    writer.setFormatter(_formatter(shared, is_json=is_json))
    logging.basicConfig(level=level, handlers=[writer], force=True)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    for name in ("httpx", "httpx2", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(name).setLevel(logging.WARNING)
    _take_what_is_printed()
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
    return writer


def _formatter(shared: list[Processor], *, is_json: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer() if is_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*shared[:-1]],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, scrub_event, renderer],
    )


def _take_what_is_printed() -> None:
    """Python itself prints warnings and exceptions that nobody can catch; with a full pipe that would stop the event loop."""
    logging.captureWarnings(True)
    sys.stdout, sys.stderr = PrintedLines("stdout", logging.INFO), PrintedLines("stderr", logging.WARNING)
    lost = logging.getLogger("uncaught")
    sys.excepthook = lambda kind, error, trace: lost.critical("the process fails", exc_info=(kind, error, trace))
    sys.unraisablehook = lambda one: lost.error(one.err_msg or "unraisable", exc_info=one.exc_value)
    threading.excepthook = lambda one: lost.error("a thread failed", exc_info=one.exc_value)
