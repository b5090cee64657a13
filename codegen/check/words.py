"""Every `x-` word of the sources is in `extensions.json`, stands in one of its places, and its value fits the schema there."""

from __future__ import annotations

from collections.abc import Iterable

import jsonschema_rs

from codegen.check.consequences import UNREAD
from codegen.diagnostics import Findings, Place, meant, shown
from codegen.ir.names import product_name
from codegen.parse.documents import Documents
from codegen.parse.implied import HTTP_ROOT, SOCKET_ROOT
from codegen.parse.openapi import METHODS, PRODUCT
from codegen.parse.policy import EXTENSIONS, POLICY
from codegen.parse.yaml_tree import Mapping, Node, Sequence, plain, text_of

Words = dict[str, tuple[frozenset[str], jsonschema_rs.Validator, dict[str, object]]]
OPERATION, SOCKET_INFO = "openapi.operation", "asyncapi.info"
ACTIONS = ("receive", "send")
GONE = {"x-cache": "take it out: no result is kept, and none ever was by this word (docs/decisions.md)"}
"""Words that the language had, and why each is no more."""


def check_words(documents: Documents, extensions: dict[str, dict[str, object]], findings: Findings) -> None:
    """W001 to W004, wherever a word stands but among the names of properties, which are a person's."""
    words = _words(documents, extensions, findings)
    if documents.is_implied(HTTP_ROOT) and PRODUCT in words:  # Then the socket's root is the only one that can say it.
        places, validator, schema = words[PRODUCT]
        words[PRODUCT] = (places | {SOCKET_INFO}, validator, schema)
    files = ["specs/openapi.yaml", "specs/asyncapi.yaml", POLICY]
    folders = ("http", "packages", "schemas") if documents.has(SOCKET_ROOT) else ("http", "schemas")
    files += [name for folder in folders for name in documents.names(folder, ".yaml")]
    for file in files:
        tree = documents.tree(file) if documents.has(file) else None
        if tree is not None and extensions:
            _walk(tree, words, frozenset(one.place for one in findings if one.rule in UNREAD), findings)


def _words(documents: Documents, extensions: dict[str, dict[str, object]], findings: Findings) -> Words:
    """Places, validator and schema of each word, whose `$ref`s stay in its schema; a word whose schema is none is left out after a finding, and accepts everything."""
    found: Words = {}
    root = documents.tree(EXTENSIONS)
    defined = root.get("$defs") if isinstance(root, Mapping) else None
    for word, schema in extensions.items():
        places = schema.get("x-places")
        listed = frozenset(map(str, places)) if isinstance(places, list) else frozenset[str]()
        try:
            found[word] = (listed, jsonschema_rs.validator_for(schema, validate_formats=True, offline=True), schema)
        except ValueError as error:
            place = defined.keys[word] if isinstance(defined, Mapping) else Place(EXTENSIONS, 1, 1)
            message = getattr(error, "message", str(error))
            findings.add("W004", place, f"the schema of {word!r} is none", fix=shown(str(message)))
            found[word] = (listed, jsonschema_rs.validator_for(True), {})
    return found


def _walk(root: Node, words: Words, unread: frozenset[Place], findings: Findings) -> None:
    waiting: list[Node] = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Sequence):
            waiting += node.items
        if not isinstance(node, Mapping):
            continue
        waiting += [below for key, below in node if node.keys[key] not in unread]
        if not node.pointer.endswith("/properties"):
            for key, place in node.keys.items():
                if key.startswith("x-") and not (key in words and place in unread):
                    _word(node, key, words, findings)


def _word(node: Mapping, word: str, words: Words, findings: Findings) -> None:
    if word not in words and word in GONE:
        findings.add("W001", node.keys[word], f"the word {word!r} is no more", fix=GONE[word])
        return
    if word not in words:
        fix = meant(word, words, f"use one of {EXTENSIONS}, or define it there")
        findings.add("W001", node.keys[word], f"the word {word!r} is unknown", fix=fix)
        return
    places, validator, schema = words[word]
    here = _places(node)
    if not here & places:
        fix = f"it stands in {', '.join(sorted(places))}"
        findings.add("W003", node.keys[word], f"{word!r} means nothing in {min(here, default='this place')}", fix=fix)
        return
    value = node.entries[word]
    for error in validator.iter_errors(plain(value)):
        fix = _nearly(text_of(value) or "", validator, schema)
        findings.add("W002", _within(value, error.instance_path).place, f"{word}: {shown(error.message)}", fix=fix)


def _within(value: Node, path: Iterable[str | int]) -> Node:
    """What stands there, or the last that is there on the way to it."""
    for step in path:
        below = value.get(step) if isinstance(value, Mapping) and isinstance(step, str) else None
        if isinstance(value, Sequence) and isinstance(step, int) and step < len(value.items):
            below = value.items[step]
        if below is None:
            return value
        value = below
    return value


def _nearly(text: str, validator: jsonschema_rs.Validator, schema: dict[str, object]) -> str:
    """A value that fits and is nearly the text: one of the schema's list, or the text in lower case with `_` or `-`."""
    if isinstance(listed := schema.get("enum"), list):
        return meant(text, map(str, listed))
    spelled = product_name(text)
    fitting = [one for one in (spelled, spelled.replace("_", "-")) if text and validator.is_valid(one)]
    return f"did you mean {fitting[0]!r}?" if fitting else ""


def _places(node: Mapping) -> frozenset[str]:
    """What the mapping is, in the words of `x-places`."""
    file, steps = node.place.file.removeprefix("specs/"), node.pointer.split("/")[1:]
    if file == "policy.yaml":
        return frozenset({OPERATION} if steps[:1] == ["defaults"] else ())
    if file.startswith("schemas/") or "schema" in steps or "payload" in steps:
        is_property = steps[-2:-1] == ["properties"] or steps[-1:] == ["schema"]
        return frozenset({"schema", "schema.property"} if is_property else {"schema"})
    if file == "asyncapi.yaml" or file.startswith("packages/"):
        return _of_asyncapi(node, steps)
    return _of_openapi(node, steps)


def _of_asyncapi(node: Mapping, steps: list[str]) -> frozenset[str]:
    if "security" in steps:
        return frozenset({"asyncapi.security"})
    if steps == ["info"]:
        return frozenset({SOCKET_INFO})
    if len(steps) == 2 and steps[0] == "channels":
        return frozenset({"asyncapi.channel"})
    if len(steps) == 2 and steps[0] == "operations":
        action = text_of(node.get("action"))
        return frozenset(f"asyncapi.operation.{one}" for one in ACTIONS if one == action or action not in ACTIONS)
    return frozenset()


def _of_openapi(node: Mapping, steps: list[str]) -> frozenset[str]:
    if steps == ["info"]:
        return frozenset({"openapi.info"})
    if steps[-1:] and steps[-1] in METHODS and "responses" in node.entries:
        return frozenset({OPERATION})
    if "in" in node.entries:
        is_header = text_of(node.get("in")) == "header"
        return frozenset({"openapi.parameter", "openapi.parameter.header"} if is_header else {"openapi.parameter"})
    return frozenset({"openapi.response.header"} if "schema" in node.entries else ())
