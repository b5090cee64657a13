"""Texts that come in have a maximum: what holds them (memory, columns, indexes) has one anyway."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from codegen.diagnostics import Findings
from codegen.ir.operations import Contract
from codegen.ir.types import Field, ListOf, MapOf, Record, String, Type

SHORT_FORMS = {"email", "hostname", "ipv4", "ipv6"}
"""Formats whose own rules bound the text; a URI, a password and the fraction of a time have no end."""
_ENDLESS = re.compile(r"(?:\\.|\[\^?(?:[^\]\\]|\\.)*\])|([*+]|\{\d+,\})", re.DOTALL)
"""Escapes and sets, which are passed over, and the counts that have no upper end."""


def check_lengths(contract: Contract, findings: Findings) -> None:
    for one in _incoming(contract):
        for text in _texts(one.type):
            has_end = text.max_length is not None or text.const is not None or text.form in SHORT_FORMS
            if not has_end and not _is_bounded(text.pattern):
                fix = "add `maxLength:`, in characters"
                findings.warn("S040", one.place, f"the text {one.member!r} of a request has no maxLength", fix=fix)


def _incoming(contract: Contract) -> Iterator[Field]:
    for operation in contract.operations:
        yield from operation.request.fields
    for name in sorted(contract.inputs):
        definition = contract.definitions.get(name)
        if isinstance(definition, Record):
            yield from definition.fields


def _texts(kind: Type) -> Iterable[String]:
    match kind:
        case ListOf():
            return _texts(kind.item)
        case MapOf():
            return _texts(kind.value)
        case String():
            return (kind,)
    return ()


def _is_bounded(pattern: str | None) -> bool:
    """A pattern that is anchored at both ends and repeats nothing without end bounds the text itself."""
    if pattern is None or not (pattern.startswith("^") and pattern.endswith("$")) or "|" in pattern:
        return False
    return not any(match[1] for match in _ENDLESS.finditer(pattern))
