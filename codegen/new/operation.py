"""What `make new` is asked for: an operation, how it is called at its doors, and what its records are named."""

from __future__ import annotations

import re
from dataclasses import dataclass

from codegen.diagnostics import Refused
from codegen.ir.names import is_identifier, pascal
from codegen.parse.openapi import METHODS

DOORS = ("http", "socket")
BODY_METHODS = ("post", "put", "patch")
NO_RESULT = "none"
"""The word for an operation that answers nothing: 204 over HTTP."""
_SEGMENT = re.compile(r"[A-Za-z0-9._~-]+|\{[a-z][a-z0-9_]*\}")


@dataclass(frozen=True, slots=True)
class NewOperation:
    """`roles` are alternatives. What is empty is derived: the method from the kind, the path from the names, the result is new."""

    name: str
    feature: str
    doors: tuple[str, ...] = DOORS
    """One of them, or both."""
    roles: tuple[str, ...] = ()
    """Each alone is enough; all must be declared in policy.yaml."""
    is_public: bool = False
    """To be said instead of roles: neither, or both, is refused."""
    is_paginated: bool = False
    is_query: bool = False
    """Reads only: a GET whose request is its parameters."""
    path: str = ""
    """With its parameters in braces, which become fields of the request."""
    method: str = ""
    result: str = ""
    """The name of a schema that is there, an item's where pages are answered; or `none`."""

    @property
    def verb(self) -> str:
        return self.method or ("get" if self.is_query or self.is_paginated else "post")

    @property
    def url(self) -> str:
        """The path that HTTP has, said or derived."""
        return self.path or f"/api/{self.feature}/{self.name}".replace("_", "-")

    @property
    def parameters(self) -> tuple[str, ...]:
        """The fields that stand in the path."""
        return tuple(re.findall(r"\{([^}]*)\}", self.path))

    @property
    def has_body(self) -> bool:
        return self.verb in BODY_METHODS

    @property
    def stem(self) -> str:
        return pascal(self.name)

    @property
    def own_record(self) -> str | None:
        """What comes in beside the path: a body, or the parameters of the query."""
        if self.parameters and not self.has_body and not self.is_paginated:
            return None
        return f"{self.stem}{'Input' if self.has_body else 'Query'}"

    @property
    def path_record(self) -> str | None:
        """What stands in the path; None where nothing does."""
        return f"{self.stem}Path" if self.parameters else None

    @property
    def request_record(self) -> str:
        """Everything that comes in, which is what a frame of the socket holds."""
        both = self.own_record and self.path_record
        return f"{self.stem}Frame" if both else self.own_record or self.path_record or ""

    @property
    def item(self) -> str:
        """What a page has many of."""
        return self.result or f"{self.stem}Item"

    @property
    def answer(self) -> str | None:
        """The record that goes out."""
        if self.is_paginated:
            return f"{self.stem}Page"
        return None if self.result == NO_RESULT else self.result or f"{self.stem}Result"

    @property
    def new_records(self) -> tuple[str, ...]:
        """The schemas that are written; none may be there yet."""
        found = [self.path_record, self.own_record, self.request_record]
        found += [self.answer] if self.is_paginated else []
        found += [] if self.result else [self.item if self.is_paginated else self.answer]
        return tuple(dict.fromkeys(name for name in found if name))

    @property
    def open_records(self) -> tuple[str, ...]:
        """New records whose fields are left to a person."""
        outgoing = self.item if self.is_paginated else self.answer
        return tuple(name for name in (self.own_record, None if self.result else outgoing) if name)


def check_form(wanted: NewOperation) -> None:
    """What can be said without a contract. Raises Refused at the first fault."""
    if not is_identifier(wanted.name) or not is_identifier(wanted.feature):
        raise Refused(f"{wanted.name!r} and {wanted.feature!r} must be snake_case names and no keywords")
    if not wanted.doors or set(wanted.doors) - set(DOORS):
        raise Refused(f"doors are {' and '.join(DOORS)}")
    if wanted.verb not in METHODS:
        raise Refused(f"the method {wanted.verb!r} is none of {', '.join(METHODS)}")
    if (wanted.is_query or wanted.is_paginated) and wanted.verb != "get":
        raise Refused(f"what only reads is a GET, and the method is {wanted.verb!r}")
    if (wanted.path or wanted.method) and "http" not in wanted.doors:
        raise Refused("a path and a method are of the door http")
    steps = wanted.url.removeprefix("/").split("/")
    if not wanted.url.startswith("/") or not all(_SEGMENT.fullmatch(step) for step in steps):
        raise Refused(f"the path {wanted.url!r} must be like /api/things/{{thing_id}}")
    if wanted.is_paginated and wanted.result == NO_RESULT:
        raise Refused("pages have items: name their schema as the result, or none for a new one")
