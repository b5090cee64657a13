"""The shape of each file of `specs/`: what is not read is refused where it stands, and what is read has the type it needs.

Schemas and HTTP operations have readers that know more; of their files only the outermost level is checked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import PurePosixPath

import jsonschema_rs

from codegen.diagnostics import Findings, Place, is_misspelt, meant, shown
from codegen.parse.documents import Documents
from codegen.parse.implied import ENVELOPE, HTTP_ROOT, SOCKET_ROOT
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, kind_of, own_yaml, plain

FRAME, LOCK = "specs/schemas/frame.yaml", "specs/contract.lock"
FILES = {
    "specs/policy.yaml": "policy",
    "specs/errors.yaml": "errors",
    LOCK: "lock",
    "specs/extensions.json": "extensions",
    HTTP_ROOT: "openapi",
    SOCKET_ROOT: "asyncapi",
    FRAME: "frame",
}
OPTIONAL = {"specs/waivers.yaml": "waivers"}
FOLDERS_OF_HTTP = ("http", "schemas")
FOLDERS = (*FOLDERS_OF_HTTP, "packages")
WHOLE_NUMBERS = ("policy", "errors", "lock")
"""The shapes whose numbers are whole; JSON Schema takes 60.0 for one, and their readers do not."""
Kind = jsonschema_rs.ValidationErrorKind


def check_shapes(documents: Documents, findings: Findings) -> None:
    files = dict(FILES)
    unneeded = _unneeded(documents)
    for folder in FOLDERS if SOCKET_ROOT not in unneeded else FOLDERS_OF_HTTP:
        files |= {name: files.get(name, folder) for name in documents.names(folder, ".yaml")}
    files |= {file: shape for file, shape in OPTIONAL.items() if documents.has(file)}
    for file, shape in files.items():
        tree = documents.tree(file) if documents.has(file) or file not in unneeded else None
        if tree is not None:
            _check(tree, shape, findings)


def _unneeded(documents: Documents) -> tuple[str, ...]:
    """What belongs to the socket where there is none, and the numbers of one and of proto where there is neither."""
    if documents.has(SOCKET_ROOT) or not documents.has(HTTP_ROOT):
        return ()
    return (SOCKET_ROOT, FRAME, *((LOCK,) if documents.is_implied(ENVELOPE) else ()))


def _definitions() -> object:
    return plain(own_yaml("shapes.yaml").entries["$defs"])


@lru_cache
def _validator(shape: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for({"$ref": f"#/$defs/{shape}", "$defs": _definitions()}, validate_formats=True)


def _check(root: Node, shape: str, findings: Findings) -> None:
    data = plain(root)
    for number in _fractions(root) if shape in WHOLE_NUMBERS else ():
        where = PurePosixPath(number.place.file).name + number.pointer.replace("/", ".")
        findings.add("F003", number.place, f"{where} is {number.value}", fix=f"write {number.value:.0f}")
    for error in _validator(shape).iter_errors(_undescribed(data) if shape == "frame" else data):
        node, where = _walk(root, error.instance_path)
        for rule, place, message, fix in _findings(node, where, error):
            findings.add(rule, place, message, fix=fix)


def _fractions(root: Node) -> Iterator[Scalar]:
    """Whole numbers that are written with a point or an exponent, the x- words of policy.yaml aside."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Scalar):
            is_word = node.pointer.startswith("/defaults/")
            yield from [node] if isinstance(node.value, float) and node.value.is_integer() and not is_word else []
        else:
            waiting += node.items if isinstance(node, Sequence) else node.entries.values()


def _findings(node: Node, where: str, error: jsonschema_rs.ValidationError) -> Iterator[tuple[str, Place, str, str]]:
    """Rule, place, message and fix of each thing that one error of the validator says."""
    kind = error.kind
    if isinstance(kind, Kind.AdditionalProperties) and isinstance(node, Mapping):
        known = _known(error.schema_path)
        fix = f"remove it; {where} may have {', '.join(known)}" if known else "remove it"
        for name in kind.unexpected:
            yield "F001", node.keys[name], f"{name!r} is not read in {where}", meant(name, known, fix)
    elif isinstance(kind, Kind.PropertyNames) and isinstance(node, Mapping):
        name = str(kind.error.instance)
        yield "F001", node.keys.get(name, node.place), f"{name!r} is no name in {where}", shown(kind.error.message)
    elif isinstance(kind, Kind.Required) and not _is_misspelt(node, kind.property, error.schema_path):
        yield "F002", node.place, f"{where} has no {kind.property!r}", f"add `{kind.property}:`"
    elif isinstance(kind, Kind.Required):
        return
    elif isinstance(kind, Kind.Type):
        yield "F003", node.place, f"{where} is {kind_of(node)}", f"write {' or '.join(map(str, kind.types))}"
    else:
        yield "F003", node.place, f"{where} does not fit", shown(error.message)


def _walk(node: Node, path: list[str | int]) -> tuple[Node, str]:
    """The node at the path and its name: the path's text steps, or the file at the root."""
    where = ".".join(str(step) for step in path) or PurePosixPath(node.place.file).name
    for step in path:
        if isinstance(node, Mapping):
            node = node.entries[str(step)]
        elif isinstance(node, Sequence):
            node = node.items[int(step)]
    return node, where


def _known(schema_path: list[str | int]) -> list[str]:
    """What the shape names where a further key was refused."""
    names = _shape_at(schema_path).get("properties")
    return sorted(names) if isinstance(names, dict) else []


def _is_misspelt(node: Node, name: str, schema_path: list[str | int]) -> bool:
    """Whether a key that is missing stands there with a slip, and is refused by its own finding."""
    is_closed = _shape_at(schema_path).get("additionalProperties") is False
    return is_closed and isinstance(node, Mapping) and is_misspelt(name, node.keys, _known(schema_path))


def _shape_at(schema_path: list[str | int]) -> dict[str, object]:
    """The shape whose keyword the path ends with."""
    shape: object = {"$defs": _definitions()}
    for step in schema_path[:-1]:
        shape = shape[step] if isinstance(shape, dict | list) else None  # type: ignore[index]  # the path is the shape's own
    return shape if isinstance(shape, dict) else {}


def _undescribed(value: object) -> object:
    """Without the words that say nothing to a machine."""
    if isinstance(value, list):
        return [_undescribed(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: _undescribed(item) for key, item in value.items() if key not in ("description", "title")}
