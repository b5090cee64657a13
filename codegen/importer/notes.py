"""What documents say to readers: descriptions, deprecation, examples and where more is written.

Every example is taken; `trial.py` takes out what its schema refuses, for this is known when the contract is whole.
"""

from __future__ import annotations

from collections.abc import Iterator

from codegen.diagnostics import Findings
from codegen.importer.draft import Data, Given
from codegen.importer.losses import DOCUMENT, Losses
from codegen.importer.nodes import items, mapping, place_of, text, value
from codegen.parse.annotations import DOCS, read_docs
from codegen.parse.yaml_tree import Mapping, plain


def notes(losses: Losses, *holders: Mapping) -> Data:
    """Of a schema and of its use; the first that says a thing is heard."""
    found: Data = {}
    for holder in holders:
        said = text(holder, "description").strip()
        own: Data = {"description": said} if said else {}
        own |= {"deprecated": True} if value(holder, "deprecated") is True else {}
        own |= docs(losses, holder)
        own |= {"examples": given} if (given := list(_examples(holder))) else {}
        found = own | found
    return {key: found[key] for key in ("description", "deprecated", DOCS, "examples") if key in found}


def docs(losses: Losses, holder: Mapping) -> Data:
    """`externalDocs`, where its address is one."""
    if DOCS not in holder.entries:
        return {}
    found = read_docs(holder, Findings())
    if found is None:
        losses.add(
            DOCUMENT, place_of(holder, DOCS), f"{DOCS} has no address, and is left out", "write {url: https://…}"
        )
        return {}
    return {DOCS: {"url": found.url, **({"description": found.description} if found.description else {})}}


def named_examples(holder: Mapping | None) -> Data:
    """`example` or `examples` by name, of a parameter or a media type; what lies elsewhere stays there."""
    if holder is None:
        return {}
    if "example" in holder.entries:
        return {"example": Given(plain(holder.entries["example"]), holder.entries["example"].place)}
    listed = [(name, one.get("value")) for name, one in mapping(holder, "examples") or () if isinstance(one, Mapping)]
    found = {name: {"value": Given(plain(one), one.place)} for name, one in listed if one is not None}
    return {"examples": found} if found else {}


def wrapped_in(member: str, found: Data) -> Data:
    """The examples of a value that stands in a record of one field."""

    def wrap(one: Given) -> Given:
        return Given({member: one.value}, one.place)

    if "example" in found:
        return {"example": wrap(found["example"])}
    return (
        {"examples": {name: {"value": wrap(one["value"])} for name, one in found["examples"].items()}} if found else {}
    )


def _examples(holder: Mapping) -> Iterator[Given]:
    for one in items(holder, "examples"):
        yield Given(plain(one), one.place)
