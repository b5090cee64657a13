"""`python -m codegen rename`: gives a product its name, in the contract and in what stands beside it.

Promises: all places bear the name afterwards, whichever they bore; names of the protocol stay; the contract that is left
compiles, or nothing is written.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import edits
from codegen.diagnostics import Findings, Refused
from codegen.fix import fix
from codegen.ir.names import is_product_name, product_name
from codegen.parse.documents import Documents
from codegen.parse.openapi import PRODUCT, ROOT
from codegen.parse.yaml_edits import add_entry, word
from codegen.parse.yaml_tree import Mapping, Node, Scalar
from codegen.pipeline import load
from codegen.project.names import renamed

ROOTS = (ROOT, "specs/asyncapi.yaml")
PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _-]*")
"""Titles that YAML needs no quotes for."""
PACKAGE = re.compile(r"^[ \t]*package[ \t]+([\w.]+)[ \t]*;", re.MULTILINE)
_QUOTED = r"\"(?:[^\"\\]|\\.)*\"|'(?:[^']|'')*'"
_IN_FLOW, _IN_BLOCK = re.compile(rf"{_QUOTED}|[^,}}\n]*[^,}}\s]"), re.compile(rf"{_QUOTED}|(?:(?! #)[^\n])*[^\s]")


def rename(specs: Path, name: str, title: str = "") -> list[Path]:
    """Answers the files that changed; without a title the name is it. Raises Refused. `generated/` follows by
    `generate`, and is not written here."""
    if not is_product_name(name):
        raise Refused(f"{name!r} is no name of a product; did you mean {product_name(name)!r}?")
    title = title or name.replace("_", " ").capitalize()
    before = fix.texts_of(specs)
    with TemporaryDirectory(prefix="codegen-rename-") as folder:
        copy = Path(folder, "specs")
        fix.copied(specs, copy)
        fix.write_texts(copy, _named(copy, name, title))
        fix.write_texts(copy, _packaged(copy, name))
        after = load(copy)
        if len(after.findings) or (after.contract.info.product, after.contract.info.title) != (name, title):
            raise Refused(f"the contract would have findings, and nothing was written:\n{after.report()}")
        changed = {file: text for file, text in fix.texts_of(copy).items() if before.get(file) != text}
    beside = renamed(specs.parent, name, title)
    fix.write_texts(specs, changed)
    for path, text in beside.items():
        path.write_text(text, encoding="utf-8")
    return [*(specs / file.removeprefix("specs/") for file in changed), *beside]


def _named(specs: Path, name: str, title: str) -> dict[str, str]:
    """The roots with the title, the first of them with the name. What stands last is written first, so that places before it stay right."""
    documents, texts = Documents(specs, Findings()), fix.texts_of(specs)
    spelled = word(title) if PLAIN.fullmatch(title) else "'" + title.replace("'", "''") + "'"
    roots = [file for file in ROOTS if documents.has(file)]
    for file in roots:
        info = _info(documents.tree(file))
        values = {"title": spelled} | ({PRODUCT: word(name)} if file == roots[0] else {})
        for key in values.keys() - info.entries.keys():
            texts |= edits.apply([add_entry(info, key, values[key])], texts)
        for key in sorted(values.keys() & info.entries.keys(), key=info.keys.__getitem__, reverse=True):
            texts[file] = _with_value(texts[file], file, info, key, values[key])
    return {file: texts[file] for file in roots}


def _info(root: Node | None) -> Mapping:
    info = root.get("info") if isinstance(root, Mapping) else None
    if not isinstance(info, Mapping):
        raise Refused("a root has no info; `python -m codegen check` says where")
    return info


def _with_value(text: str, file: str, info: Mapping, key: str, value: str) -> str:
    node = info.get(key)
    if not isinstance(node, Scalar):
        raise Refused(f"{file} has no {key} that is a text")
    lines = edits.lines_of(file, text)
    line, start = lines[node.place.line - 1], node.place.column - 1
    match = (_IN_FLOW if info.is_flow else _IN_BLOCK).match(line, start)
    lines[node.place.line - 1] = line[:start] + value + line[match.end() if match else start :]
    return "".join(lines)


def _packaged(specs: Path, name: str) -> dict[str, str]:
    """The proto files in the product's package, and what names a type with its package. They need not compile before."""
    texts = {file: text for file, text in fix.texts_of(specs).items() if file.endswith(".proto")}
    packages = {package for text in texts.values() for package in PACKAGE.findall(text)}
    return {file: _moved(text, packages, name) for file, text in texts.items()}


def _moved(text: str, packages: set[str], name: str) -> str:
    for package in packages:
        _, _, rest = package.partition(".")
        pattern = rf"(?<![\w.])(\.?){re.escape(package)}(?=\s*;|\.[A-Z])"
        text = re.sub(pattern, rf"\g<1>{name}.{rest or 'v1'}", text)
    return text
