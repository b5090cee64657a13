"""Reads what a node says to readers: examples, deprecation, and where more is written. `example` is one of `examples`.

Whether an example is a value of its schema is judged when the contract is whole (`codegen.check.examples`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic_core import PydanticCustomError

from codegen.diagnostics import Findings
from codegen.ir.notes import Example, ExternalDocs, Notes
from codegen.ir.types import ListOf, MapOf, Named, Type
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, plain, text_of
from codegen.runtime.service.formats import Form

DOCS = "externalDocs"
DOCS_KEYS = {"url", "description"}
DOCS_FIX = "write {url: https://…, description: …}"


def read_notes(node: Mapping, findings: Findings) -> Notes:
    """Of a schema. What is no value of its kind was refused before."""
    return Notes(
        examples=tuple(_examples(node)),
        deprecated=is_deprecated(node),
        sunset=text_of(node.get("x-sunset")) or "",
        external_docs=read_docs(node, findings),
    )


def told(nodes: Iterable[Node | None], findings: Findings) -> tuple[str, Notes]:
    """The description and the notes of a thing of which several schemas speak: each is what the first says that says it."""
    found, description = Notes(), ""
    read: list[Node] = []
    for node in nodes:
        if isinstance(node, Mapping) and not any(node is other for other in read):
            read.append(node)
            description = description or text_of(node.get("description")) or ""
            notes = read_notes(node, findings)
            found = Notes(**{name: getattr(found, name) or getattr(notes, name) for name in Notes.__slots__})
    return description, found


def is_deprecated(node: Mapping) -> bool:
    said = node.get("deprecated")
    return isinstance(said, Scalar) and said.value is True


def read_docs(node: Mapping, findings: Findings) -> ExternalDocs | None:
    """S031 where it leads nowhere, or says what nobody would read."""
    docs = node.get(DOCS)
    if docs is None:
        return None
    said = docs.entries if isinstance(docs, Mapping) else {}
    url, description = text_of(said.get("url")), text_of(said.get("description"))
    unread = [key for key in said if key not in DOCS_KEYS and not key.startswith("x-")]
    if url is None or not _is_url(url) or unread or (description is None and "description" in said):
        found = f"has {unread[0]!r}" if unread else f"has the url {url!r}"
        findings.add("S031", docs.place, f"{DOCS} {found}", fix=DOCS_FIX)
        return None
    return ExternalDocs(url, description or "")


def read_named(node: Mapping) -> Iterator[Example]:
    """Of a parameter or a media type: `example` is the value, `examples` has objects with a `value` by their names."""
    if "example" in node.entries:
        yield Example(plain(node.entries["example"]), node.entries["example"].place)
    named = node.get("examples")
    for _, one in named if isinstance(named, Mapping) else ():
        value = one.get("value") if isinstance(one, Mapping) else None
        if value is not None:
            yield Example(plain(value), value.place)


def each_of(node: Mapping | None, kind: Type, documents: Documents) -> Mapping | None:
    """The schema of each value of a collection, for what it says to readers; a type with a name speaks for itself."""
    inner = kind.item if isinstance(kind, ListOf) else kind.value if isinstance(kind, MapOf) else None
    if node is None or inner is None or isinstance(inner, Named):
        return None
    found = documents.resolve(node.get("items" if isinstance(kind, ListOf) else "additionalProperties"))
    return found if isinstance(found, Mapping) else None


def _examples(node: Mapping) -> Iterator[Example]:
    listed = node.get("examples")
    for item in listed.items if isinstance(listed, Sequence) else ():
        yield Example(plain(item), item.place)
    if "example" in node.entries:
        yield Example(plain(node.entries["example"]), node.entries["example"].place)


def _is_url(text: str) -> bool:
    try:
        Form("uri").judge(text)
    except PydanticCustomError:
        return False
    return True
