"""Patterns of the contract: ECMA-262 in Unicode mode, as JSON Schema has them, and the same set of texts in Rust's syntax.

Pydantic judges with Rust's engine, which reads `\\d`, `\\w`, `.`, `[[` and `&&` otherwise; so every pattern is translated
token by token, and what has no translation (looking around or back) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pydantic_core import SchemaError, SchemaValidator, ValidationError, core_schema

_TOKEN = re.compile(
    r"""(?P<group>\(\?:|\(\?<[A-Za-z_]\w*>|\((?!\?))
    |(?P<close>\))
    |(?P<count>(?:[*+?]|\{\d{1,4}(?:,\d{0,4})?\})\??)
    |(?P<set>\[\^?(?:[^\]\\]|\\.)*\])
    |(?P<escape>\\(?:u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[\w=]+\}|.))
    |(?P<any>\.)|(?P<anchor>[\^$])|(?P<bar>\|)
    |(?P<text>[^\\\[\](){}*+?.^$|])""",
    re.VERBOSE | re.DOTALL,
)
_ATOM = re.compile(r"\\(?:u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|[pP]\{[\w=]+\}|.)|[^\\]", re.DOTALL)
_SPACE = r"\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}"
_SETS = {"d": "0-9", "w": "A-Za-z0-9_", "s": _SPACE}
_CONTROLS = {"t": "\t", "n": "\n", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
_MEANINGFUL = frozenset("\\.+*?()|[]{}^$-&~#")
_ANY = r"[^\n\r\x{2028}\x{2029}]"


class Untranslatable(ValueError):
    """The text says which part of the pattern has no equal in every target."""


def rust(pattern: str) -> str:
    """The pattern as Rust's engine reads it. Raises Untranslatable."""
    translated = "".join(_translate(kind, text) for kind, text in _tokens(_joined(pattern)))
    try:
        _validator(translated)
    except SchemaError as error:
        raise Untranslatable(_reason(error)) from None
    return translated


def matches(pattern: str, text: str) -> bool:
    """Whether the text has the pattern somewhere, by the engine that judges requests."""
    try:
        _validator(rust(pattern)).validate_python(text)
    except ValidationError:
        return False
    return True


def may_hold_nul(pattern: str) -> bool:
    """Whether a text with U+0000 could have the pattern; True where it is not obvious."""
    tokens = list(_tokens(_joined(pattern)))
    if len(tokens) < 2 or tokens[0] != ("anchor", "^") or tokens[-1] != ("anchor", "$") or ("bar", "|") in tokens:
        return True
    return any(
        kind == "any" or (kind == "set" and ("^" in text[:2] or "\\" in text)) or (kind == "escape" and text[1] in "DWSP0xu")
        for kind, text in tokens
    )  # fmt: skip


def _validator(translated: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=translated))


def _reason(error: SchemaError) -> str:
    return next((line.strip() for line in reversed(str(error).splitlines()) if line.strip()), "no engine reads it")


def _joined(pattern: str) -> str:
    """Escaped surrogate pairs as the one character that they are."""
    pair = re.compile(r"\\u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})")
    return pair.sub(
        lambda found: f"\\u{{{0x10000 + ((int(found[1], 16) - 0xD800) << 10) + int(found[2], 16) - 0xDC00:x}}}", pattern
    )


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    position, before = 0, ""
    while position < len(pattern):
        found = _TOKEN.match(pattern, position)
        if found is None:
            raise Untranslatable(_unread(pattern[position : position + 4]))
        kind = str(found.lastgroup)
        if kind == "count" and before == "count":
            raise Untranslatable(f"{found[0]!r} repeats a repetition")
        yield kind, found[0]
        position, before = found.end(), kind


def _unread(text: str) -> str:
    if text.startswith(("(?=", "(?!", "(?<")):
        return f"{text!r} looks around"
    if text.startswith("(?"):
        return f"{text!r} is no group of ECMA-262"
    return f"{text[0]!r} must be escaped or closed"


def _translate(kind: str, text: str) -> str:
    match kind:
        case "group":
            return "(?:"
        case "any":
            return _ANY
        case "set":
            return _set(text)
        case "escape":
            return _escape(text)
        case "text":
            return _plain(text)
    return text


def _escape(text: str) -> str:
    letter = text[1]
    if letter in _SETS:
        return f"[{_SETS[letter]}]"
    if letter.lower() in _SETS:
        return f"[^{_SETS[letter.lower()]}]"
    if letter in "bB":
        return f"(?-u:{text})"
    return text if letter in "pP" and len(text) > 2 else _plain(_character(text))


def _set(text: str) -> str:
    """A set, atom by atom, so that nothing in it has a meaning that ECMA-262 does not give it."""
    negated = text.startswith("[^")
    inner = text[2:-1] if negated else text[1:-1]
    if not inner:
        raise Untranslatable(f"{text!r} is an empty set")
    atoms, out, index = _ATOM.findall(inner), [], 0
    while index < len(atoms):
        if index + 2 < len(atoms) and atoms[index + 1] == "-":
            out.append(f"{_plain(_end(atoms[index]))}-{_plain(_end(atoms[index + 2]))}")
            index += 3
        else:
            out.append(_member(atoms[index]))
            index += 1
    return f"[{'^' if negated else ''}{''.join(out)}]"


def _member(atom: str) -> str:
    if len(atom) == 2 and atom[1] in "DWS":
        return f"[^{_SETS[atom[1].lower()]}]"
    if len(atom) == 2 and atom[1] in _SETS:
        return _SETS[atom[1]]
    return atom if atom.startswith(("\\p{", "\\P{")) else _plain(_end(atom))


def _end(atom: str) -> str:
    """The character of an atom in a set; `\\b` is a backspace there."""
    return "\b" if atom == "\\b" else _character(atom) if len(atom) > 1 else atom


def _character(escape: str) -> str:
    letter, digits = escape[1], escape[2:].strip("{}")
    if letter in "ux" and digits:
        number = int(digits, 16)
        if number > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
            raise Untranslatable(f"{escape!r} is no character")
        return chr(number)
    if letter in _CONTROLS:
        return _CONTROLS[letter]
    if letter.isdigit():
        raise Untranslatable(f"{escape!r} looks back")
    if letter.isalnum():
        raise Untranslatable(f"{escape!r} is no escape of ECMA-262")
    return letter


def _plain(character: str) -> str:
    if character in _MEANINGFUL:
        return f"\\{character}"
    return f"\\x{ord(character):02x}" if character < " " else character
