"""What a run has to know of an OpenAPI document before it begins: its operations, and how one logs in."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")
READ_S = 30.0
Json = dict[str, Any]


class Unusable(Exception):
    """Nothing can be run by this document; the text says why."""


@dataclass(frozen=True)
class Operation:
    """`label` is what reports call it: method and path, as the document has them."""

    id: str
    label: str
    path: str
    described: Json


def read(location: str) -> Json:
    """A file's or an address's document, JSON or YAML. Raises Unusable for what is not there or is no OpenAPI 3."""
    try:
        text = _text(location)
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise Unusable(f"{location} cannot be read: {error}") from error
    if not isinstance(document, dict) or not str(document.get("openapi", "")).startswith("3."):
        raise Unusable(f"{location} is no OpenAPI 3 document")
    return document


def _text(location: str) -> str:
    if urlsplit(location).scheme not in {"http", "https"}:
        return Path(location).read_text(encoding="utf-8")
    with urllib.request.urlopen(location, timeout=READ_S) as answer:
        return str(answer.read().decode())


def operations(document: Json) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                label = f"{method.upper()} {path}"
                yield Operation(item[method].get("operationId", label), label, path, item[method])


def operation(document: Json, name: str) -> Operation:
    """Raises Unusable where the document has none of that id."""
    for one in operations(document):
        if one.id == name:
            return one
    raise Unusable(f"the document has no operation {name}")


def bearer_scheme(document: Json) -> str:
    """The name of the security scheme that carries tokens. Raises Unusable where there is none."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if scheme.get("type") == "http" and scheme.get("scheme", "").lower() == "bearer":
            return str(name)
    raise Unusable("the document has no security scheme of type http, scheme bearer")
