"""Documents of a contract by path or URL, as plain data, and the values that their schemas take.

Promises: one DocumentError that says where and what, whatever is read; at most 64 MiB, 10 s. Follows references inside of a
document alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import jsonschema_rs
import yaml

Json = dict[str, Any]
JSON, PROTOBUF = "application/json", "application/x-protobuf"
"""The media types of the two encodings."""
BUNDLED = ".batch"
"""The end of a subprotocol in which a message of the server may hold several frames (docs/wire.md)."""
PROBLEM = "application/problem+json"
"""Of every refusal (RFC 9457)."""
MAX_BYTES = 64 * 1024 * 1024
TIMEOUT_S = 10.0
DRAFT_07 = "http://json-schema.org/draft-07/schema#"
DRAFT_2020_12 = "https://json-schema.org/draft/2020-12/schema"
LATER_FORMATS = ("uuid", "duration")
"""Formats that draft-07, which AsyncAPI speaks, does not know; its documents mean them all the same."""


class DocumentError(Exception):
    """What cannot be read, in one sentence for a person."""


def read(place: str) -> Json:
    """The document at a path or an http(s) URL, JSON or YAML."""
    text = _fetch(place) if place.startswith(("http://", "https://")) else _load(Path(place))
    try:
        found = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        raise DocumentError(f"{place}: is neither JSON nor YAML: {error}") from None
    if not isinstance(found, dict):
        raise DocumentError(f"{place}: expected an object, found {type(found).__name__}")
    return found


def _fetch(url: str) -> str:
    try:
        with httpx2.Client(trust_env=False, timeout=TIMEOUT_S) as client:
            answer = client.get(url)
    except httpx2.HTTPError as error:
        raise DocumentError(f"{url}: {error or type(error).__name__}; does the service run?") from None
    if answer.status_code != 200:
        raise DocumentError(f"{url}: expected the document, found status {answer.status_code}")
    if len(answer.content) > MAX_BYTES:
        raise DocumentError(f"{url}: is larger than {MAX_BYTES} bytes")
    return answer.text


def _load(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DocumentError(f"{path}: is larger than {MAX_BYTES} bytes")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DocumentError(f"{path}: {error}") from None


def resolved(document: Json, node: Any) -> Any:
    """The node itself, references followed until there is none; DocumentError for one that leads nowhere or in a circle."""
    seen: list[str] = []
    while isinstance(node, dict) and isinstance(node.get("$ref"), str):
        place = node["$ref"]
        if place in seen or len(seen) > 64:
            raise DocumentError(f"{place}: refers to itself")
        seen.append(place)
        node = at(document, place)
    return node


def at(document: Any, place: str) -> Any:
    """What a JSON pointer (RFC 6901) behind `#` leads to."""
    if not place.startswith("#"):
        raise DocumentError(f"{place}: leads out of the document; bundle it first")
    found = document
    for part in place.lstrip("#").split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(found, list) and name.isdigit() and int(name) < len(found):
            found = found[int(name)]
        elif isinstance(found, dict) and name in found:
            found = found[name]
        else:
            raise DocumentError(f"{place}: there is no such place")
    return found


def judge(document: Json, schema: Any) -> jsonschema_rs.Validator:
    """Decides about values of a schema of the document; formats count."""
    dialect = DRAFT_07 if "asyncapi" in document else DRAFT_2020_12
    whole = {"$schema": dialect, "components": document.get("components", {}), "allOf": [schema]}
    formats = {name: _of_format(name) for name in LATER_FORMATS} if dialect == DRAFT_07 else {}
    return jsonschema_rs.validator_for(whole, validate_formats=True, formats=formats)


def _of_format(name: str) -> Callable[[str], bool]:
    """As the draft judges that brought the format."""
    return jsonschema_rs.validator_for({"$schema": DRAFT_2020_12, "format": name}, validate_formats=True).is_valid
