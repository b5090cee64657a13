"""One feature of the large contract: its types, and the files that its operations and events grow into."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import cycle, islice
from typing import Any

from codegen.ir.names import pascal

Node = dict[str, Any]
Field = tuple[Node, bool]
"""A schema, and whether it is required."""

Roles = tuple[tuple[str, ...], ...]

FIELDS_PER_RECORD = 12
WORDS = ("new", "open", "on-hold", "in_review", "approved", "sent", "paid", "closed", "lost", "archived", "void")
TAGS = ("kind", "mode", "how")


def text(most: int, **more: Any) -> Node:
    return {"type": "string", "maxLength": most, **more}


def form(name: str, **more: Any) -> Node:
    return {"type": "string", "format": name, **more}


def whole(low: int, high: int, bits: int = 32, **more: Any) -> Node:
    return {"type": "integer", "format": f"int{bits}", "minimum": low, "maximum": high, **more}


def many(item: Node, most: int, **more: Any) -> Node:
    return {"type": "array", "maxItems": most, "items": item, **more}


def by_name(value: Node, **more: Any) -> Node:
    return {"type": "object", "maxProperties": 50, "additionalProperties": value, **more}


def nullable(kind: Node) -> Node:
    if "type" not in kind:
        return {"oneOf": [kind, {"type": "null"}]}
    return {**kind, "type": [kind["type"], "null"]}


def ref(name: str) -> Node:
    return {"$ref": f"#/{name}"}


def shared(name: str) -> Node:
    return {"$ref": f"shared.yaml#/{name}"}


def record(fields: dict[str, Field], **more: Any) -> Node:
    required = [name for name, (_, is_required) in fields.items() if is_required]
    return {
        **more, "type": "object", **({"required": required} if required else {}),
        "properties": {name: kind for name, (kind, _) in fields.items()},
    }  # fmt: skip


ID = whole(1, 2**53 - 1, 64)
VERSION = whole(1, 2**53 - 1, 64)
ETAG = text(18, pattern='^"[1-9][0-9]{0,15}"$')
IF_MATCH = text(18, pattern='^(\\*|"[1-9][0-9]{0,15}")$')
PAGE: dict[str, Field] = {"page": (whole(1, 1000, default=1), False), "per_page": (whole(1, 100, default=20), False)}
SHARED: Node = {
    "Currency": {"type": "string", "enum": ["eur", "usd", "gbp", "jpy"]},
    "Money": record({"amount": (form("decimal"), True), "currency": (ref("Currency"), True)}, description="Exact."),
    "Contact": record({
        "name": (text(100, minLength=1), True), "email": (form("email", maxLength=254), True),
        "phone": (nullable(text(30)) | {"default": None}, False),
        "address_lines": (many(text(100), 5, minItems=1), True),
    }),
    "Period": record({"since": (form("date-time"), True), "until": (nullable(form("date-time")), True)}),
}  # fmt: skip


@dataclass(frozen=True)
class Draft:
    """An operation. Fields that are neither in the path nor in `headers` are the query of a GET and the body of others."""

    name: str
    summary: str
    fields: dict[str, Field]
    result: str | None
    verb: str = ""
    path: str = ""
    statuses: tuple[str, ...] = ("200",)
    is_query_single: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    answered: dict[str, tuple[str, Node]] = field(default_factory=dict)
    roles: Roles | None = None
    words: Node = field(default_factory=dict)
    on_socket: bool = True


class Feature:
    """One feature's files, as they grow."""

    def __init__(self, noun: str, index: int) -> None:
        self.noun, self.index = noun, index
        self.name, self.title = f"{noun}s", pascal(noun)
        self.slug = self.name.replace("_", "-")
        self.base = f"/api/{self.slug}"
        self.one = f"{self.base}/{{{noun}_id}}"
        self.topic = f"{self.slug}/{{{noun}_id}}"
        self.key: dict[str, Field] = {f"{noun}_id": (ID, True)}
        self.tag = TAGS[index % len(TAGS)]
        self.schemas: Node = {}
        self.paths: Node = {}
        self.operations: Node = {}
        self.messages: Node = {}
        self._types()

    def _types(self) -> None:
        title, members = self.title, list(islice(cycle(WORDS), self.index, self.index + 3 + self.index % 5))
        numbers = [2**power for power in range(2 + self.index % 4)]
        self.schemas |= {
            f"{title}State": {"type": "string", "enum": members},
            f"{title}Priority": {
                "type": "integer", "format": "int32", "enum": numbers, "x-enum-names": [f"p{one}" for one in numbers],
            },
            f"{title}Part": record({
                "name": (text(60, minLength=1), True), "parts": (many(ref(f"{title}Part"), 20, default=[]), False),
                "twin": (nullable(ref(f"{title}Part")) | {"default": None}, False),
            }, description="Made of parts again."),
        }  # fmt: skip
        self._union()
        pool = self._pool()
        chosen = [pool[(self.index * 5 + step * 7) % len(pool)] for step in range(FIELDS_PER_RECORD)]
        self.schemas[f"{title}Input"] = record(dict(chosen))
        facts = record({"id": (ID, True), "version": (VERSION, True), "made_at": (form("date-time"), True)})
        self.schemas[title] = {"description": f"A {self.noun} as stored.", "allOf": [facts, ref(f"{title}Input")]}

    def _union(self) -> None:
        """Two to four arms; the simplest comes last."""
        title = self.title
        arms: dict[str, dict[str, Field]] = {
            "nested": {"inside": (many(ref(f"{title}Means"), 10), True), "label": (text(20), False)},
            "priced": {"price": (shared("Money"), True), "factor": (form("decimal"), False)},
            "timed": {"starts_at": (form("date-time"), True), "lasts": (form("duration", default="PT1H"), False)},
            "plain-text": {"said": (text(200, minLength=1), True)},
        }
        for value in list(arms)[: self.index % 3]:
            del arms[value]
        for value, fields in arms.items():
            constant: Field = ({"type": "string", "const": value}, True)
            self.schemas[f"{title}{pascal(value.replace('-', '_'))}"] = record({self.tag: constant, **fields})
        names = [f"{title}{pascal(value.replace('-', '_'))}" for value in arms]
        self.schemas[f"{title}Means"] = {
            "oneOf": [ref(name) for name in names], "discriminator": {"propertyName": self.tag},
        }  # fmt: skip

    def _pool(self) -> list[tuple[str, Field]]:
        title = self.title
        return [
            ("heading", (text(80, minLength=1, description="What people call it."), True)),
            ("note", (nullable(text(500)) | {"default": None}, False)),
            ("code", (text(12, minLength=3, pattern="^[A-Z0-9]{3,12}$"), True)),
            ("quantity", (whole(0, 1000, default=1), False)),
            ("serial", (whole(-(2**63), 2**63 - 1, 64), True)),
            ("weight", ({"type": "number", "minimum": 0}, False)),
            ("is_active", ({"type": "boolean", "default": True}, False)),
            ("rate", (form("decimal"), False)),
            ("price", (shared("Money"), True)),
            ("starts_on", (form("date"), True)),
            ("ends_at", (nullable(form("date-time")) | {"default": None}, False)),
            ("lasts", (form("duration"), False)),
            ("owner_id", (form("uuid"), True)),
            ("stamp", ({"type": "string", "contentEncoding": "base64", "maxLength": 4096}, False)),
            ("state", (ref(f"{title}State"), True)),
            ("priority", (ref(f"{title}Priority"), False)),
            ("tags", (many(text(40, minLength=1), 20, default=[]), False)),
            ("states_seen", (many(ref(f"{title}State"), 10), True)),
            ("labels", (by_name(text(200), default={}), False)),
            ("counts", (by_name(whole(0, 2**53 - 1, 64)), True)),
            ("prices", (by_name(shared("Money"), default={}), False)),
            ("contact", (nullable(shared("Contact")) | {"default": None}, False)),
            ("means", (ref(f"{title}Means"), True)),
            ("steps", (many(ref(f"{title}Means"), 10, default=[]), False)),
            ("homepage", (form("uri", maxLength=500), False)),
            ("period", (shared("Period"), True)),
            ("secret", (text(100) | {"x-sensitive": True}, False)),
            ("parts", (many(ref(f"{title}Part"), 50, default=[]), False)),
            ("seen_at", (form("date-time"), True)),
            ("scores", (many({"type": "number"}, 100, default=[]), False)),
        ]

    def schema(self, name: str, node: Node) -> str:
        self.schemas[name] = node
        return name

    def items(self, name: str, item: Node, *, paged: bool = False) -> str:
        meta: dict[str, Field] = {"meta": ({"$ref": "page.yaml#/PageMeta"}, True)} if paged else {}
        return self.schema(name, record({"items": (many(item, 100), True), **meta}))

    def own(self, *names: str) -> dict[str, Field]:
        """Fields of the pool, whichever the feature's record has."""
        pool = dict(self._pool())
        return {name: pool[name] for name in names}

    def some(self, count: int, start: int) -> dict[str, Field]:
        """Fields of the pool, others in every feature."""
        pool = self._pool()
        return dict(pool[(self.index * 3 + start + step * 11) % len(pool)] for step in range(count))

    def fields_of(self, name: str) -> dict[str, Field]:
        """The fields of a record that is there already."""
        node = self.schemas[name]
        return {one: (kind, one in node.get("required", ())) for one, kind in node["properties"].items()}

    def add(self, draft: Draft, number: int) -> None:
        roles = draft.roles if draft.roles is not None else self._usual_roles(draft)
        if draft.on_socket:
            self.schemas[f"{pascal(draft.name)}Payload"] = record(draft.fields)
            self._socket(draft, number, roles, {} if draft.path else draft.words)
        if draft.path:
            item = self.paths.setdefault(draft.path, {})
            item[draft.verb] = self._http(draft, roles)

    def _usual_roles(self, draft: Draft) -> Roles:
        verb = "read" if draft.verb == "get" else "write"
        return ((f"{verb}-{self.slug}",), ("administer",)) if self.index % 2 else ((f"{verb}-{self.slug}",),)

    def _socket(self, draft: Draft, number: int, roles: Roles, words: Node) -> None:
        reply = f"{draft.name}_done"
        self.operations[draft.name] = {
            "action": "receive", "summary": draft.summary, "channel": _channel(), "messages": [_message(draft.name)],
            "reply": {"channel": _channel(), "messages": [_message(reply)]},
            "security": [{"type": "http", "scheme": "bearer", "x-roles": list(group)} for group in roles],
            "x-pkg-id": number, **words,
        }  # fmt: skip
        found = self.schemas.get(draft.result or "", {}).get("properties", {})
        is_list = set(found) in ({"items"}, {"items", "meta"})
        payload = {"type": "null"} if draft.result is None else self._ref(draft.result, "/properties/items" * is_list)
        self.messages[draft.name] = _of("request", self._ref(f"{pascal(draft.name)}Payload"))
        self.messages[reply] = _of("page_reply" if "meta" in found else "reply", payload)

    def _http(self, draft: Draft, roles: Roles) -> Node:
        in_path = re.findall(r"\{(\w+)\}", draft.path)
        rest = {name: one for name, one in draft.fields.items() if name not in (*in_path, *draft.headers)}
        parameters = [{"name": name, "in": "path", "required": True, "schema": self._away(draft.fields[name][0])} for name in in_path]  # fmt: skip
        parameters += [self._header(draft, name, header) for name, header in draft.headers.items()]
        found: Node = {"operationId": draft.name, "summary": draft.summary}
        if rest and draft.verb == "get" and draft.is_query_single:
            parameters += [
                {"name": name, "in": "query", "required": is_required, "schema": self._away(kind)}
                for name, (kind, is_required) in rest.items()
            ]
        elif rest:
            self.schemas[f"{pascal(draft.name)}Rest"] = record(rest)
            schema = self._ref(f"{pascal(draft.name)}Rest")
            if draft.verb == "get":
                parameters.append({"name": "filter", "in": "query", "schema": schema})
            else:
                found["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        content = {"content": {"application/json": {"schema": self._ref(draft.result)}}} if draft.result else {}
        headers = {
            name: {"description": "Of the answer.", "schema": kind, "x-field": carried}
            for name, (carried, kind) in draft.answered.items()
        }
        answer = {**({"headers": headers} if headers else {}), **content}
        return found | {
            "security": [{"bearer": list(group)} for group in roles],
            **draft.words,
            **({"parameters": parameters} if parameters else {}),
            "responses": {status: {"description": f"Answers {status}.", **answer} for status in draft.statuses},
        }  # fmt: skip

    def _header(self, draft: Draft, name: str, header: str) -> Node:
        kind = IF_MATCH if header == "If-Match" else self._away(draft.fields[name][0])
        return {"name": header, "in": "header", "schema": kind, "x-field": name}

    def _ref(self, name: str, inside: str = "") -> Node:
        return {"$ref": f"../schemas/{self.name}.yaml#/{name}{inside}"}

    def _away(self, kind: Node) -> Node:
        """A schema as http/ writes it."""
        if "$ref" in kind:
            file, _, name = kind["$ref"].partition("#")
            return {"$ref": f"../schemas/{file or f'{self.name}.yaml'}#{name}"}
        return {key: self._away(value) if isinstance(value, dict) else value for key, value in kind.items()}

    def events(self) -> None:
        title, noun = self.title, self.noun
        for step, (event, topic, fields) in enumerate([
            (f"{noun}_changed", self.slug, {noun: (ref(title), True), "why": (text(100), False)}),
            (f"{noun}_noticed", self.topic, {**self.key, **self.own("means", "counts", "lasts")}),
        ]):  # fmt: skip
            self.schemas[pascal(event)] = record(fields)
            self.operations[event] = {
                "action": "send", "summary": f"Says {event}.", "channel": _channel(), "messages": [_message(event)],
                "security": [{"type": "http", "scheme": "bearer", "x-roles": [f"read-{self.slug}"]}],
                "x-pkg-id": 1001 + self.index * 2 + step, "x-topic": topic,
            }  # fmt: skip
            self.messages[event] = _of("push", self._ref(pascal(event)))


def _channel() -> Node:
    return {"$ref": "../asyncapi.yaml#/channels/web"}


def _message(name: str) -> Node:
    return {"$ref": f"../asyncapi.yaml#/channels/web/messages/{name}"}


def _of(trait: str, payload: Node) -> Node:
    return {"traits": [{"$ref": f"../asyncapi.yaml#/components/messageTraits/{trait}"}], "payload": payload}
