"""OpenAPI documents to HTTP operations, still in the dialect's own terms; `join` makes them one with the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codegen.diagnostics import Findings, Place
from codegen.ir.names import is_identifier
from codegen.ir.operations import Http, Info, Parameter, Result, Roles
from codegen.ir.types import Field, ListOf, Named, Record
from codegen.parse.documents import Documents
from codegen.parse.json_schema import Schemas
from codegen.parse.yaml_tree import Mapping, Node, Scalar, Sequence, plain, text_of

ROOT = "specs/openapi.yaml"
METHODS = ("get", "put", "post", "delete", "patch")
OPERATION_KEYS = {
    "operationId",
    "summary",
    "description",
    "security",
    "parameters",
    "requestBody",
    "responses",
    "deprecated",
}


@dataclass(slots=True)
class HttpOperation:
    """`roles` is missing where `security` is; `words` holds each x- word with its place."""

    name: str
    feature: str
    place: Place
    summary: str = ""
    description: str = ""
    roles: Roles = None
    security: Place | None = None
    words: dict[str, tuple[object, Place]] = field(default_factory=dict)
    fields: dict[str, Field] = field(default_factory=dict)
    http: Http | None = None
    result: Result = field(default_factory=lambda: Result(None))
    deprecated: bool = False


@dataclass(slots=True)
class OpenApiDialect:
    info: Info = field(default_factory=lambda: Info("", "", "", {}, ()))
    info_place: Place = field(default_factory=lambda: Place(ROOT, 1, 1))
    operations: dict[str, HttpOperation] = field(default_factory=dict)


def parse_openapi(documents: Documents, schemas: Schemas, findings: Findings) -> OpenApiDialect:
    dialect = OpenApiDialect()
    root = documents.tree(ROOT)
    if not isinstance(root, Mapping):
        return dialect
    if not (text_of(root.get("openapi")) or "").startswith("3.1"):
        findings.add("O001", root.place, "this is not OpenAPI 3.1", fix="write openapi: 3.1.0")
    if "security" in root.entries:
        findings.add(
            "O002",
            root.keys["security"],
            "security at the root is inherited by an operation that forgot its own",
            fix="write security on each operation",
        )
    dialect.info, dialect.info_place = read_info(root), root.keys.get("info", root.place)
    paths = root.get("paths")
    for path, node in paths if isinstance(paths, Mapping) else ():
        item = documents.resolve(node)
        if isinstance(item, Mapping):
            _PathReader(path, item, dialect, documents, schemas, findings).read()
    return dialect


def read_info(root: Mapping) -> Info:
    data = plain(root)
    info = data.get("info") if isinstance(data, dict) else None
    info = info if isinstance(info, dict) else {}
    tags = data.get("tags", []) if isinstance(data, dict) else []
    pairs = tuple(
        (str(tag["name"]), str(tag.get("description", ""))) for tag in tags if isinstance(tag, dict) and "name" in tag
    )
    licensed = info.get("license")
    return Info(
        str(info.get("title", "")), str(info.get("version", "")), str(info.get("summary", "")),
        licensed if isinstance(licensed, dict) else {}, pairs,
    )  # fmt: skip


class _PathReader:
    """Reads the operations of one path item."""

    def __init__(
        self,
        path: str,
        item: Mapping,
        dialect: OpenApiDialect,
        documents: Documents,
        schemas: Schemas,
        findings: Findings,
    ) -> None:
        self._path = path
        self._item = item
        self._dialect = dialect
        self._documents = documents
        self._schemas = schemas
        self._findings = findings

    def read(self) -> None:
        for key, node in self._item:
            if key in METHODS and isinstance(node, Mapping):
                self._operation(key, node)
            elif key not in ("parameters", "summary", "description") and key not in METHODS:
                self._findings.add(
                    "O003",
                    self._item.keys[key],
                    f"{key!r} is not read in a path item",
                    fix=f"use {', '.join(METHODS)} or parameters",
                )

    def _operation(self, method: str, node: Mapping) -> None:
        name, place = text_of(node.get("operationId")), node.place
        if name is None or not is_identifier(name):
            self._findings.add(
                "O004",
                place,
                f"{method.upper()} {self._path} has the operationId {name!r}",
                fix="write a snake_case operationId",
            )
            return
        place = node.keys["operationId"]
        if name in self._dialect.operations:
            other = (self._dialect.operations[name].place, "has it first")
            self._findings.add("O005", place, f"the operationId {name!r} stands twice", other=other)
            return
        for key in node.entries:
            if key not in OPERATION_KEYS and not key.startswith("x-"):
                self._findings.add("O003", node.keys[key], f"{key!r} is not read in an operation of the source")
        operation = HttpOperation(name, PurePosixPath(node.place.file).stem, place)
        operation.summary = text_of(node.get("summary")) or ""
        operation.description = text_of(node.get("description")) or ""
        deprecated = node.get("deprecated")
        operation.deprecated = isinstance(deprecated, Scalar) and deprecated.value is True
        operation.words = {key: (plain(value), node.keys[key]) for key, value in node if key.startswith("x-")}
        self._security(operation, node)
        self._request(operation, method, node)
        self._dialect.operations[name] = operation

    def _security(self, operation: HttpOperation, node: Mapping) -> None:
        security = node.get("security")
        if not isinstance(security, Sequence):
            self._findings.add(
                "O006",
                operation.place,
                f"{operation.name} says nothing about security",
                fix="write `security: [{bearer: [role]}]`, or `security: []` for public",
            )
            return
        operation.security = node.keys["security"]
        groups: list[frozenset[str]] = []
        for item in security.items:
            data = plain(item)
            if not isinstance(data, dict) or list(data) != ["bearer"] or not isinstance(data["bearer"], list):
                self._findings.add(
                    "O007",
                    item.place,
                    f"security of {operation.name} is {data!r}",
                    fix="write {bearer: [role, …]}",
                )
            else:
                groups.append(frozenset(str(role) for role in data["bearer"]))
        operation.roles = normal_roles(groups) if security.items else None

    def _request(self, operation: HttpOperation, method: str, node: Mapping) -> None:
        parameters: list[Parameter] = []
        for item in [*self._listed(self._item), *self._listed(node)]:
            parameters += self._parameter(operation, item)
        written = set(re.findall(r"\{([^}]*)\}", self._path))
        named = {one.carrier for one in parameters if one.location == "path"}
        for missing in sorted(written ^ named):
            self._findings.add(
                "O008",
                operation.place,
                f"the path parameter {missing!r} of {self._path} is not in both the path and the parameters",
            )
        body, schema = self._body(operation, node)
        status, description, headers, links = self._success(operation, node)
        operation.http = Http(
            method.upper(), self._path, tuple(parameters), body, schema, status, description, tuple(headers), links, operation.place
        )  # fmt: skip

    def _listed(self, node: Mapping) -> list[Mapping]:
        listed = node.get("parameters")
        found = [self._documents.resolve(item) for item in listed.items] if isinstance(listed, Sequence) else []
        return [item for item in found if isinstance(item, Mapping)]

    def _parameter(self, operation: HttpOperation, item: Mapping) -> list[Parameter]:
        name, location = text_of(item.get("name")) or "", text_of(item.get("in")) or ""
        schema = item.get("schema")
        required = item.get("required")
        description = text_of(item.get("description")) or ""
        if location not in ("path", "query", "header") or schema is None:
            self._findings.add(
                "O009",
                item.place,
                f"the parameter {name!r} of {operation.name} is in {location!r}",
                fix="use path, query or header, with a schema",
            )
            return []
        if location == "header":
            return self._header(operation, item, name, schema, description)
        target = self._documents.resolve(schema)
        if (
            location == "query"
            and isinstance(target, Mapping)
            and ("properties" in target.entries or "allOf" in target.entries)
        ):
            fields = self._schemas.fields_of(schema, f"{operation.name}.{name}") or ()
        else:
            found = self._schemas.type_of(schema, f"{operation.name}.{name}")
            is_required = isinstance(required, Scalar) and required.value is True
            default = target.get("default") if isinstance(target, Mapping) else None
            fields = (
                (
                    Field(
                        name,
                        found[0],
                        is_required,
                        found[1],
                        default is not None,
                        plain(default) if default else None,
                        place=item.place,
                    ),
                )
                if found
                else ()
            )
        for one in fields:
            self._take(operation, one)
        return [Parameter(one.name, one.name, location, one.description or description) for one in fields]

    def _header(
        self, operation: HttpOperation, item: Mapping, name: str, schema: Node, description: str
    ) -> list[Parameter]:
        carried = text_of(item.get("x-field"))
        if carried is None:
            self._findings.add(
                "O010",
                item.place,
                f"the header {name!r} of {operation.name} carries no field",
                fix="add x-field with the field's name",
            )
            return []
        return [Parameter(carried, name, "header", description, plain(schema))]

    def _take(self, operation: HttpOperation, one: Field) -> None:
        first = operation.fields.setdefault(one.name, one)
        if first is not one:
            self._findings.add(
                "O011", one.place, f"{operation.name} has the field {one.name!r} in two carriers",
                other=(first.place, "has it first"), fix="rename one: path, query and body flatten into one record",
            )  # fmt: skip

    def _body(self, operation: HttpOperation, node: Mapping) -> tuple[tuple[str, ...] | None, str | None]:
        request = self._documents.resolve(node.get("requestBody"))
        if not isinstance(request, Mapping):
            return None, None
        schema = self._json(request, f"the body of {operation.name}")
        fields = self._schemas.fields_of(schema, f"the body of {operation.name}") if schema else None
        for one in fields or ():
            self._take(operation, one)
        target = self._documents.resolve(schema) if schema else None
        return tuple(one.name for one in fields or ()), target.pointer[1:] if target else None

    def _json(self, holder: Mapping, what: str) -> Node | None:
        content = holder.get("content")
        if not isinstance(content, Mapping):
            return None
        media = content.get("application/json")
        if len(content.entries) != 1 or not isinstance(media, Mapping) or media.get("schema") is None:
            self._findings.add(
                "O012",
                content.place,
                f"{what} must be application/json alone, with a schema",
                fix="protobuf is added by the compiler",
            )
            return None
        return media.get("schema")

    def _success(self, operation: HttpOperation, node: Mapping) -> tuple[int, str, list[Parameter], dict[str, object]]:
        responses = node.get("responses")
        entries = list(responses) if isinstance(responses, Mapping) else []
        good = [(status, each) for status, each in entries if status in ("200", "201", "204")]
        if len(good) != 1 or len(entries) != 1:
            place = responses.place if responses else operation.place
            self._findings.add(
                "O013",
                place,
                f"{operation.name} must have one success response and no other",
                fix="write one of '200', '201', '204'; errors follow from x-errors",
            )
            return 200, "", [], {}
        status, response = int(good[0][0]), self._documents.resolve(good[0][1])
        if not isinstance(response, Mapping):
            return status, "", [], {}
        schema = self._json(response, f"the response of {operation.name}")
        if (schema is None) != (status == 204):
            self._findings.add(
                "O014",
                response.place,
                f"{operation.name} answers {status} {'without' if schema is None else 'with'} content",
                fix="204 has no content, the others have",
            )
        elif schema is not None:
            operation.result = read_result(schema, self._schemas, f"the response of {operation.name}")
        links = plain(response.entries["links"]) if "links" in response.entries else {}
        description = text_of(response.get("description")) or ""
        return status, description, self._response_headers(response), links if isinstance(links, dict) else {}

    def _response_headers(self, response: Mapping) -> list[Parameter]:
        headers = response.get("headers")
        found = []
        for name, node in headers if isinstance(headers, Mapping) else ():
            header = self._documents.resolve(node)
            carried = text_of(header.get("x-field")) if isinstance(header, Mapping) else None
            if not isinstance(header, Mapping) or carried is None:
                self._findings.add(
                    "O010", node.place, f"the response header {name!r} carries no field", fix="add x-field"
                )
                continue
            schema = header.get("schema")
            found.append(
                Parameter(
                    carried,
                    name,
                    "header",
                    text_of(header.get("description")) or "",
                    plain(schema) if schema else {},
                )
            )
        return found


def read_result(schema: Node, schemas: Schemas, what: str) -> Result:
    """A record `{items}` or `{items, meta}` is a list: a frame carries its items as data."""
    name = schemas.define(schema, what)
    record = schemas.definitions.get(name or "")
    if not isinstance(record, Record):
        return Result(name)
    names = [one.name for one in record.fields]
    items = record.field("items")
    is_list = names in (["items"], ["items", "meta"]) and items is not None and isinstance(items.type, ListOf)
    meta = record.field("meta")
    return Result(name, is_list, is_list and meta is not None and isinstance(meta.type, Named))


def normal_roles(groups: list[frozenset[str]]) -> Roles:
    """One spelling for one policy: sorted, without repetition."""
    return tuple(sorted(set(groups), key=sorted))
