"""What of a document belongs to no operation, and is left out: webhooks, servers with a path, and schemas that nothing uses."""

from __future__ import annotations

import re

from codegen.importer.losses import DOCUMENT, Losses
from codegen.importer.nodes import items, mapping, place_of, text
from codegen.importer.sources import Source
from codegen.importer.types import Types

KNOWN = {
    "openapi",
    "asyncapi",
    "info",
    "servers",
    "tags",
    "paths",
    "components",
    "security",
    "channels",
    "operations",
    "defaultContentType",
    "externalDocs",
}
KEPT_INFO = ("title", "version", "summary", "description", "termsOfService", "contact", "license")


def left_of_document(source: Source, types: Types, losses: Losses) -> None:
    root = source.root
    webhooks = mapping(root, "webhooks") or mapping(root, "x-webhooks")
    for name, _ in webhooks or ():
        losses.add(
            DOCUMENT,
            place_of(webhooks or root, name),
            f"the webhook {name!r} is left out",
            "publish an event; clients subscribe to its topic",
        )
    for server in items(root, "servers"):
        base = re.sub(r"^[a-z+]+://[^/]*", "", text(server, "url"))
        if base.strip("/"):
            losses.add(
                DOCUMENT,
                server.place,
                f"the paths are served as the document writes them, without {base!r} of its server",
                "let the proxy in front of the service take it off",
            )
    for holder, known in ((root, KNOWN), (mapping(root, "info") or root, (*KEPT_INFO, "externalDocs"))):
        for key in holder.entries:
            if key not in known and holder.entries[key] is not webhooks:
                losses.add(DOCUMENT, place_of(holder, key), f"{key!r} of the document is left out", "nothing")
    _unused(source, types, losses)


def _unused(source: Source, types: Types, losses: Losses) -> None:
    schemas = mapping(source.root, "components", "schemas")
    for name, node in schemas or ():
        target = types.shapes.library.resolve(node)
        if target is not None and (target.place.file, target.pointer) not in types.shapes.met:
            losses.add(
                DOCUMENT,
                place_of(schemas or source.root, name),
                f"the schema {name!r} is left out: no request and no success has it",
                "nothing, or use it in an operation",
            )
