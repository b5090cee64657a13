"""What a run has to know of an OpenAPI document before it begins: its operations, and how one logs in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from proof.documents import DocumentError, Json, read

METHODS = ("get", "put", "post", "delete", "patch", "options", "head", "trace")


@dataclass(frozen=True)
class Operation:
    """`label` is what reports call it: method and path, as the document has them."""

    id: str
    label: str
    path: str
    described: Json


def described(place: str) -> Json:
    """The OpenAPI 3 document at a path or URL; DocumentError for what is none."""
    document = read(place)
    if not str(document.get("openapi", "")).startswith("3."):
        raise DocumentError(f"{place}: is no OpenAPI 3 document")
    return document


def operations(document: Json) -> Iterator[Operation]:
    for path, item in document.get("paths", {}).items():
        for method in METHODS:
            if method in item:
                label = f"{method.upper()} {path}"
                yield Operation(item[method].get("operationId", label), label, path, item[method])


def operation(document: Json, name: str) -> Operation:
    """Raises DocumentError where the document has none of that id."""
    for one in operations(document):
        if one.id == name:
            return one
    raise DocumentError(f"the document has no operation {name}")


def bearer_scheme(document: Json) -> str:
    """The name of the security scheme that carries tokens. Raises DocumentError where there is none."""
    schemes = document.get("components", {}).get("securitySchemes", {})
    for name, scheme in schemes.items():
        if scheme.get("type") == "http" and scheme.get("scheme", "").lower() == "bearer":
            return str(name)
    raise DocumentError("the document has no security scheme of type http, scheme bearer")
