"""Names in the cases that the dialects and targets write them. One spelling comes in, `snake_case`; the others follow."""

from __future__ import annotations

import keyword
import re

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
MAX_LENGTH = 64


def pascal(snake: str) -> str:
    """`create_thing` → `CreateThing`."""
    return "".join(part[:1].upper() + part[1:] for part in snake.split("_"))


def camel(snake: str) -> str:
    """`thing_id` → `thingId`, as protoc spells a field in JSON."""
    return pascal(snake)[:1].lower() + pascal(snake)[1:] if snake[:1].islower() else pascal(snake)


def constant(snake: str) -> str:
    """`create_thing` → `CREATE_THING`."""
    return snake.replace("-", "_").upper()


def snake(name: str) -> str:
    """`AuditOutcome` → `audit_outcome`; `HTTPError2` → `http_error2`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).replace("-", "_").lower()


def is_identifier(name: str) -> bool:
    """Whether a name is legal for an operation, a field or a feature in every target."""
    return bool(SNAKE.match(name)) and len(name) <= MAX_LENGTH and not keyword.iskeyword(name)


def is_type_name(name: str) -> bool:
    return bool(PASCAL.match(name)) and len(name) <= MAX_LENGTH and not keyword.iskeyword(name)
