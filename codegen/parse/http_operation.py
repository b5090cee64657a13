"""One HTTP operation as OpenAPI says it, before it is joined with the other dialects."""

from __future__ import annotations

from dataclasses import dataclass, field

from codegen.diagnostics import Findings, Place, meant
from codegen.ir.notes import Example, Notes
from codegen.ir.operations import Http, Result, Roles
from codegen.ir.types import Field
from codegen.parse.annotations import read_named
from codegen.parse.documents import Documents
from codegen.parse.json_schema import Schemas
from codegen.parse.yaml_tree import Mapping, Node, kind_of


@dataclass(frozen=True, slots=True)
class Sources:
    """What reading a part of a document needs."""

    documents: Documents
    schemas: Schemas
    findings: Findings

    def only(self, node: Mapping, keys: set[str], rule: str, what: str) -> None:
        """Nothing is silently ignored: a key outside of `keys` is a finding, x- words apart."""
        for key in node.entries:
            if key not in keys and not key.startswith("x-"):
                fix = meant(key, keys, f"remove it; {what} may have {', '.join(sorted(keys))}")
                self.findings.add(rule, node.keys[key], f"{key!r} is not read in {what}", fix=fix)

    def mapping(self, holder: Mapping, key: str) -> Mapping | None:
        """What stands under a key, if it is a mapping."""
        node = holder.get(key)
        if node is not None and not isinstance(node, Mapping):
            self.findings.add("F003", node.place, f"{key} is {kind_of(node)}", fix="write a mapping")
        return node if isinstance(node, Mapping) else None

    def kinds(self, node: Mapping, wanted: dict[str, str], what: str) -> None:
        """Each value has its kind; of another it would count as if it were not there."""
        for key, kind in wanted.items():
            value = node.get(key)
            if value is not None and kind_of(value) != kind:
                self.findings.add("F003", value.place, f"{key} of {what} is {kind_of(value)}", fix=f"write {kind}")

    def examples(self, holder: Mapping) -> tuple[Example, ...]:
        """Those of the one media type of JSON, or of a form."""
        content = holder.get("content")
        listed = [self.documents.resolve(node) for _, node in content] if isinstance(content, Mapping) else []
        return tuple(read_named(listed[0])) if len(listed) == 1 and isinstance(listed[0], Mapping) else ()


@dataclass(slots=True)
class HttpOperation:
    """`roles` is missing where `security` is; `words` holds each x- word with its place."""

    name: str
    feature: str
    place: Place
    node: Mapping
    summary: str = ""
    description: str = ""
    roles: Roles = None
    security: Place | None = None
    has_roles: bool = False
    """Whether security is written and all of it is read."""
    words: dict[str, tuple[object, Place]] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    records: list[Node] = field(default_factory=list)
    """The schemas whose fields are the request's: of the body, and of a query that is a record."""
    body_notes: Notes = field(default_factory=Notes)
    """What the body's schema and its media type say to readers."""
    answers: tuple[Example, ...] = ()
    """Examples of the result, as the media types of the responses have them."""
    links: list[tuple[str, Mapping]] = field(default_factory=list)
    """What the answers lead to, as it is written."""
    http: Http | None = None
    result: Result = field(default_factory=lambda: Result(None))
    deprecated: bool = False
    notes: Notes = field(default_factory=Notes)
