"""The halves of a new operation in OpenAPI, AsyncAPI and the schemas, as text to insert; proto and the lists follow by `fix`."""

from __future__ import annotations

from codegen.check.numbers import next_pkg_id
from codegen.diagnostics import Refused
from codegen.edits import END, Edit
from codegen.ir.names import pascal
from codegen.new.operation import NewOperation
from codegen.parse.documents import shared_name
from codegen.parse.yaml_edits import add_entry, add_item, reference
from codegen.parse.yaml_tree import Mapping, Node, Sequence, text_of
from codegen.pipeline import Loaded

ROOT, SOCKET_ROOT = "specs/openapi.yaml", "specs/asyncapi.yaml"
CHANNEL = "../asyncapi.yaml#/channels/web"
CURSOR_ERROR = "cursor_invalid"
"""Declared by what is paged, where the contract has the code."""
ID = "{type: integer, format: int64, minimum: 1, maximum: 9007199254740991}"
"""From 1 to what JSON's readers take exactly (RFC 8259 §6)."""
TEXT = "{type: string, minLength: 1, maxLength: 200}"
PAGE_FIELDS = (
    "    page: {type: integer, format: int32, minimum: 1, maximum: 1000000, default: 1}\n"
    "    per_page: {type: integer, format: int32, minimum: 1, maximum: 100, default: 20}\n"
    "    cursor: {type: string, minLength: 1, maxLength: 512}\n"
)
EMPTY = "  type: object\n  properties: {}\n"


