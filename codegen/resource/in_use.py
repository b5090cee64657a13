"""What is referred to for the first time can be deleted no more: its deletion gets a code for that, in the contract and in its code.

Only where all of it is as `make resource` writes it; what is a person's own is theirs to change, and they are told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codegen.edits import Edit
from codegen.ir.names import pascal
from codegen.parse.yaml_edits import add_entry, add_item
from codegen.parse.yaml_tree import Mapping, Node, Sequence, text_of
from codegen.pipeline import Loaded
from codegen.registration import ServiceCode
from codegen.resource.resource import Target

_DELETION = re.compile(r"^( +)(row = await db\.fetchrow\(self\._delete, .*\))\n(?=\1if row is None:\n)", re.MULTILINE)
_IMPORT = re.compile(r"^from generated\.errors import .*$", re.MULTILINE)


def can_learn(loaded: Loaded, code: ServiceCode, target: Target) -> bool:
    return (
        not target.says_in_use and bool(edits(loaded, target)) and taught(_text(code, target), target.name) is not None
    )


def edits(loaded: Loaded, target: Target) -> list[Edit]:
    """The code, and that the deletion answers it; none where the contract has no place for them."""
    errors = loaded.dialects.documents.tree("specs/errors.yaml")
    table = errors.get("errors") if isinstance(errors, Mapping) else None
    declared = next(_declared(loaded, f"delete_{target.name}"), None)
    if declared is None or not isinstance(table, Mapping):
        return []
    title = f"Something refers to this {target.name.replace('_', ' ')}."
    line = f"{{status: 409, rsp: CONFLICT, retryable: false, title: {title}}}"
    known = {one.code for one in loaded.contract.errors}
    code = f"{target.name}_in_use"
    return [add_item(declared, code), *([] if code in known else [add_entry(table, code, line)])]


def _declared(loaded: Loaded, operation: str) -> Iterator[Sequence]:
    """The list of its errors, in its HTTP half."""
    documents = loaded.dialects.documents
    for file in documents.names("http", ".yaml"):
        for node in _mappings(documents.tree(file)):
            errors = node.get("x-errors")
            if text_of(node.get("operationId")) == operation and isinstance(errors, Sequence):
                yield errors


def _mappings(node: Node | None) -> Iterator[Mapping]:
    if isinstance(node, Mapping):
        yield node
        for below in node.entries.values():
            yield from _mappings(below)


def repository(code: ServiceCode, target: Target) -> str:
    """Its module, as it raises the code. Only of what `can_learn`."""
    text = taught(_text(code, target), target.name)
    assert text is not None, "can_learn says no"
    return text


def taught(text: str, name: str) -> str | None:
    """None where it deletes in another way, or raises nothing of the contract."""
    if len(_DELETION.findall(text)) != 1 or not _IMPORT.search(text):
        return None
    error = f"{pascal(name)}InUse"
    caught = rf"\1try:\n\1    \2\n\1except asyncpg.ForeignKeyViolationError as error:\n\1    raise {error} from error\n"
    raising = _DELETION.sub(caught, text)
    return _IMPORT.sub(
        lambda line: f"import asyncpg\n\nfrom generated.errors import {error}\n{line[0]}", raising, count=1
    )


def _text(code: ServiceCode, target: Target) -> str:
    path = code.of(target.plural, "repository.py")
    return path.read_text(encoding="utf-8") if path.is_file() else ""
