"""Names in the cases that the dialects and targets write them. One spelling comes in, `snake_case`; the others follow."""

from __future__ import annotations

import keyword
import re

SNAKE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
PASCAL = re.compile(r"[A-Z][A-Za-z0-9]*\Z")
MEMBER = re.compile(r"[A-Za-z0-9_.@$:\[\]-]{1,64}\Z")
"""What a JSON member or a query parameter may be called; `/` and `~` would be escaped in pointers."""
MAX_LENGTH = 64
MAX_PRODUCT = 48
"""PostgreSQL cuts an application_name at 63 characters, and some have a suffix."""


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


def code_name(member: str) -> str:
    """`petId` → `pet_id`, `@type` → `type`, `x.y` → `x_y`: what code calls a member of JSON, if it is a legal name."""
    return re.sub(r"[^a-z0-9]+", "_", snake(member)).strip("_")


def is_member_name(name: str) -> bool:
    return bool(MEMBER.match(name))


def product_name(title: str) -> str:
    """`Shop of Things` → `shop_of_things`; a title without a usable letter is `api`. Always a name that x-name may have."""
    words = re.findall(r"[a-z0-9]+", snake(title).replace("_", " "))
    stem = "_".join(words)[:MAX_PRODUCT].strip("_")
    return stem if stem[:1].isalpha() else f"api_{stem}"[:MAX_PRODUCT].strip("_")


def is_product_name(name: str) -> bool:
    """Whether a name is legal for a realm, a package in three languages, and as the beginning of a metric or a key."""
    return bool(SNAKE.match(name)) and len(name) <= MAX_PRODUCT


def is_identifier(name: str) -> bool:
    """Whether a name is legal for an operation, a field or a feature in every target."""
    return bool(SNAKE.match(name)) and len(name) <= MAX_LENGTH and not keyword.iskeyword(name)


def is_type_name(name: str) -> bool:
    return bool(PASCAL.match(name)) and len(name) <= MAX_LENGTH and not keyword.iskeyword(name)
