"""Where settings are said: variables, files that variables point to, `.env.<environment>` and `.env` in the working directory.

Promises: the nearest wins, in that order; a name that is said twice at one place is a fault, and so is a file that cannot be
read. Nothing is judged here but that. `ENVIRONMENT` is taken from the variables or `.env`, since it names the other file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from app.settings import OLDER_NAMES, Environment, Settings

FILE = "_FILE"
"""Behind a setting's name: the path of a file whose text is the value, as secrets are mounted."""
MAX_FILE_BYTES = 65_536


@dataclass(frozen=True)
class Said:
    text: str
    origin: str
    """For people: `variable`, `.env`, `file /run/secrets/redis`."""


@dataclass
class Sources:
    """`said` is by the setting's name in upper case; `unread` are the names in `.env` files and variables that are none of ours."""

    said: dict[str, Said] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    unread: dict[str, str] = field(default_factory=dict)
    """Where each was found."""

    def of(self, name: str) -> str | None:
        return self.said[name].text if name in self.said else None


def names() -> tuple[str, ...]:
    """Of all settings, as variables."""
    return tuple(name.upper() for name in Settings.model_fields)


def gather(environ: Mapping[str, str], folder: Path) -> Sources:
    """Raises nothing; what cannot be read is among the faults."""
    found = Sources()
    plain = _file(folder / ".env", found)
    _take(found, environ, "variable")
    environment = found.of("ENVIRONMENT") or _environment_of(plain)
    named = _file(folder / f".env.{environment}", found) if environment in list(Environment) else {}
    _take(found, named, f".env.{environment}")
    _take(found, plain, ".env")
    return found


def merged(environ: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The variables with what the other places say beside them, for a program that starts others; what a file had is a variable
    then, and no longer said as a file."""
    found = gather(environ, folder)
    elsewhere = {name: one.text for name, one in found.said.items() if one.origin != "variable"}
    files = {name + FILE for name in elsewhere}
    return elsewhere | {name: text for name, text in environ.items() if name not in files}


def _environment_of(plain: Mapping[str, str]) -> str:
    return plain.get("ENVIRONMENT") or plain.get("ENV") or Environment.PRODUCTION


def _file(path: Path, found: Sources) -> dict[str, str]:
    """As dotenv reads it, without references to other variables: a secret may have `$` in it."""
    if not path.is_file():
        return {}
    try:
        return {name: text or "" for name, text in dotenv_values(path, interpolate=False).items()}
    except (OSError, ValueError) as error:
        found.faults.append(f"{path.name}: cannot be read: {error}")
        return {}


def _take(found: Sources, place: Mapping[str, str], origin: str) -> None:
    """What nearer places have said stands."""
    known = names()
    older = {new: old for old, new in OLDER_NAMES.items()}
    for name in known:
        spelt = [one for one in (name, older.get(name), name + FILE) if one and one in place]
        if len(spelt) > 1 and not _agree(place, spelt):
            found.faults.append(f"{name}: is set twice, as {' and '.join(spelt)}; leave one of them out")
        if spelt and name not in found.said and (said := _said(found, place, spelt[0], origin)) is not None:
            found.said[name] = said
    ours = {*known, *OLDER_NAMES, *(name + FILE for name in known)}
    found.unread |= {name: origin for name in place if name not in ours}


def _agree(place: Mapping[str, str], spelt: list[str]) -> bool:
    return not spelt[-1].endswith(FILE) and len({place[one] for one in spelt}) == 1


def _said(found: Sources, place: Mapping[str, str], spelt: str, origin: str) -> Said | None:
    if not spelt.endswith(FILE):
        return Said(place[spelt], origin)
    path = Path(place[spelt])
    try:
        with path.open("rb") as file:
            return Said(file.read(MAX_FILE_BYTES).decode().rstrip("\r\n"), f"file {path}")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is no text"
        found.faults.append(f"{spelt}: names {str(path)[:200]}, which cannot be read: {reason}")
        return None
