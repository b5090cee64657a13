"""`python -m codegen remove`: takes an operation or a feature out of the three languages and out of the code.

Promises: numbers that a commit has seen stay in the lock, marked; the contract that is left compiles, or nothing is written.
What only a person can decide is said: vocabulary that nobody uses now, tables in databases, tests.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen import lock
from codegen.diagnostics import Refused, meant
from codegen.fix import drafts, fix
from codegen.ir.operations import Contract, Event, Operation
from codegen.pipeline import Loaded, load
from codegen.registration import ServiceCode, write
from codegen.remove.code import coverage_without, mentions, parts_of, product_without, tables_of, without_method
from codegen.remove.scripts import take_out


def remove(specs: Path, features: Path, *, name: str = "", feature: str = "") -> list[str]:
    """Exactly one of `name` and `feature` is said. Answers what is left for a person, a line each. Raises Refused. Of a
    feature its folder and its tests are deleted; where git knows of changes in them, that is refused. Databases are
    left alone."""
    loaded = load(specs)
    if len(loaded.findings):
        raise Refused(f"the contract has findings; fix them first:\n{loaded.report()}")
    names = _names(loaded.contract, name, feature)
    code, before = ServiceCode(features), fix.texts_of(specs)
    parts = parts_of(code, feature) if feature else []
    tables = tables_of(code, feature) if feature else []
    left = [*_left_in_databases(tables)]
    texts = product_without(code, feature) if feature else _handler(code, loaded.contract, name)
    texts |= coverage_without(code, names)
    with TemporaryDirectory(prefix="codegen-remove-") as folder:
        copy = Path(folder, "specs")
        fix.copied(specs, copy)
        after = _taken_out(copy, specs, names, {feature} if feature else set())
        remaining = fix.texts_of(copy)
    fix.write_texts(specs, {file: text for file, text in remaining.items() if before.get(file) != text})
    for file in before.keys() - remaining.keys():
        (specs / file.removeprefix("specs/")).unlink()
    for each in parts:
        shutil.rmtree(each) if each.is_dir() else each.unlink()
    write(texts, "F401,I")
    unused = (
        f"nothing uses the {noun} {word!r} of {file} now"
        for noun, file, word in newly_unused(loaded.contract, after.contract)
    )
    return [*left, *unused, *_mentions(code, names, feature, tables)]


def _names(contract: Contract, name: str, feature: str) -> set[str]:
    everyone: list[Operation | Event] = [*contract.operations, *contract.events]
    if bool(name) == bool(feature):
        raise Refused("say name=… for an operation or feature=… for all of a feature")
    found = {one.name for one in everyone if name == one.name or feature == one.feature}
    if not found:
        wanted, known = (name, {one.name for one in everyone}) if name else (feature, set(contract.features))
        raise Refused(
            f"there is no {'operation' if name else 'feature'} {wanted!r}; {meant(wanted, known)}".rstrip("; ")
        )
    return found


def _taken_out(copy: Path, specs: Path, names: set[str], features: set[str]) -> Loaded:
    take_out(copy, names, features)
    drafts.forget(copy, drafts.committed_lock(specs))
    fix.write(copy, fixed := fix.fix(copy))
    if len(fixed.left.findings):
        raise Refused(f"something else needs it:\n{fixed.left.report()}")
    if (copy / "contract.lock").is_file():
        lock.update(copy / "contract.lock", fixed.left)
    return load(copy)


def _handler(code: ServiceCode, contract: Contract, name: str) -> dict[Path, str]:
    """The feature's handler without the method; an event has none."""
    feature = next((one.feature for one in contract.operations if one.name == name), "")
    path = code.of(feature, "handler.py")
    return {path: without_method(path.read_text(encoding="utf-8"), name)} if feature and path.exists() else {}


def _left_in_databases(tables: list[str]) -> Iterator[str]:
    if tables:
        listed = ", ".join(tables)
        yield f'databases have the table {listed} with its rows: `make migration msg="drop {listed}"` writes the step that drops it'


def newly_unused(old: Contract, new: Contract) -> Iterator[tuple[str, str, str]]:
    """Noun, file and name of what was used and is not: it stays, since another operation may be about to use it."""
    for noun, file, used in (
        ("error", "specs/errors.yaml", lambda one: {code for each in one.operations for code in each.declared_errors}),
        ("role", "specs/policy.yaml", _roles),
        ("topic", "specs/policy.yaml", lambda one: {topic for each in one.events for topic in each.topics}),
    ):
        for word in sorted(used(old) - used(new)):
            yield noun, file, word


def _roles(contract: Contract) -> set[str]:
    everyone: list[Operation | Event] = [*contract.operations, *contract.events]
    return {role for one in everyone for group in one.roles or () for role in group}


def _mentions(code: ServiceCode, names: set[str], feature: str, tables: list[str]) -> Iterator[str]:
    """Of a feature also its modules, the clients' attribute, and its tables where another feature refers to them."""
    patterns = [rf"\b{re.escape(name)}\b" for name in sorted(names)]
    if feature:
        patterns += [rf"\bfeatures\.(?:test_)?{feature}\b", rf"\w\.{feature}\.\w"]
    patterns += [rf"""\b(?:ForeignKey|table)\(["']{re.escape(name)}\b""" for name in tables]
    for path in mentions(code, re.compile("|".join(patterns))):
        yield f"{path} still names it"
