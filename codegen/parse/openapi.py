"""OpenAPI documents to HTTP operations, still in the dialect's own terms; `join` makes them one with the others."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from codegen.diagnostics import Findings, Place, is_misspelt, meant
from codegen.ir.names import code_name, is_identifier, is_product_name, product_name
from codegen.ir.notes import ExternalDocs, Notes
from codegen.ir.operations import Http, Info, Roles
from codegen.parse.annotations import DOCS, read_docs
from codegen.parse.documents import Documents
from codegen.parse.http_operation import HttpOperation, Sources
from codegen.parse.http_request import listed_parameters, read_body, read_parameters
from codegen.parse.http_responses import read_success
from codegen.parse.json_schema import Schemas
from codegen.parse.yaml_tree import Mapping, Scalar, Sequence, plain, text_of

ROOT = "specs/openapi.yaml"
PRODUCT = "x-name"
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
    "tags",
    DOCS,
}
KINDS = {"summary": "string", "description": "string", "deprecated": "boolean", "tags": "array", DOCS: "object"}


@dataclass(slots=True)
class OpenApiDialect:
    info: Info = field(default_factory=lambda: Info("", "", {}, None, ()))
    info_place: Place = field(default_factory=lambda: Place(ROOT, 1, 1))
    name_place: Place | None = None
    """Where the product's name is said as it may be; None where the title gives it."""
    operations: dict[str, HttpOperation] = field(default_factory=dict)


def parse_openapi(documents: Documents, schemas: Schemas, findings: Findings) -> OpenApiDialect:
    dialect = OpenApiDialect()
    root = documents.tree(ROOT)
    if not isinstance(root, Mapping):
        return dialect
    if not re.fullmatch(r"3\.1(\.\d+)?", text_of(root.get("openapi")) or ""):
        findings.add("O001", root.place, "this is not OpenAPI 3.1", fix="write openapi: 3.1.0")
    if "security" in root.entries:
        findings.add(
            "O002",
            root.keys["security"],
            "security at the root is inherited by an operation that forgot its own",
            fix="write security on each operation",
        )
    dialect.info, dialect.info_place = read_info(root, findings), root.keys.get("info", root.place)
    info = root.get("info")
    name = info.get(PRODUCT) if isinstance(info, Mapping) else None
    if name is not None and is_product_name(text_of(name) or ""):
        dialect.name_place = name.place
    paths = root.get("paths")
    for path, node in paths if isinstance(paths, Mapping) else ():
        item = documents.resolve(node)
        if isinstance(item, Mapping):
            _PathReader(path, item, dialect, Sources(documents, schemas, findings)).read()
    return dialect


def read_info(root: Mapping, findings: Findings) -> Info:
    data = plain(root)
    data = data if isinstance(data, dict) else {}
    info = data.get("info")
    info = info if isinstance(info, dict) else {}
    tags = data.get("tags")
    pairs = tuple(
        (str(tag["name"]), str(tag.get("description", "")))
        for tag in (tags if isinstance(tags, list) else ())
        if isinstance(tag, dict) and "name" in tag
    )
    title, said = str(info.get("title", "")), info.get(PRODUCT)
    product = said if isinstance(said, str) and is_product_name(said) else product_name(title)
    details = {key: value for key, value in info.items() if not key.startswith("x-")}
    return Info(
        title=title,
        version=str(info.get("version", "")),
        details=details,
        servers=data.get("servers"),
        tags=pairs,
        tag_docs=_tag_docs(root, findings),
        external_docs=read_docs(root, findings),
        product=product,
    )


def _tag_docs(root: Mapping, findings: Findings) -> dict[str, ExternalDocs]:
    listed = root.get("tags")
    tags = [one for one in (listed.items if isinstance(listed, Sequence) else ()) if isinstance(one, Mapping)]
    found = {text_of(one.get("name")) or "": read_docs(one, findings) for one in tags}
    return {name: docs for name, docs in found.items() if docs is not None}