class Scripts:
    """Where the contract has what the operation refers to. Every method raises Refused where there is no place for it."""

    def __init__(self, loaded: Loaded, wanted: NewOperation) -> None:
        self._loaded = loaded
        self._documents = loaded.dialects.documents
        self._wanted = wanted
        self._homes = self._schema_homes()
        self._schemas = self._schema_file()
        self._item = self._path_item() if "http" in wanted.doors else None

    def edits(self) -> list[Edit]:
        """Inserts for the halves of the wanted doors and for the new records; nothing is written."""
        doors = {"http": self._http, "socket": self._socket}
        return [*self._records(), *(edit for door in self._wanted.doors for edit in doors[door]())]

    def taken(self) -> set[str]:
        """The names of schemas that are there."""
        return set(self._homes)

    def _schema_homes(self) -> dict[str, str]:
        trees = [self._documents.tree(file) for file in self._documents.names("schemas", ".yaml")]
        return {name: tree.place.file for tree in trees if isinstance(tree, Mapping) for name in tree.entries}

    def _schema_file(self) -> str:
        """Where most records of the feature's operations are; else a file of its own."""
        contract = self._loaded.contract
        used = [one.result.record for one in contract.operations if one.feature == self._wanted.feature]
        files = [contract.record(name).place.file for name in used if name]
        return max(sorted(files), key=files.count, default=f"specs/schemas/{self._wanted.feature}.yaml")

    def _refer(self, file: str, name: str, pointer: str = "") -> str:
        return reference(file, self._homes.get(name, self._schemas), name + pointer)

    # Schemas

    def _records(self) -> list[Edit]:
        wanted, texts = self._wanted, self._parameter_schemas()
        if wanted.path_record:
            fields = "".join(f"    {name}: {self._parameter(name, self._schemas)}\n" for name in wanted.parameters)
            listed = ", ".join(wanted.parameters)
            texts.append(f"{wanted.path_record}:\n  type: object\n  required: [{listed}]\n  properties:\n{fields}")
        if wanted.own_record:
            is_page = wanted.is_paginated
            texts.append(
                f"{wanted.own_record}:\n" + (f"  type: object\n  properties:\n{PAGE_FIELDS}" if is_page else EMPTY)
            )
        if wanted.own_record and wanted.path_record:
            parts = "".join(
                f"    - {self._refer(self._schemas, name)}\n" for name in (wanted.path_record, wanted.own_record)
            )
            texts.append(f"{wanted.request_record}:\n  allOf:\n{parts}")
        texts += self._answers()
        return [Edit(self._schemas, END, 1, "\n" + "".join(texts))] if texts else []

    def _answers(self) -> list[str]:
        wanted = self._wanted
        texts = [f"{name}:\n{EMPTY}" for name in wanted.open_records if name != wanted.own_record]
        if wanted.is_paginated:
            items = f"{{type: array, maxItems: 100, items: {self._refer(self._schemas, wanted.item)}}}"
            meta = self._refer(self._schemas, "PageMeta")
            texts.append(
                f"{wanted.answer}:\n  type: object\n  required: [items, meta]\n"
                f"  properties:\n    items: {items}\n    meta: {meta}\n"
            )
        return texts

    def _parameter_schemas(self) -> list[str]:
        """A type of its own for what stands in the path, so that both doors say the same."""
        new = [
            name for name in self._wanted.parameters if self._declared(name) is None and pascal(name) not in self._homes
        ]
        return [f"{pascal(name)}: {ID if name.endswith('id') else TEXT}\n" for name in new]

    def _parameter(self, name: str, file: str) -> str:
        known = self._declared(name)
        shared = shared_name(known) if known is not None else None
        if known is not None and shared is None:
            raise Refused(f"{known.place} declares {name!r} without a schema of specs/schemas/; give it one")
        return self._refer(file, shared or pascal(name))

    # HTTP

    def _path_item(self) -> Mapping | None:
        """The path item, if the contract has the path."""
        node = _table(self._loaded, ROOT, "paths").get(self._wanted.url)
        item = self._documents.resolve(node) if node is not None else None
        if item is None:
            return None
        file = f"specs/http/{self._wanted.feature}.yaml"
        if not isinstance(item, Mapping) or item.is_flow or item.place.file != file:
            raise Refused(f"{self._wanted.url} stands at {item.place}, and not as a block in {file}")
        if self._wanted.verb in item.entries:
            raise Refused(f"{self._wanted.verb.upper()} {self._wanted.url} is taken: {item.keys[self._wanted.verb]}")
        return item

    def _declared(self, name: str) -> Node | None:
        """The schema of a parameter that the path item declares for all of its methods."""
        listed = self._item.get("parameters") if self._item is not None else None
        for node in listed.items if isinstance(listed, Sequence) else ():
            one = self._documents.resolve(node)
            if isinstance(one, Mapping) and text_of(one.get("name")) == name:
                return self._documents.resolve(one.get("schema"))
        return None

    def _http(self) -> list[Edit]:
        wanted, file = self._wanted, f"specs/http/{self._wanted.feature}.yaml"
        lines = [f"{wanted.verb}:", *(f"  {line}" for line in self._operation(file))]
        if self._item is not None:
            indent = " " * (self._item.place.column - 1)
            text = "".join(f"{indent}{line}\n" for line in lines)
            return [Edit(file, self._item.end.line, 1, text, -self._item.place.column)]
        lines = [f"{wanted.name}:", *(f"  {line}" for line in lines)]
        paths = _table(self._loaded, ROOT, "paths")
        listed = add_entry(paths, wanted.url, f"{{$ref: 'http/{wanted.feature}.yaml#/{wanted.name}'}}")
        return [Edit(file, END, 1, "\n" + "\n".join(lines) + "\n"), listed, *self._tag()]

    def _operation(self, file: str) -> list[str]:
        wanted = self._wanted
        security = ", ".join(f"{{bearer: [{role}]}}" for role in wanted.roles)
        lines = [f"operationId: {wanted.name}", f"summary: {wanted.name.replace('_', ' ').capitalize()}."]
        lines += [f"security: [{security}]", *self._errors()]
        missing = [name for name in wanted.parameters if self._declared(name) is None]
        carried = [
            f"{{name: {name}, in: path, required: true, schema: {self._parameter(name, file)}}}" for name in missing
        ]
        if wanted.own_record and not wanted.has_body:
            carried.append(f"{{name: filter, in: query, schema: {self._refer(file, wanted.own_record)}}}")
        lines += ["parameters:", *(f"  - {one}" for one in carried)] if carried else []
        if wanted.own_record and wanted.has_body:
            content = f"{{application/json: {{schema: {self._refer(file, wanted.own_record)}}}}}"
            lines += ["requestBody:", "  required: true", f"  content: {content}"]
        if wanted.answer is None:
            return [*lines, "responses: {'204': {description: Done.}}"]
        answered = f"{{application/json: {{schema: {self._refer(file, wanted.answer)}}}}}"
        return [*lines, "responses:", "  '200':", "    description: Done.", f"    content: {answered}"]

    def _errors(self) -> list[str]:
        known = {one.code for one in self._loaded.contract.errors}
        return [f"x-errors: [{CURSOR_ERROR}]"] if self._wanted.is_paginated and CURSOR_ERROR in known else []

    def _tag(self) -> list[Edit]:
        """What the documents call the feature, when it is new."""
        feature, root = self._wanted.feature, self._documents.tree(ROOT)
        tags = root.get("tags") if isinstance(root, Mapping) else None
        if feature in self._loaded.contract.features or not isinstance(tags, Sequence):
            return []
        return [add_item(tags, f"{{name: {feature}, description: {feature.replace('_', ' ').capitalize()}.}}")]

    # WebSocket

    def _socket(self) -> list[Edit]:
        wanted, file = self._wanted, f"specs/packages/{self._wanted.feature}.yaml"
        operation, messages = self._package_operation(), self._messages(file)
        listed = [
            add_entry(
                _table(self._loaded, SOCKET_ROOT, "channels", "web", "messages"),
                message,
                f"{{$ref: 'packages/{wanted.feature}.yaml#/messages/{message}'}}",
            )
            for message in (wanted.name, f"{wanted.name}_done")
        ]
        if file not in self._documents.names("packages", ".yaml"):
            return [*listed, Edit(file, END, 1, f"operations:\n{operation}\nmessages:\n{messages}")]
        tables = [
            (_table(self._loaded, file, "operations"), operation),
            (_table(self._loaded, file, "messages"), messages),
        ]
        return [*listed, *(Edit(file, table.end.line, 1, text) for table, text in tables)]

    def _package_operation(self) -> str:
        name, roles = self._wanted.name, self._wanted.roles
        number = next_pkg_id(self._loaded.dialects.words.lock, (), is_event=False)
        if number is None:
            raise Refused("every PkgID of an operation is issued")
        security = ", ".join(f"{{$ref: '../policy.yaml#/roles/{role}'}}" for role in roles)
        own_words = [] if "http" in self._wanted.doors else self._errors()
        return (
            f"  {name}:\n    action: receive\n    channel: {{$ref: '{CHANNEL}'}}\n"
            f"    messages: [{{$ref: '{CHANNEL}/messages/{name}'}}]\n"
            f"    reply:\n      channel: {{$ref: '{CHANNEL}'}}\n"
            f"      messages: [{{$ref: '{CHANNEL}/messages/{name}_done'}}]\n"
            f"    security: [{security}]\n    x-pkg-id: {number}\n" + "".join(f"    {word}\n" for word in own_words)
        )

    def _messages(self, file: str) -> str:
        wanted = self._wanted
        traits = "traits: [{$ref: '../asyncapi.yaml#/components/messageTraits/%s'}]"
        pointer = "/properties/items" if wanted.is_paginated else ""
        answered = "{type: 'null'}" if wanted.answer is None else self._refer(file, wanted.answer, pointer)
        return (
            f"  {wanted.name}:\n    {traits % 'request'}\n    payload: {self._refer(file, wanted.request_record)}\n"
            f"  {wanted.name}_done:\n    {traits % ('page_reply' if wanted.is_paginated else 'reply')}\n"
            f"    payload: {answered}\n"
        )


def _table(loaded: Loaded, file: str, *keys: str) -> Mapping:
    node = loaded.dialects.documents.tree(file)
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    if not isinstance(node, Mapping) or node.is_flow:
        raise Refused(f"{file} has no block `{'.'.join(keys)}` to add to")
    return node
