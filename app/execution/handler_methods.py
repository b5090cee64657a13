"""What handlers offer is exactly what the contract names: a method that it does not name has no policy (ACCEPTANCE Z06).

A missing method cannot be constructed, which abstract classes see to; a method too many is found here, at start.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from generated.handlers import Handlers


class UnknownMethod(Exception):
    """A public method of a handler that is no operation."""


def check_methods(handlers: Handlers[Any]) -> None:
    """Raises UnknownMethod, which names all of them. Looks at classes, runs nothing."""
    found = [
        f"{type(handler).__name__}.{name}"
        for handler in (getattr(handlers, one.name) for one in fields(handlers))
        for name in _unknown_methods(type(handler))
    ]
    if found:
        raise UnknownMethod(
            f"{', '.join(found)}: no operation of the contract has this name, so it has no roles, limit or audit. "
            "Write it in specs/ and `make generate`, or begin its name with an underscore."
        )


def _unknown_methods(kind: type) -> list[str]:
    bases = [base for base in kind.__mro__ if base.__module__ == Handlers.__module__]
    known = {name for base in bases for name in vars(base)}
    own = [base for base in kind.__mro__ if base.__module__ != "builtins" and base not in bases]
    return sorted(
        name
        for base in own
        for name, value in vars(base).items()
        if callable(value) and not name.startswith("_") and name not in known
    )
