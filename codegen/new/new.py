"""`python -m codegen new`: an operation with its halves in all three languages, its numbers, and a method to fill in.

Its records are empty: fields are the person's, who adds them to the schemas and lets `fix` write their proto halves. A feature
that is new gets its modules and its place in the product. Promises: only inserts, so that comments and order stay; refuses
what does not fit, before anything is written. The proto text, the lists in the roots and the lock are what `fix` writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.diagnostics import Refused
from codegen.edits import apply, diff
from codegen.fix import drafts, fix
from codegen.new.code import sources
from codegen.new.operation import NO_RESULT, NewOperation, check_form
from codegen.new.scripts import Scripts
from codegen.pipeline import Loaded, load
from codegen.registration import ServiceCode, write


def write_operation(specs: Path, features: Path, wanted: NewOperation) -> str:
    """Answers what was written as a diff. Raises Refused, and then nothing was written: the contract with the operation
    is proved in a copy first. What was issued to earlier drafts and is in no commit is free again."""
    check_form(wanted)
    before = fix.texts_of(specs)
    with TemporaryDirectory(prefix="codegen-new-") as folder:
        copy = Path(folder, "specs")
        fix.copied(specs, copy)
        drafts.forget(copy, drafts.committed_lock(specs))
        _add(copy, wanted)
        texts = {file: text for file, text in fix.texts_of(copy).items() if before.get(file) != text}
    code = sources(ServiceCode(features), wanted)
    old_code = {str(path): _text(path) for path in code}
    fix.write_texts(specs, texts)
    write(code)
    return diff(before, texts) + diff(old_code, {str(path): _text(path) for path in code})


def _add(specs: Path, wanted: NewOperation) -> None:
    """Into a copy, which is proved before it counts."""
    loaded = load(specs)
    if len(loaded.findings):
        raise Refused(f"the contract has findings; fix them first:\n{loaded.report()}")
    _check_names(loaded, wanted)
    scripts = Scripts(loaded, wanted)
    _check_schemas(scripts.taken(), wanted)
    fix.write_texts(specs, apply(scripts.edits(), fix.texts_of(specs)))
    fixed = fix.fix(specs)
    if len(fixed.left.findings):
        raise Refused(f"the operation does not fit in:\n{fixed.left.report()}")
    fix.write_texts(specs, _with_purpose(fixed.texts, wanted))


def _with_purpose(texts: Mapping[str, str], wanted: NewOperation) -> dict[str, str]:
    """That a call only reads is HTTP's method; on the socket alone it is an option of the rpc."""
    found, file = dict(texts), f"specs/proto/{wanted.feature}.proto"
    if wanted.verb == "get" and "http" not in wanted.doors and file in found:
        line = f"rpc {wanted.stem}({wanted.stem}Request) returns ({wanted.answer or 'google.protobuf.Empty'})"
        found[file] = found[file].replace(f"{line};", f"{line} {{ option idempotency_level = NO_SIDE_EFFECTS; }}")
    return found


def _check_names(loaded: Loaded, wanted: NewOperation) -> None:
    contract, roles = loaded.contract, {role.name for role in loaded.contract.roles}
    unknown = sorted(set(wanted.roles) - roles)
    if unknown:
        raise Refused(
            f"unknown roles: {', '.join(unknown)}; take one of {', '.join(sorted(roles))}, or declare it in specs/policy.yaml, under `roles`"
        )
    if bool(wanted.roles) == wanted.is_public:
        said = "both are said" if wanted.is_public else "neither is said"
        raise Refused(f"who may call it? roles=… ({', '.join(sorted(roles))}) or public=yes: {said}")
    if wanted.name in {one.name for one in contract.operations} | {one.name for one in contract.events}:
        raise Refused(f"the name {wanted.name!r} is taken")


def _check_schemas(known: set[str], wanted: NewOperation) -> None:
    taken = known & set(wanted.new_records)
    if taken:
        raise Refused(f"the schemas have {', '.join(sorted(taken))} already")
    if wanted.result and wanted.result != NO_RESULT and wanted.result not in known:
        near = get_close_matches(wanted.result, known, 3)
        hint = f"; near it are {', '.join(near)}" if near else ""
        raise Refused(f"no schema is called {wanted.result!r}{hint}")


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
