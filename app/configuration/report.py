"""The effective settings for a person or a program: value, and where it came from. No secret is in it."""

from __future__ import annotations

import json
from collections.abc import Iterator

from app.configuration.reading import Configuration, shown
from app.settings import GROUPS


def as_text(configuration: Configuration) -> str:
    """A table in groups, then the notes."""
    settings, lines = configuration.settings, []
    for group in GROUPS:
        lines += ["", f"# {group.about}"]
        for name in group.model_fields:
            value = shown(name, getattr(settings, name))
            lines.append(f"{name.upper():24}{value:48} {configuration.origins[name]}")
    return "\n".join([*lines[1:], *_noted(configuration)])


def as_json(configuration: Configuration) -> str:
    """An object by the names of the variables."""
    settings = configuration.settings
    said = {
        name.upper(): {
            "value": _plain(name, getattr(settings, name)), "origin": configuration.origins[name], "group": group.about,
        }
        for group in GROUPS
        for name in group.model_fields
    }  # fmt: skip
    return json.dumps({"settings": said, "notes": list(configuration.notes)}, indent=2)


def _noted(configuration: Configuration) -> Iterator[str]:
    if configuration.notes:
        yield ""
        yield from configuration.notes


def _plain(name: str, value: object) -> object:
    """What JSON has a type for as it is, all else as in the table."""
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, tuple):
        return list(value)
    return shown(name, value).strip("'")
