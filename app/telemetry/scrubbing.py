"""Takes credentials out of what is about to be written: by their own form, and by the names that they stand under (D28).

Promises: tokens with a form of their own (JWT, `bearer …`, the password of a URL) are found in any text; what stands under a name of
a credential is found in objects at any depth, and in texts as queries, headers, JSON and Python write them. Rather too much is
taken out than too little. What has neither form nor name must not be logged in the first place.
"""

from __future__ import annotations

import re

SCRUBBED = "[scrubbed]"
NAMES = (
    "authorization",
    "cookie",
    "token",
    "ticket",
    "password",
    "passwd",
    "secret",
    "api_key",
    "apikey",
    "credential",
    "credentials",
)
"""Ends of names, in lower case and with `_`: `access_token` and `Set-Cookie` too."""
MAX_DEPTH = 8
"""Of values inside each other; of what is deeper nothing is said."""
DEEPER = "[deeper]"
PATTERN = re.compile(
    rf"""
    (?P<jwt> eyJ[\w-]{{8,}} (?: \.[\w-]* )+ )
    | (?P<url> [a-z][a-z0-9+.-]{{0,30}}://[^\s/?#@:]{{0,200}}: ) [^\s/?#]+ (?=@)
    | (?P<named> (?:{"|".join(NAMES).replace("_", "[-_]")}) (?: \\*['"]\s*[,:=]\s* | \s*[:=]\s* | %3D ) (?:b(?=\\*['"]))? )
      (?: (?P<quote> \\*['"] ) .*? (?: (?<!\\)(?P=quote) | \Z )
        | [\[({{] [^\r\n]*
        | (?<=cookie:) [^\r\n]* | (?<=cookie:\ ) [^\r\n]*
        | (?: (?:bearer|basic|digest|negotiate) (?:\s+|%20|\+) )? [^\s&'",;}})\]]* )
    | \b(?P<scheme> (?:bearer|basic) (?:\s+|%20|\+|\.) ) [\w.~+/=%-]{{8,}}
    """,
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def scrub(text: str) -> str:
    """The text without anything that looks like a credential; the name before it stays."""
    return PATTERN.sub(_replacement, text)


def is_credential(name: str) -> bool:
    """Whether what stands under this name is one, whatever it looks like."""
    return name.lower().replace("-", "_").endswith(NAMES)


def scrubbed(key: object, value: object, depth: int = MAX_DEPTH) -> object:
    """The value without credentials, which stands under `key`; other objects as the text that they would become."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if (name := _text(key)) is not None and is_credential(name):
        return SCRUBBED
    if isinstance(value, str):
        return scrub(value)
    if not depth and isinstance(value, dict | list | tuple):
        return DEEPER
    if isinstance(value, dict):
        return {_key(each): scrubbed(each, inner, depth - 1) for each, inner in value.items()}
    if isinstance(value, list | tuple):
        return _items(value, depth - 1)
    return scrub(repr(value))


def _items(values: list[object] | tuple[object, ...], depth: int) -> list[object]:
    """A pair whose first is a name is a field, as headers are written."""
    if len(values) == 2 and _text(values[0]) is not None:
        return [_key(values[0]), scrubbed(values[0], values[1], depth)]
    return [scrubbed(None, inner, depth) for inner in values]


def _text(name: object) -> str | None:
    return name.decode("latin-1") if isinstance(name, bytes) else name if isinstance(name, str) else None


def _key(key: object) -> object:
    """As JSON can have it."""
    return key if key is None or isinstance(key, bool | int | float) else scrub(_text(key) or repr(key))


def _replacement(match: re.Match[str]) -> str:
    """What stood around the credential stays, so that the text can still be read."""
    quote = match["quote"] or ""
    return f"{match['url'] or match['named'] or match['scheme'] or ''}{quote}{SCRUBBED}{quote}"
