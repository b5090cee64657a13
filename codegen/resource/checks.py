"""Whether a resource can be what was asked for, beside what is there: every fault at once, each with its place in the words."""

from __future__ import annotations

import ast
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from codegen.diagnostics import meant
from codegen.emit.client_names import MEMBERS
from codegen.ir.names import is_identifier, pascal
from codegen.ir.operations import Contract, Operation
from codegen.parse.keywords import RESERVED
from codegen.parse.yaml_tree import Mapping as YamlMapping
from codegen.pipeline import Loaded
from codegen.registration import ServiceCode
from codegen.resource.faults import Fault
from codegen.resource.fields import Field, Fields
from codegen.resource.resource import SUBJECT, Resource, Roles, Target, columns_of, plural_of

SPOKEN_FOR = RESERVED | {"Any", "ApiError", "Client", "Context", "CursorSeal", "Day", "Executor", "Field", "FieldError", "Model",
                         "Moment", "Position", "Problem", "Record", "Self", "Statement"}  # fmt: skip
"""Types that stand in a feature's modules, or in the generated ones, under their own name."""

LOCALS = frozenset(
    {"changed", "connect", "created", "deleted", "errors", "found", "heard", "listener", "models", "named", "one", "other", "owner",
     "pytest", "stranger", "updated", "wanted"}
)  # fmt: skip
"""Names that the written tests have beside that of the resource."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of the command; an empty `plural` is derived, and an empty `owner` is nobody."""

    name: str
    fields: str
    plural: str = ""
    owner: str = ""
    """`subject` where every row is its creator's."""

    @property
    def words(self) -> dict[str, str]:
        return {"name": self.name, "plural": self.plural, "fields": self.fields, "owner": self.owner}


def checked(wanted: Wanted, loaded: Loaded, code: ServiceCode) -> tuple[Resource, list[Fault]]:
    """The resource without numbers, step and grants; it counts only where there are no faults. Looks at the contract
    and at the code's names, and writes nothing."""
    read = Fields(wanted.fields)
    targets = targets_of(loaded, code)
    columns = columns_of(wanted.name, read.found, targets)
    plural = wanted.plural or plural_of(wanted.name)
    resource = Resource(wanted.name, plural, columns, wanted.owner == SUBJECT, {})
    faults = [*read.faults, *_names(wanted, plural), *_references(wanted, read.found, targets)]
    if wanted.owner not in ("", SUBJECT):
        faults.append(Fault("owner", 1, f"{wanted.owner!r} owns nothing", f"write owner={SUBJECT}, or leave it out"))
    faults += _records(resource, read.found)
    if not any(one.argument in ("name", "plural") for one in faults):
        faults += _taken(resource, loaded, code)
    return resource, faults


def _names(wanted: Wanted, plural: str) -> Iterator[Fault]:
    if not is_identifier(wanted.name):
        yield Fault(
            "name", 1, f"{wanted.name!r} is no name of a resource", "write it in snake_case, and no word of Python"
        )
    elif pascal(wanted.name) in SPOKEN_FOR or wanted.name in LOCALS:
        yield Fault("name", 1, f"the name {wanted.name!r} is taken by the code", "call the resource otherwise")
    if wanted.plural and not is_identifier(plural):
        yield Fault("plural", 1, f"{plural!r} is no name of a feature", "write it in snake_case, and no word of Python")
    elif plural == wanted.name:
        yield Fault("plural", 1, "the plural is the name itself", "say another one, as plural=news_items")
    elif plural in MEMBERS:
        yield Fault("plural", 1, f"every client has {plural!r} itself", "say another plural=…")


def _references(wanted: Wanted, fields: list[Field], targets: Mapping[str, Target]) -> Iterator[Fault]:
    for one in fields:
        target = one.kind.target
        if target == wanted.name:
            yield Fault(
                "fields",
                one.column,
                f"{one.name!r} refers to the resource itself",
                "add that by hand, once the resource is there",
            )
        elif target and target not in targets:
            known = f"there are {', '.join(sorted(targets)) or 'none'}; make the other resource first"
            yield Fault(
                "fields",
                one.column,
                f"{one.name!r} refers to {target!r}, which is no resource",
                meant(target, targets, known),
            )
        if one.name in (f"{wanted.name}_id", wanted.name):
            yield Fault(
                "fields",
                one.column,
                f"the name {one.name!r} is taken by the resource itself",
                "call the field otherwise",
            )


