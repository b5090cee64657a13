"""`python -m codegen resource`: a feature that works, in the contract, the code, the schema of the database, the realm and tests.

Promises: all or nothing; what is there gets lines and words and loses none, but for the deletion of what is now referred to
(`in_use.py`); every fault of the words is said at once. What is written is the team's from then on: nothing of it is generated again,
and nothing reads it but who edits it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from codegen.diagnostics import Refused
from codegen.edits import apply
from codegen.fix import drafts, fix
from codegen.parse.implied import DOORS, doors_of
from codegen.pipeline import Loaded, load
from codegen.registration import ServiceCode, registered, write
from codegen.resource import in_use, realm
from codegen.resource.checks import Wanted, checked
from codegen.resource.faults import report
from codegen.resource.resource import Resource
from codegen.resource.scripts import edits, numbers
from codegen.resource.templates import rendered

MIGRATIONS = Path("migrations", "versions")
REALM = Path("docker", "keycloak", "realm.json")
MODULES = {"tables.py": "tables.py", "repository.py": "repository.py", "handler.py": "handler.py"}
_REVISION = re.compile(r"^(down_)?revision(?:: [^=]+)? = (?:[\"'](\w+)[\"']|None)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Written:
    """`files` with how many lines each gained; `left` is what only a person can decide, a line each."""

    files: dict[str, int]
    """Relative to the root of the project."""
    left: list[str]
    """Nothing of it keeps the contract from compiling."""


def write_resource(specs: Path, features: Path, wanted: Wanted) -> Written:
    """`features` is the folder of the features, two below the root of the project. Raises Refused, and has then written nothing."""
    if len(doors_of(specs)) < len(DOORS):
        raise Refused("a resource has both doors, and the contract has not; `make new` writes single operations")
    code, before = ServiceCode(features), fix.texts_of(specs)
    with TemporaryDirectory(prefix="codegen-resource-") as folder:
        copy = Path(folder, "specs")
        fix.copied(specs, copy)
        drafts.forget(copy, drafts.committed_lock(specs))
        resource = _complete(load(copy), code, wanted)
        _add(copy, resource)
        texts = {file: text for file, text in fix.texts_of(copy).items() if before.get(file) != text}
    modules = _sources(code, resource)
    root = features.parents[1]
    gained = {file: _lines(text) - _lines(before.get(file, "")) for file, text in texts.items()}
    gained |= {path.relative_to(root).as_posix(): _lines(text) - _lines(_text(path)) for path, text in modules.items()}
    fix.write_texts(specs, texts)
    write(modules, "F401,I")
    return Written(gained, list(_left(root, resource)))


def _complete(loaded: Loaded, code: ServiceCode, wanted: Wanted) -> Resource:
    """The resource with its numbers, its step and who may what."""
    if len(loaded.findings):
        raise Refused(f"the contract has findings; fix them first:\n{loaded.report()}")
    resource, faults = checked(wanted, loaded, code)
    if faults:
        raise Refused(report(faults, wanted.words))
    after = newest(code.features.parent / MIGRATIONS)
    held = realm.users(_text(code.features.parents[1] / REALM))
    given = realm.grants(held, resource.role, is_owned=resource.is_owned)
    learning = {one: replace(one, says_in_use=True) for one in resource.targets if in_use.can_learn(loaded, code, one)}
    return replace(
        resource,
        columns=tuple(
            replace(one, target=learning.get(one.target, one.target)) if one.target else one for one in resource.columns
        ),
        learning=tuple(learning.values()),
        grants={user: (*held[user], *roles) for user, roles in given.items()},
        operation_ids=numbers(loaded, 5, is_event=False),
        event_ids=numbers(loaded, 3, is_event=True),
        revision=f"{int(after or 0) + 1:04}",
        after=after,
    )


def newest(versions: Path) -> str | None:
    """The step of the schema that no other follows. Raises Refused where it is not one, or has no number. None where
    there is no step yet."""
    found: dict[bool, set[str]] = {True: set(), False: set()}
    for path in versions.glob("*.py"):
        for match in _REVISION.finditer(path.read_text(encoding="utf-8")):
            found[bool(match[1])].add(match[2] or "")
    heads = found[False] - found[True]
    if not found[False]:
        return None
    if len(heads) != 1 or not min(heads).isdecimal():
        raise Refused(f"the newest step of {versions} is not one with a number: {', '.join(sorted(heads)) or 'none'}")
    return min(heads)


def _add(specs: Path, resource: Resource) -> None:
    """Into a copy, which is proved before it counts."""
    loaded = load(specs)
    taught = [edit for one in resource.learning for edit in in_use.edits(loaded, one)]
    fix.write_texts(specs, apply([*edits(loaded, resource), *taught], fix.texts_of(specs)))
    fixed = fix.fix(specs)
    if len(fixed.left.findings):
        raise Refused(f"the resource does not fit in:\n{fixed.left.report()}")
    fix.write(specs, fixed)


def _sources(code: ServiceCode, resource: Resource) -> dict[Path, str]:
    """The new text of every file outside of the contract."""
    root, plural = code.features.parents[1], resource.plural
    versions, handler = (
        code.features.parent / MIGRATIONS,
        f"{resource.pascals}({resource.pascal}Repository(), platform.cursors)",
    )
    texts = {code.of(plural, module): rendered(template, resource) for module, template in MODULES.items()}
    texts[code.of(plural, "__init__.py")] = ""
    texts[versions / f"{resource.revision}_{plural}.py"] = rendered("migration.py", resource)
    texts[root / "tests" / "features" / f"test_{plural}.py"] = rendered("test.py", resource)
    texts[code.product] = registered(_text(code.product), plural, f"{resource.pascal}Repository", handler)
    texts[root / REALM] = realm.with_roles(_text(root / REALM), resource.roles, resource.grants)
    present = [path for path in texts if path.exists() and path not in (code.product, root / REALM)]
    texts |= {code.of(one.plural, "repository.py"): in_use.repository(code, one) for one in resource.learning}
    if present:
        raise Refused(f"{', '.join(path.relative_to(root).as_posix() for path in present)} would be written over")
    return texts


def _left(root: Path, resource: Resource) -> Iterator[str]:
    for one in resource.targets:
        if not one.says_in_use:
            yield (
                f"delete_{one.name} answers `internal` for {one.name.replace('_', ' ')} rows that {resource.a} refers to:"
                f" declare {one.name}_in_use in its x-errors, and raise it for asyncpg.ForeignKeyViolationError"
            )
        test = root / "tests" / "features" / f"test_{one.plural}.py"
        if f"def new_{one.name}(" not in _text(test):
            yield f"tests/features/test_{resource.plural}.py wants new_{one.name}(client) of test_{one.plural}.py, which makes one"


def _lines(text: str) -> int:
    return len(text.splitlines())


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.is_file() else ""
