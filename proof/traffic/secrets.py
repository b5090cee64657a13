"""What is a secret in traffic, and how it leaves none of itself in a file: each is replaced by a name, the same one wherever it comes again.

Two nets. A value is hidden where it stands: by the contract's words (`x-sensitive`, `format: password`, `writeOnly`, what hands out
sessions), by its member's name, and wherever the contract says nothing. And a line is searched, before it is written, for every form
of a secret that has been hidden so far, in case that it was said elsewhere too.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

from proof.documents import Json
from proof.traffic.lines import SECRET
from proof.traffic.schema import Schema

ANYWHERE = re.compile(
    r"passw(or)?d|passphrase|passcode|secret|credential|authorization|cookie|apikey|privatekey|accesskey|signingkey|jwt"
)
AT_THE_END = frozenset({"token", "tokens", "pwd", "pin", "otp"})
LETTERS = re.compile(r"[^a-z0-9]+")
WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
SAID_OF_A_SESSION = frozenset({"username"})
"""Texts of a session's operation that are no secret."""
RANDOM = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])\S{12,}")
MIN_SEARCHED = 8
"""Characters. A shorter one is hidden where it stands, and not searched for: it would be found in any text."""
MAX_SEARCHED = 256
MAX_NAMED = 65_536
"""Secrets that are known by their name; of more, the oldest get a new one."""


def is_secret_name(name: str) -> bool:
    """Of a member, a header or a parameter, in any habit of writing names."""
    plain = LETTERS.sub("", name.lower())
    words = WORDS.findall(name)
    return bool(ANYWHERE.search(plain)) or plain.endswith("token") or bool(words and words[-1].lower() in AT_THE_END)


class Secrets:
    """Of one recording. `write_only` are members that only come in, whose derived schemas do not say so any more."""

    def __init__(self, write_only: frozenset[str] = frozenset()) -> None:
        self._write_only = write_only
        self._names: OrderedDict[bytes, str] = OrderedDict()
        self._count = 0
        self._forms: OrderedDict[str, tuple[str, ...]] = OrderedDict()

    def name(self, value: Any, *, is_sure: bool = True) -> Json:
        """In place of the value. One that only might be a secret is searched for only if it looks like one: words are in any text."""
        text = value if isinstance(value, str) else json.dumps(value, sort_keys=True)
        key = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
        found = self._names.pop(key, "")
        if not found:
            self._count += 1
            found = f"secret-{self._count}"
        self._names[key] = found
        _bound(self._names, MAX_NAMED)
        if isinstance(value, str) and (is_sure or RANDOM.fullmatch(value)):
            self.search_for(value)
        return {SECRET: found}

    def search_for(self, text: str) -> None:
        """From now on no line has it."""
        if len(text) >= MIN_SEARCHED:
            self._forms.pop(text, None)
            self._forms[text] = tuple(forms(text))
            _bound(self._forms, MAX_SEARCHED)

    def hidden(self, value: Any, schema: Schema, name: str = "", *, whole: bool = False) -> Any:
        """The value with its secrets named; `whole` where every text of it is one that the contract does not fix. So is each
        below a member that the contract does not name."""
        if value is None or isinstance(value, bool):
            return value
        if self._is_secret(schema, name):
            return self.name(value)
        if isinstance(value, dict):
            return {
                key: self.hidden(one, schema.member(key), key, whole=whole or not schema.declares(key))
                for key, one in value.items()
            }
        if isinstance(value, list):
            return [self.hidden(one, schema.item(), whole=whole) for one in value]
        is_said = schema.is_fixed or name in SAID_OF_A_SESSION or not isinstance(value, str)
        return self.name(value, is_sure=False) if whole and not is_said else value

    def _is_secret(self, schema: Schema, name: str) -> bool:
        told = schema.says("x-sensitive") or schema.says("writeOnly") or "password" in schema.formats
        return told or name in self._write_only or (is_secret_name(name) and not schema.is_fixed)

    def cover(self, line: str) -> str:
        """A line of the file without any form of what was hidden so far."""
        for found in self._forms.values():
            for form in found:
                if form in line:
                    line = line.replace(form, "hidden")
        return line


def _bound(kept: OrderedDict[Any, Any], size: int) -> None:
    while len(kept) > size:
        kept.popitem(last=False)


def forms(text: str) -> Iterator[str]:
    """How a text may stand in a line of JSON: itself, in percent encodings, hexadecimal, and as that part of a base64 text which it
    alone decides, wherever it begins there."""
    raw = text.encode(errors="surrogatepass")
    spelled = {json.dumps(text)[1:-1], json.dumps(json.dumps(text)[1:-1])[1:-1]}
    escaped = {quote(raw, safe=""), quote_plus(raw, safe=""), quote(raw)}
    spelled |= escaped | {re.sub(r"%..", lambda one: one[0].lower(), one) for one in escaped}
    spelled |= {raw.hex(), raw.hex().upper()}
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw).decode()
        core = whole[-(-offset * 8 // 6) : (offset + len(raw)) * 8 // 6]
        spelled |= {core, core.replace("+", "-").replace("/", "_"), json.dumps(quote(core, safe=""))[1:-1]}
    yield from sorted(spelled, key=len, reverse=True)