def _records(resource: Resource, fields: list[Field]) -> Iterator[Fault]:
    """Two fields whose schemas would be one."""
    seen = set(Resource(resource.name, resource.plural, (), resource.is_owned, {}).records)
    for column, one in zip(resource.columns, fields, strict=True):
        if column.definition is not None and column.type_name in seen:
            message = f"the schema of {one.name!r} would be {column.type_name}, which stands already"
            yield Fault("fields", one.column, message, "call the field otherwise")
        seen.add(column.type_name)


def _taken(resource: Resource, loaded: Loaded, code: ServiceCode) -> Iterator[Fault]:
    """Names of the contract and of the code that are there."""
    contract, homes = loaded.contract, schema_homes(loaded)
    mine = {
        "schema": (resource.records, set(homes)),
        "operation": (resource.operations, {one.name for one in contract.operations}),
        "event": (resource.events, {one.name for one in contract.events}),
        "error": (resource.errors, {one.code for one in contract.errors}),
        "role": (resource.roles, {one.name for one in contract.roles}),
        "topic": ((resource.plural, resource.single_topic), {one.name for one in contract.topics}),
        "feature": ((resource.plural,), {*contract.features, *_folders(code)}),
        "table": ((resource.name,), set(_tables(code))),
        "path": ((resource.path,), {one.http.path for one in contract.operations if one.http is not None}),
    }
    for noun, (names, known) in mine.items():
        found = [name for name in names if name in known]
        if found:
            argument = "plural" if set(found) & {resource.plural, resource.path} else "name"
            fix = "say another plural=…" if argument == "plural" else "call the resource otherwise"
            yield Fault(argument, 1, f"the {noun} {', '.join(found)} is there already", fix)


def _folders(code: ServiceCode) -> list[str]:
    return [path.name for path in code.features.iterdir() if path.is_dir()]


def _tables(code: ServiceCode) -> dict[str, bool]:
    """The table of every feature's module of tables, and whether its rows have an owner."""
    found: dict[str, bool] = {}
    for path in sorted(code.features.glob("*/tables.py")):
        found.update(_tables_of(path))
    return found


def _tables_of(path: Path) -> Iterator[tuple[str, bool]]:
    """A table is a class with `__tablename__`, or a call of `Table`; an owner is a column of that name."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            named = [
                one.value
                for one in node.body
                if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == "__tablename__"
            ]
            columns = {ast.unparse(one.target) for one in node.body if isinstance(one, ast.AnnAssign)}
        elif isinstance(node, ast.Call) and ast.unparse(node.func) == "Table":
            named = node.args[:1]
            calls = [one for one in node.args if isinstance(one, ast.Call) and one.args]
            columns = {str(one.args[0].value) for one in calls if isinstance(one.args[0], ast.Constant)}
        else:
            continue
        yield from ((str(one.value), "owner" in columns) for one in named if isinstance(one, ast.Constant))


def schema_homes(loaded: Loaded) -> dict[str, str]:
    """In which file each schema stands."""
    documents = loaded.dialects.documents
    trees = [documents.tree(file) for file in documents.names("schemas", ".yaml")]
    return {name: tree.place.file for tree in trees if isinstance(tree, YamlMapping) for name in tree.entries}


def targets_of(loaded: Loaded, code: ServiceCode) -> dict[str, Target]:
    """What may be referred to: it has a table, a schema of its id, and an operation that reads one by it."""
    homes, owned = schema_homes(loaded), _tables(code)
    found = (_target(loaded.contract, homes, name, is_owned=owned[name]) for name in owned)
    return {one.name: one for one in found if one is not None}


def _target(contract: Contract, homes: Mapping[str, str], name: str, *, is_owned: bool) -> Target | None:
    operations = {one.name: one for one in contract.operations}
    read, home = operations.get(f"get_{name}"), homes.get(f"{pascal(name)}Id")
    if read is None or home is None or f"{name}_not_found" not in read.declared_errors:
        return None
    deleted = operations.get(f"delete_{name}")
    says_in_use = deleted is not None and f"{name}_in_use" in deleted.declared_errors
    return Target(
        name,
        read.feature,
        posixpath.relpath(home, "specs/schemas"),
        is_owned,
        says_in_use,
        creators=_roles(operations.get(f"create_{name}")),
        deleters=_roles(deleted),
    )


def _roles(operation: Operation | None) -> Roles:
    """Nobody where there is no operation, everybody where it is public."""
    if operation is None:
        return ()
    return (frozenset(),) if operation.roles is None else operation.roles
