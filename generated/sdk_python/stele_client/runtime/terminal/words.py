"""`name=value` as the fields of a request: typed as the contract has them, read from files where they begin with `@`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .program import Argument, Command, UsageError

STDIN = "-"


def values(command: Command, words: Sequence[str], data: str | None) -> dict[str, Any]:
    """From a JSON object (`data`: its text, `@FILE`, or `-` for stdin) and from words, which come after it.

    `name=text` is read as the field's type has it, `name=@FILE` is what the file holds (`@-` stdin, `@@` a text that begins
    with @), `name:=JSON` is any value. A list is its name said again and again. Raises UsageError.
    """
    found = _object(data) if data is not None else {}
    for member in found:
        command.argument(member)
    said: set[str] = set()
    for word in words:
        member, value = _pair(command, word)
        argument = command.argument(member)
        if argument.is_many and not isinstance(value, list):
            value = [*(found[member] if member in said else []), value]
        elif member in said:
            raise UsageError(f"{member} is said twice, and is no list")
        said.add(member)
        found[member] = value
    missing = [one.member for one in command.arguments if one.is_required and one.member not in found]
    if missing:
        raise UsageError(f"{command.operation} needs {', '.join(f'{one}=…' for one in missing)}")
    return found


def _object(data: str) -> dict[str, Any]:
    text = sys.stdin.read() if data == STDIN else _file(data[1:]).decode() if data.startswith("@") else data
    found = _json(text or "{}", "the data")
    if not isinstance(found, dict):
        raise UsageError("the data is no JSON object")
    return found


def _pair(command: Command, word: str) -> tuple[str, Any]:
    member, sign, text = word.partition("=")
    if not sign:
        raise UsageError(f"{word!r} is no field: write name=value, name=@FILE or name:=JSON")
    if member.endswith(":"):
        return member[:-1], _json(text, member[:-1])
    argument = command.argument(member)
    if text.startswith("@@"):
        return member, _read(argument, text[1:])
    if not text.startswith("@"):
        return member, _read(argument, text)
    if argument.kind == "file":
        return member, sys.stdin.buffer if text[1:] == STDIN else _path(text[1:])
    content = _file(text[1:])
    if argument.kind == "bytes":
        return member, content
    return member, _read(argument, content.decode(errors="replace").rstrip("\n"))


def _read(argument: Argument, text: str) -> Any:
    try:
        match argument.kind:
            case "integer":
                return int(text)
            case "number":
                return float(text)
            case "boolean":
                return {"true": True, "false": False}[text.lower()]
            case "json":
                return json.loads(text)
            case "bytes" | "file":
                return text.encode()
    except (ValueError, KeyError):
        raise UsageError(f"{argument.member} is no {argument.kind}: {text!r}") from None
    if argument.choices and text not in argument.choices:
        raise UsageError(f"{argument.member} is one of {', '.join(argument.choices)}, and not {text!r}")
    return text


def _json(text: str, what: str) -> Any:
    try:
        return json.loads(text)
    except ValueError as error:
        raise UsageError(f"{what} is no JSON: {error}") from None


def _file(name: str) -> bytes:
    return sys.stdin.buffer.read() if name == STDIN else _path(name).read_bytes()


def _path(name: str) -> Path:
    path = Path(name).expanduser()
    if not path.is_file():
        raise UsageError(f"there is no file {name}")
    return path
