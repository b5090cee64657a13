"""Every `x-` word of the sources is in `extensions.json`, and its value fits the schema there."""

from __future__ import annotations

import jsonschema_rs

from codegen.diagnostics import Findings
from codegen.parse.documents import Documents
from codegen.parse.policy import EXTENSIONS
from codegen.parse.yaml_tree import Mapping, Node, Sequence, plain


def check_words(documents: Documents, extensions: dict[str, dict[str, object]], findings: Findings) -> None:
    if not extensions:
        return
    validators = {
        word: jsonschema_rs.validator_for(schema, validate_formats=True) for word, schema in extensions.items()
    }
    files = ["specs/openapi.yaml", "specs/asyncapi.yaml"]
    files += [name for folder in ("http", "packages", "schemas") for name in documents.names(folder, ".yaml")]
    for file in files:
        tree = documents.tree(file)
        if tree is not None:
            _walk(tree, validators, findings)


def _walk(root: Node, validators: dict[str, jsonschema_rs.Validator], findings: Findings) -> None:
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sequence):
            waiting += node.items
        if not isinstance(node, Mapping):
            continue
        is_fields = node.pointer.endswith("/properties")
        for key, child in node:
            waiting.append(child)
            if not key.startswith("x-") or is_fields:
                continue
            if key not in validators:
                findings.add(
                    "W001",
                    node.keys[key],
                    f"the word {key!r} is unknown",
                    fix=f"use one of {EXTENSIONS}, or define it there",
                )
            elif error := next(validators[key].iter_errors(plain(child)), None):
                findings.add("W002", child.place, f"{key}: {error.message}")
