"""Which of the media types of a body or an answer arrives: JSON as it is, others as JSON, and each that does not is named."""

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
FORM = "clients send JSON; put a gateway in front for those that send forms"


def chosen(library: Library, losses: Losses, holder: Mapping, what: str) -> tuple[str, Node | None]:
    """The media type that is kept, without its parameters, and its schema; empty where there is no content."""
    content = mapping(holder, "content")
    if content is None or not content.entries:
        return "", None
    found = {_bare(name): (name, library.resolve(node)) for name, node in content}
    best = min(found, key=lambda name: (_rank(name), list(found).index(name)))
    for bare, (name, _) in found.items():
        if bare != best:
            losses.add(
                MEDIA,
                content.keys.get(name, content.place),
                f"{what} is not {name} too",
                "nothing, where clients can read JSON",
            )
    name, media = found[best]
    if best == "*/*":
        losses.count(MEDIA, content.place, "content of any media type is application/json", "nothing, if that is meant")
    elif best != "application/json":
        kind = "nothing but JSON and protobuf travels here"
        losses.add(
            MEDIA,
            content.keys.get(name, content.place),
            f"{what} is application/json and no longer {name}: {kind}",
            FORM,
        )
    for key, below in media if isinstance(media, Mapping) else ():
        if key != "schema":
            losses.count(
                DOCUMENT, below.place, f"{key!r} of content is left out", "nothing; it says nothing that is checked"
            )
    return best, media.get("schema") if isinstance(media, Mapping) else None


def is_json(media: str) -> bool:
    return (
        bool(JSON.match(media))
        or media.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))
        or media.endswith("xml")
    )


def _bare(name: str) -> str:
    return name.partition(";")[0].strip().lower()


def _rank(name: str) -> int:
    return next((number for number, pattern in enumerate(ORDER) if pattern.match(name)), len(ORDER))
