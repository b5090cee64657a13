"""Which of the media types of a body or an answer arrives: JSON, forms with files and bytes as they are, others as JSON, and each
that does not is named."""

from __future__ import annotations

import re

from codegen.importer.losses import DOCUMENT, MEDIA, Losses
from codegen.importer.nodes import mapping
from codegen.importer.sources import Library
from codegen.parse.yaml_tree import Mapping, Node

JSON = re.compile(r"application/([a-z0-9.+-]+\+)?json\Z|\*/\*\Z")
ORDER = (
    re.compile(r"application/json\Z"),
    JSON,
    re.compile(r"application/x-www-form-urlencoded\Z|multipart/form-data\Z"),
    re.compile(r"(application|text)/([a-z0-9.+-]+\+)?xml\Z"),
    re.compile(r"text/.*\Z"),
)
MULTIPART = "multipart/form-data"
FORM = "clients send JSON; put a gateway in front for those that send forms"


def chosen(library: Library, losses: Losses, holder: Mapping, what: str) -> tuple[str, Node | None]:
    """The media type that is kept, without its parameters, and its schema; empty where there is no content."""
    content = mapping(holder, "content")
    if content is None or not content.entries:
        return "", None
    found = {_bare(name): (name, library.resolve(node)) for name, node in content}
    is_file = any(is_bytes(name) for name in found)
    empty = {name for name, (_, media) in found.items() if is_file and JSON.match(name) and _is_empty(media)}
    best = min(found, key=lambda name: (name in empty, _rank(name), list(found).index(name)))
    for bare, (name, _) in found.items():
        if bare != best and not (is_bytes(best) and is_bytes(bare)):
            losses.add(
                MEDIA,
                content.keys.get(name, content.place),
                f"{what} is not {name} too",
                "nothing, where clients can read JSON",
            )
    name, media = found[best]
    if best == "*/*":
        losses.count(MEDIA, content.place, "content of any media type is application/json", "nothing, if that is meant")
    elif best != "application/json" and not is_bytes(best) and best != MULTIPART:
        kind = "nothing but JSON and protobuf travels here"
        losses.add(
            MEDIA,
            content.keys.get(name, content.place),
            f"{what} is application/json and no longer {name}: {kind}",
            FORM,
        )
    for key, below in media if isinstance(media, Mapping) else ():
        is_read = key in ("example", "examples") and not (is_bytes(best) or best == MULTIPART)
        if key != "schema" and not is_read and not (key == "encoding" and best == MULTIPART):
            losses.count(
                DOCUMENT, below.place, f"{key!r} of content is left out", "nothing; it says nothing that is checked"
            )
    return best, media.get("schema") if isinstance(media, Mapping) else None


def _is_empty(media: Node | None) -> bool:
    """Whether nothing is said of the content: beside a file it is what a framework writes by itself."""
    schema = media.get("schema") if isinstance(media, Mapping) else None
    return schema is None or (isinstance(schema, Mapping) and not schema.entries)


def content_of(library: Library, holder: Mapping, media: str) -> Mapping | None:
    """What a holder says of a media type, whose name is without parameters."""
    found = next((node for name, node in mapping(holder, "content") or () if _bare(name) == media), None)
    target = library.resolve(found)
    return target if isinstance(target, Mapping) else None


def is_bytes(media: str) -> bool:
    """Whether the content is carried as it is; of XML and forms of URLs the members are, in JSON."""
    others = ("application/x-www-form-urlencoded", "multipart/")
    return bool(media) and not JSON.match(media) and not media.startswith(others) and not media.endswith("xml")


def bytes_of(library: Library, holder: Mapping) -> dict[str, Node | None]:
    """The media types of a content that is bytes, as they are written, with their schemas."""
    found = {_bare(name): library.resolve(node) for name, node in mapping(holder, "content") or ()}
    return {
        name: library.resolve(media.get("schema")) if isinstance(media, Mapping) else None
        for name, media in found.items()
        if is_bytes(name)
    }


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _rank(name: str) -> int:
    return next((number for number, pattern in enumerate(ORDER) if pattern.match(name)), len(ORDER))
