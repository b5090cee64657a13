"""What one door says and the other lacks, as text to insert: PkgIDs, roles, and the messages of a socket's operation.

Buckets and the other words of an operation stand once, so that there is nothing to copy. Roles that stand on both doors and
differ are two answers, and so is a request that no single schema describes.
"""

from __future__ import annotations

from dataclasses import dataclass

from codegen.check.numbers import next_pkg_id, used_pkg_ids
from codegen.diagnostics import Finding, Findings, Place
from codegen.edits import BODY, END, OPEN, Edit
from codegen.ir.names import constant
from codegen.ir.operations import Contract, Roles
from codegen.parse.asyncapi import ROOT, SocketOperation
from codegen.parse.documents import shared_name
from codegen.parse.http_operation import HttpOperation
from codegen.parse.join import Dialects
from codegen.parse.policy import POLICY
from codegen.parse.yaml_edits import add_entry, add_table, braced, reference
from codegen.parse.yaml_tree import Mapping, Node, Sequence, text_of

CHANNEL = "channels/web"
TRAITS = "components/messageTraits"


def offer_door_edits(contract: Contract, dialects: Dialects, findings: Findings) -> None:
    """Attaches them to the findings that say what a door lacks."""
    _offer_pkg_ids(contract, dialects, findings)
    _offer_roles(dialects, findings)
    if not any(_is_unread(one) for one in findings):
        _Messages(dialects, findings).offer()


def _is_unread(finding: Finding) -> bool:
    """Whether the HTTP half or a schema may say more than what was read of it."""
    is_socket = finding.place.file == ROOT or finding.place.file.startswith("specs/packages/")
    return finding.rule[0] in "ORSY" and finding.rule not in ("O006", "O015") and not is_socket


def _offer_pkg_ids(contract: Contract, dialects: Dialects, findings: Findings) -> None:
    """The lock's number of the name, else the next free one, in the order of the source."""
    lock = dialects.words.lock
    used = {number for number, _ in used_pkg_ids(contract).values()}
    everyone = [*dialects.socket.operations.values(), *dialects.socket.events.values()]
    for one in sorted(everyone, key=lambda one: one.place):
        if one.pkg_id is None and "x-pkg-id" not in one.node.entries:
            known = lock.pkg_ids.get(constant(one.name))
            number = known or next_pkg_id(lock, used, is_event=one.action == "send")
            if number is not None and number not in used:
                used.add(number)
                findings.attach("A005", one.place, [add_entry(one.node, "x-pkg-id", str(number))])


def _offer_roles(dialects: Dialects, findings: Findings) -> None:
    for name, http in dialects.http.operations.items():
        socket = dialects.socket.operations.get(name)
        if socket is not None and socket.has_roles and "security" not in http.node.entries:
            text = _bearer(socket.roles) if _are_known(socket.roles, dialects) else None
            findings.attach("O006", http.place, _security(http.node, text))
        elif socket is not None and http.has_roles and "security" not in socket.node.entries:
            text = _schemes(http.roles, socket.place.file) if _are_known(http.roles, dialects) else None
            findings.attach("A006", socket.place, _security(socket.node, text))


def _are_known(roles: Roles, dialects: Dialects) -> bool:
    return {role for group in roles or () for role in group} <= dialects.words.roles.keys()


def _security(node: Mapping, text: str | None) -> list[Edit]:
    return [] if text is None else [add_entry(node, "security", text)]


def _bearer(roles: Roles) -> str:
    """Roles as OpenAPI writes them."""
    return "[" + ", ".join(f"{{bearer: [{', '.join(sorted(group))}]}}" for group in roles or ()) + "]"


def _schemes(roles: Roles, file: str) -> str:
    """Roles as AsyncAPI writes them."""
    found = []
    for group in roles or ():
        if len(group) == 1:
            found.append(reference(file, POLICY, f"roles/{min(group)}"))
        else:
            found.append(braced({"type": "http", "scheme": "bearer", "x-roles": f"[{', '.join(sorted(group))}]"}))
    return f"[{', '.join(found)}]"


@dataclass(frozen=True, slots=True)
class _Message:
    """What the other door says of a message; both as lines of YAML."""

    traits: str
    payload: str


