"""Structured logs, one line each, with every token-shaped string scrubbed; all that the process says goes this way (D28).

That is uvicorn's lines, libraries' warnings, tracebacks that nobody caught, and whatever is printed: none waits for a reader.
A line that is written while a request runs carries its `trace_id`, `operation`, `door` and, where he is known, the user's `subject`. What succeeds is metrics and audit rows, not lines.
"""

from __future__ import annotations

import io
import logging
import sys
import threading

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger
from typing_extensions import override

from app.telemetry.correlation import CURRENT
from app.telemetry.log_writer import LogWriter
from app.telemetry.scrubbing import scrubbed
from generated.product import NAME

STDOUT = 1
MAX_PRINTED_CHARS = 16_384


def scrub_event(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Every string of the event, however deep it stands, and what bears the name of a credential."""
    return {key: value if key.startswith("_") else scrubbed(key, value) for key, value in event.items()}


def add_correlation(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Of the request that runs; what the line says itself goes before."""
    current = CURRENT.get()
    return event if current is None else {**current.fields(), **event}


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
        add_correlation,
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