class _PathReader:
    """Reads the operations of one path item."""

    def __init__(
        self,
        path: str,
        item: Mapping,
        dialect: OpenApiDialect,
        sources: Sources,
    ) -> None:
        self._path = path
        self._item = item
        self._dialect = dialect
        self._sources = sources
        self._findings = sources.findings

    def read(self) -> None:
        for key, node in self._item:
            if key in METHODS and isinstance(node, Mapping):
                self._operation(key, node)
            elif key in METHODS:
                self._findings.add("O003", node.place, f"{key} of {self._path} is no operation", fix="write a mapping")
            elif key != "parameters":
                self._findings.add(
                    "O003",
                    self._item.keys[key],
                    f"{key!r} is not read in a path item",
                    fix=meant(key, ("parameters", *METHODS), f"use {', '.join(METHODS)} or parameters"),
                )

    def _operation(self, method: str, node: Mapping) -> None:
        name, place = text_of(node.get("operationId")), node.place
        if name is None or not is_identifier(name):
            self._findings.add(
                "O004",
                place,
                f"{method.upper()} {self._path} has the operationId {name!r}",
                fix=_identified(node),
            )
            return
        place = node.keys["operationId"]
        if name in self._dialect.operations:
            other = (self._dialect.operations[name].place, "has it first")
            self._findings.add("O005", place, f"the operationId {name!r} stands twice", other=other)
            return
        for key in node.entries:
            if key not in OPERATION_KEYS and not key.startswith("x-"):
                message = f"{key!r} is not read in an operation of the source"
                self._findings.add("O003", node.keys[key], message, fix=meant(key, OPERATION_KEYS))
        self._sources.kinds(node, KINDS, name)
        operation = HttpOperation(name, PurePosixPath(node.place.file).stem, place, node)
        operation.summary = text_of(node.get("summary")) or ""
        operation.description = text_of(node.get("description")) or ""
        deprecated = node.get("deprecated")
        operation.deprecated = isinstance(deprecated, Scalar) and deprecated.value is True
        operation.notes = read_operation_notes(node, self._findings)
        operation.words = {key: (plain(value), node.keys[key]) for key, value in node if key.startswith("x-")}
        self._security(operation, node)
        self._request(operation, method, node)
        self._dialect.operations[name] = operation

    def _security(self, operation: HttpOperation, node: Mapping) -> None:
        security = node.get("security")
        if security is None and is_misspelt("security", node.entries, OPERATION_KEYS):
            return
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
        operation.has_roles = len(groups) == len(security.items)

    def _request(self, operation: HttpOperation, method: str, node: Mapping) -> None:
        sources = self._sources
        listed = [*listed_parameters(sources, self._item), *listed_parameters(sources, node)]
        parameters = read_parameters(sources, operation, self._path, listed)
        body = read_body(sources, operation, node)
        success = read_success(sources, operation, node)
        operation.http = Http(
            method=method.upper(),
            path=self._path,
            parameters=tuple(parameters),
            body=body.fields,
            body_schema=body.schema,
            form=body.form,
            file=body.file,
            statuses=tuple(success.descriptions),
            response_descriptions=tuple(success.descriptions.values()),
            response_headers=tuple(success.headers.values()),
            links=success.links,
            body_notes=operation.body_notes,
            answers=operation.answers,
            place=operation.place,
        )


def read_operation_notes(node: Mapping, findings: Findings) -> Notes:
    """OpenAPI's tags are names, AsyncAPI's are objects with a name."""
    listed = node.get("tags")
    found = []
    for item in listed.items if isinstance(listed, Sequence) else ():
        name = text_of(item.get("name")) if isinstance(item, Mapping) else text_of(item)
        if name:
            found.append(name)
        else:
            findings.add("F003", item.place, "a tag has no name", fix="write the tag's name")
    return Notes(external_docs=read_docs(node, findings), tags=tuple(dict.fromkeys(found)))


def normal_roles(groups: list[frozenset[str]]) -> Roles:
    """One spelling for one policy: sorted, without repetition."""
    return tuple(sorted(set(groups), key=sorted))


def _identified(node: Mapping) -> str:
    """How an operation without an identifier gets one; its key may be misspelt."""
    likely = [key for key in node.entries if key not in OPERATION_KEYS and meant(key, ("operationId",))]
    if likely:
        return f"write operationId instead of {likely[0]!r}"
    spelled = code_name(text_of(node.get("operationId")) or "")
    return f"write {spelled!r}" if is_identifier(spelled) else "write a snake_case operationId"
