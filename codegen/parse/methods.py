"""What the SDKs call an operation, by `x-sdk-method`: one method, and a second one where the result is paged."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.ir.names import camel
from codegen.ir.operations import Result
from codegen.ir.types import Definition, Named, Record, String

CURSOR, NEXT = "cursor", "next_cursor"


def method_names(name: str, word: object, *, paged: bool) -> tuple[str, str | None]:
    """The names of the method and of its pager; a pager that is named where nothing is paged is the empty text."""
    if isinstance(word, Mapping):
        return str(word.get("method", name)), str(word.get("paginate")) if paged else ""
    method = str(word or name)
    return method, f"paginate_{method}" if paged else None


def is_paged(request: Record, result: Result, definitions: Mapping[str, Definition]) -> bool:
    """Whether a call takes a cursor and answers with a list and the next one."""
    cursor, answered = request.of_member(CURSOR), definitions.get(result.record or "")
    meta = answered.field("meta") if isinstance(answered, Record) and result.is_list else None
    where = definitions.get(meta.type.name) if meta and isinstance(meta.type, Named) else None
    following = where.field(NEXT) if isinstance(where, Record) else None
    if following is not None and following.member not in (NEXT, camel(NEXT)):
        return False
    return all(one is not None and isinstance(one.type, String) for one in (cursor, following))
