"""The blocking twin of asynchronous Python, by replacing tokens: layout, comments and everything else stay.

Raises ValueError for what is left over, so that a word which has no twin is found when it is written.
"""

from __future__ import annotations

import io
import re
import tokenize

WORDS = {
    "aclose": "close",
    "aiter_bytes": "iter_bytes",
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "StopAsyncIteration": "StopIteration",
    "AsyncIterator": "Iterator",
    "AsyncIterable": "Iterable",
}
DROPPED = {"async", "await"}
LEFT = re.compile(r"\b(?:async|await|asyncio|Awaitable|Async[A-Z]\w*)\b|_async\b")


def to_sync(text: str) -> str:
    """The same module without `async`; `AsyncX` is X, `x_async` is x_sync, `Awaitable[X]` is X."""
    tokens = list(tokenize.generate_tokens(io.StringIO(_unwrapped(text)).readline))
    lines = _unwrapped(text).splitlines(keepends=True)
    for token in reversed(tokens):
        replaced = _replaced(token)
        if replaced != token.string:
            _splice(lines, token, replaced)
    found = "".join(lines)
    if left := LEFT.search(found):
        line = found.count("\n", 0, left.start()) + 1
        raise ValueError(f"line {line}: {left[0]!r} has no twin: {lines[line - 1].strip()}")
    return found


def _replaced(token: tokenize.TokenInfo) -> str:
    if token.type == tokenize.NAME:
        return "" if token.string in DROPPED else _word(token.string)
    if token.type in (tokenize.STRING, tokenize.COMMENT):
        return re.sub(r"\w+", lambda match: _prose(match[0]), token.string)
    return token.string


def _word(name: str) -> str:
    if name in WORDS:
        return WORDS[name]
    if name.endswith("_async"):
        return name.removesuffix("_async") + "_sync"
    return re.sub(r"^(_?)Async(?=[A-Z])", r"\1", name)


def _prose(word: str) -> str:
    """Names in docstrings and comments; `async with` there is `with`."""
    return _word(word)


def _unwrapped(text: str) -> str:
    """`Awaitable[X]` as X, innermost first, and without its import; `async with` in prose as `with`."""
    before = ""
    while before != text:
        before, text = text, re.sub(r"\bAwaitable\[((?:[^\[\]]|\[[^\[\]]*\])*)\]", r"\1", text)
    text = re.sub(r"\bAwaitable, |, Awaitable\b", "", text)
    return re.sub(r"`(?:async|await) ", "`", text)


def _splice(lines: list[str], token: tokenize.TokenInfo, replaced: str) -> None:
    (row, start), (end_row, end) = token.start, token.end
    if row != end_row:
        block = lines[row - 1 : end_row]
        head, tail = block[0][:start], block[-1][end:]
        lines[row - 1 : end_row] = [head + replaced + tail]
        return
    line = lines[row - 1]
    after = line[end:].lstrip(" ") if not replaced else line[end:]
    lines[row - 1] = line[:start] + replaced + after