class _Messages:
    """The messages that an operation of `packages/` refers to or should, where its HTTP half says what they hold."""

    def __init__(self, dialects: Dialects, findings: Findings) -> None:
        self._dialects = dialects
        self._documents = dialects.documents
        self._findings = findings
        root = self._documents.tree(ROOT) if self._documents.has(ROOT) else None
        self._channel = _child(root, *CHANNEL.split("/"), "messages")
        traits = _child(root, *TRAITS.split("/"))
        self._traits: dict[str | None, str] = {}
        for name, node in traits or ():
            self._traits.setdefault(self._envelope(node), name)

    def offer(self) -> None:
        """A message that two operations would write differently is written by neither."""
        wanted: dict[tuple[str, str], set[_Message]] = {}
        asked: list[tuple[Place, tuple[str, str]]] = []
        for name, socket in self._dialects.socket.operations.items():
            http, file = self._dialects.http.operations.get(name), socket.place.file
            if http is None or not file.startswith("specs/packages/"):
                continue
            request, reply = self._request(http, file), self._reply(http, file)
            self._entries(socket, {name: request, f"{name}_done": reply})
            for holder, message in ((socket.node, request), (self._documents.resolve(socket.node.get("reply")), reply)):
                item = _only_item(holder)
                target = self._dangling(item, file)
                if isinstance(item, Mapping) and target is not None and message is not None:
                    wanted.setdefault((file, target), set()).add(message)
                    asked.append((item.entries["$ref"].place, (file, target)))
        for place, key in asked:
            if len(wanted[key]) == 1:
                self._findings.attach("R005", place, self._declared(*key, *wanted[key]))

    def _entries(self, socket: SocketOperation, said: dict[str, _Message | None]) -> None:
        """References to messages that are not there yet, under names that nobody has."""
        name, file = socket.name, socket.place.file
        channel = reference(file, ROOT, CHANNEL)
        listed = {one: f"[{reference(file, ROOT, f'{CHANNEL}/messages/{one}')}]" for one in said}
        free = {one for one, message in said.items() if message is not None and self._is_free(one, file)}
        if name in free and "messages" not in socket.node.entries:
            self._findings.attach("A009", socket.place, [add_entry(socket.node, "messages", listed[name])])
        if f"{name}_done" in free and "reply" not in socket.node.entries:
            reply = {"channel": channel, "messages": listed[f"{name}_done"]}
            self._findings.attach("A012", socket.place, [add_table(socket.node, "reply", reply)])

    def _is_free(self, name: str, file: str) -> bool:
        declared = _child(self._documents.tree(file), "messages")
        taken = {*(self._channel.entries if self._channel else ()), *(declared.entries if declared else ())}
        return self._channel is not None and name not in taken

    def _dangling(self, item: Node | None, file: str) -> str | None:
        """The name of a message that a reference means and that nobody has."""
        text = text_of(item.get("$ref")) if isinstance(item, Mapping) else None
        prefix = f"../asyncapi.yaml#/{CHANNEL}/messages/"
        name = text.removeprefix(prefix) if text and text.startswith(prefix) else ""
        return name if name and "/" not in name and self._is_free(name, file) else None

    def _declared(self, file: str, name: str, message: _Message) -> list[Edit]:
        root = self._documents.tree(file)
        messages = _child(root, "messages")
        if messages is not None:
            return [add_table(messages, name, {"traits": message.traits, "payload": message.payload})]
        if not isinstance(root, Mapping) or root.is_flow or "messages" in root.entries:
            return []
        text = f"  {name}:\n    traits: {message.traits}\n    payload: {message.payload}\n"
        return [Edit(file, END, 1, "\nmessages:\n", OPEN), Edit(file, END, 1, text, BODY)]

    def _request(self, http: HttpOperation, file: str) -> _Message | None:
        """One schema of all fields, or none where there is no field."""
        carried = [one.field for one in http.http.parameters if one.location == "header"] if http.http else []
        names = {*http.fields, *carried}
        targets = [self._documents.resolve(node) for node in http.records]
        if not names and not targets:
            return self._message("Request", "{type: 'null'}", file)
        if len(targets) != 1 or targets[0] is None or shared_name(targets[0]) is None:
            return None
        fields = self._dialects.schemas.request_fields_of(http.records[0], f"the request of {http.name}") or ()
        if {one.name for one in fields} != names:
            return None
        return self._message("Request", reference(file, targets[0].place.file, targets[0].pointer[1:]), file)

    def _reply(self, http: HttpOperation, file: str) -> _Message | None:
        result = http.result
        if result.record is None:
            return self._message("Reply", "{type: 'null'}", file)
        record = self._dialects.schemas.definitions.get(result.record)
        if record is None:
            return None
        pointer = f"{result.record}/properties/items" if result.is_list else result.record
        envelope = "StreamReply" if result.is_stream else "PageReply" if result.has_meta else "Reply"
        return self._message(envelope, reference(file, record.place.file, pointer), file)

    def _message(self, envelope: str, payload: str, file: str) -> _Message | None:
        trait = self._traits.get(envelope)
        return _Message(f"[{reference(file, ROOT, f'{TRAITS}/{trait}')}]", payload) if trait else None

    def _envelope(self, trait: Node) -> str | None:
        target = self._documents.resolve(trait)
        headers = target.get("headers") if isinstance(target, Mapping) else None
        named = self._documents.resolve(headers) if headers is not None else None
        return shared_name(named) if named is not None else None


def _only_item(holder: Node | None) -> Node | None:
    listed = holder.get("messages") if isinstance(holder, Mapping) else None
    return listed.items[0] if isinstance(listed, Sequence) and len(listed.items) == 1 else None


def _child(node: Node | None, *keys: str) -> Mapping | None:
    for key in keys:
        node = node.get(key) if isinstance(node, Mapping) else None
    return node if isinstance(node, Mapping) else None
