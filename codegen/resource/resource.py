"""What `make resource` writes about: the names of a resource in every language, and its fields as the templates read them.

Everything here follows from the words of the command and from the contract that is there; nothing is written.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from codegen.ir.names import constant, pascal
from codegen.parse.yaml_edits import braced
from codegen.resource.fields import Field
from codegen.resource.kinds import Kind

SUBJECT = "subject"
Roles: TypeAlias = tuple[frozenset[str], ...]
"""Alternatives; a caller needs all roles of one."""


@dataclass(frozen=True, slots=True)
class Target:
    """A resource that is there and is referred to. `schemas` is its file among the others; the table is called as the resource."""

    name: str
    plural: str
    schemas: str
    is_owned: bool
    says_in_use: bool
    """Whether its deletion has a code for a row that is referred to."""
    creators: Roles = ()
    """Nobody where it has no such operation; the tests ask who can make one."""
    deleters: Roles = ()
    """As `creators`, of who may delete it."""

    @property
    def id_type(self) -> str:
        return f"{self.pascal}Id"

    @property
    def pascal(self) -> str:
        return pascal(self.name)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of the resource. `target` is what a reference names."""

    resource: str
    name: str
    kind: Kind
    is_optional: bool
    target: Target | None = None

    @property
    def is_list(self) -> bool:
        return self.kind.item is not None

    @property
    def is_nullable(self) -> bool:
        """A list that is left out is empty: protobuf cannot tell the two apart."""
        return self.is_optional and not self.is_list

    @property
    def type_name(self) -> str:
        """The schema that its value has; of a list, its items'."""
        name = self.name
        if self.is_list:
            name = name.removesuffix("s") if name.endswith("s") else f"{name}_item"
        return f"{pascal(self.resource)}{pascal(name)}"

    @property
    def value_schema(self) -> str:
        """What one value is, or one item of a list."""
        if self.target is not None:
            return f"{{$ref: '{self.target.schemas}#/{self.target.id_type}'}}"
        kind = self.kind.item or self.kind
        return f"{{$ref: '#/{self.type_name}'}}" if kind.is_named else braced(kind.schema)

    @property
    def definition(self) -> str | None:
        """The schema of its own, where it has one."""
        kind = self.kind.item or self.kind
        return f"{self.type_name}: {braced(kind.schema)}" if kind.is_named else None

    @property
    def stored_schema(self) -> str:
        """As the resource has it: always there, and null where it is not given."""
        if self.is_list:
            return braced({**self.kind.schema, "items": self.value_schema})
        return braced(self._or_null()) if self.is_nullable else self.value_schema

    @property
    def given_schema(self) -> str:
        """As a request has it: what is optional may be left out."""
        if self.is_list and self.is_optional:
            return braced({**self.kind.schema, "items": self.value_schema, "default": "[]"})
        return braced({**self._or_null(), "default": "null"}) if self.is_nullable else self.stored_schema

    def _or_null(self) -> dict[str, str]:
        if self.target is not None or self.kind.is_named:
            return {"oneOf": f"[{self.value_schema}, {{type: 'null'}}]"}
        return {**self.kind.schema, "type": f"[{self.kind.schema['type']}, 'null']"}

    @property
    def from_row(self) -> str:
        """The expression of its value, of a row of the table."""
        row = f'row["{self.name}"]'
        kind = self.kind.item or self.kind
        if kind.name != "enum":
            return row
        if self.is_list:
            return f"[{self.type_name}(one) for one in {row}]"
        return f"{self.type_name}({row})" + (f" if {row} is not None else None" if self.is_nullable else "")

    @property
    def sql_column(self) -> str:
        """The arguments of its column, behind the name."""
        parts = [self.kind.column]
        if self.target is not None:
            parts.append(f'ForeignKey("{self.target.name}.id")')
        return ", ".join([*parts, *([] if self.is_nullable else ["nullable=False"])])

    @property
    def migrated_column(self) -> str:
        """The same in a step of the schema."""
        parts = [_made(self.kind.column)]
        if self.target is not None:
            parts.append(f'sa.ForeignKey("{self.target.name}.id")')
        return ", ".join([*parts, *([] if self.is_nullable else ["nullable=False"])])


@dataclass(frozen=True, slots=True)
class Resource:
    """`name` and `plural` are snake_case; `revision` is the step of the schema after `after`. `grants` says which user of the
    realm has which roles, those that are there among them."""

    name: str
    plural: str
    columns: tuple[Column, ...]
    """In the order of the words, which is that of the table."""
    is_owned: bool
    grants: Mapping[str, tuple[str, ...]]
    learning: tuple[Target, ...] = ()
    """Targets whose deletion has no code for a row that is referred to, and gets one."""
    operation_ids: tuple[int, ...] = ()
    event_ids: tuple[int, ...] = ()
    revision: str = ""
    """Four digits or more, one higher than `after`."""
    after: str | None = None
    """The step before; None where the product has none yet."""

    @property
    def pascal(self) -> str:
        return pascal(self.name)

    @property
    def pascals(self) -> str:
        return pascal(self.plural)

    @property
    def constant(self) -> str:
        return constant(self.name)

    @property
    def words(self) -> str:
        return self.name.replace("_", " ")

    @property
    def many_words(self) -> str:
        return self.plural.replace("_", " ")

    @property
    def a(self) -> str:
        """With its article, as a sentence has it."""
        return f"{'an' if self.words[0] in 'aeiou' else 'a'} {self.words}"

    @property
    def path(self) -> str:
        return f"/api/{self.plural}".replace("_", "-")

    @property
    def id(self) -> str:
        """The field that names one in a request."""
        return f"{self.name}_id"

    @property
    def filters(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.kind.is_filter)

    @property
    def references(self) -> tuple[Column, ...]:
        return tuple(one for one in self.columns if one.target is not None)

    @property
    def targets(self) -> tuple[Target, ...]:
        return tuple(dict.fromkeys(one.target for one in self.columns if one.target is not None))

    @property
    def enums(self) -> tuple[str, ...]:
        return tuple(one.type_name for one in self.columns if (one.kind.item or one.kind).name == "enum")

    @property
    def roles(self) -> dict[str, str]:
        """Each with what it allows. What happens to everybody's is heard by a role of its own: a topic has no owner."""
        name, many = self.name.replace("_", "-"), self.plural.replace("_", "-")
        found = {
            f"get-{many}": f"Read {self.many_words}.",
            f"create-{name}": f"Create {self.many_words}.",
            f"update-{name}": f"Replace {self.many_words}.",
            f"delete-{name}": f"Delete {self.many_words}.",
        }
        return (
            {**found, f"follow-{many}": f"Hear what happens to everybody's {self.many_words}."}
            if self.is_owned
            else found
        )

    @property
    def role(self) -> dict[str, str]:
        """The role of each purpose: `get`, `create`, `update`, `delete` and `follow`."""
        found = {one.partition("-")[0]: one for one in self.roles}
        return {**found, "follow": found.get("follow", found["get"])}

    @property
    def errors(self) -> dict[str, str]:
        """Codes of its own, with the rest of their line in errors.yaml."""
        return {
            f"{self.name}_not_found": f"{{status: 404, rsp: NOT_FOUND, retryable: false, title: There is no such {self.words}.}}",
        }

    @property
    def missing_targets(self) -> tuple[str, ...]:
        """The codes of what a request names and is not there."""
        return tuple(f"{one.name}_not_found" for one in self.targets)

    @property
    def records(self) -> tuple[str, ...]:
        """Every name that its schemas take."""
        endings = (
            "",
            "Id",
            "Version",
            "Input",
            "Path",
            "VersionPath",
            "Update",
            "Filter",
            "Page",
            "Created",
            "Updated",
            "Deleted",
        )
        fields = (one.type_name for one in self.columns if one.definition is not None)
        return (*(self.pascal + ending for ending in endings), *fields)

    @property
    def operations(self) -> tuple[str, ...]:
        """In the order of their PkgIDs."""
        return (f"get_{self.plural}", *(f"{verb}_{self.name}" for verb in ("create", "get", "update", "delete")))

    @property
    def events(self) -> tuple[str, ...]:
        """In the order of their PkgIDs; all on the topic that is called as the plural, and on that of the single row."""
        return tuple(f"{self.name}_{what}" for what in ("created", "updated", "deleted"))

    @property
    def single_topic(self) -> str:
        return f"{self.plural}/{{{self.name}.id}}"

    def users(self, *purposes: str) -> list[str]:
        """Who of the realm may do all of these."""
        wanted = frozenset(self.role[one] for one in purposes)
        return self.holders((wanted,))

    def holders(self, roles: Roles) -> list[str]:
        """Who of the realm has one of these alternatives."""
        return [user for user, held in self.grants.items() if any(one <= set(held) for one in roles)]

    @property
    def testers(self) -> list[str]:
        """Who may do everything, and make what it refers to."""
        able = self.users("get", "create", "update", "delete")
        return [user for user in able if all(user in self.holders(one.creators) for one in self.targets)]

    @property
    def needs_caller(self) -> bool:
        """Whether a write asks who calls: for the row itself, or for what it refers to."""
        return self.is_owned or any(one.is_owned for one in self.targets)

    @property
    def indexes(self) -> dict[str, tuple[str, ...]]:
        """The columns of each: the walk through an owner's, and what PostgreSQL looks up when a referred row is deleted."""
        found: dict[str, tuple[str, ...]] = {f"{self.name}_{one.name}": (one.name,) for one in self.references}
        return {f"{self.name}_owner_id": ("owner", "id"), **found} if self.is_owned else found


def columns_of(resource: str, fields: list[Field], targets: Mapping[str, Target]) -> tuple[Column, ...]:
    return tuple(Column(resource, one.name, one.kind, one.is_optional, targets.get(one.kind.target)) for one in fields)


def _made(column: str) -> str:
    """`ARRAY(Text)` → `sa.ARRAY(sa.Text())`; arguments by name stay."""
    name, _, inner = column.removesuffix(")").partition("(")
    return f"sa.{name}({_made(inner) if inner[:1].isupper() else inner})"


def plural_of(name: str) -> str:
    """By the rules of English; `plural=` says what they do not know."""
    if re.search(r"(s|x|z|ch|sh)$", name):
        return f"{name}es"
    return f"{name[:-1]}ies" if re.search(r"[^aeiou]y$", name) else f"{name}s"
