"""The files of specs/ as a person would write them: one of http/, packages/ and schemas/ for each feature, and their lines in the roots.

Proto and the lock are not written here: `fix` writes them from the schemas.
"""

from __future__ import annotations

from codegen.diagnostics import Findings
from codegen.importer.draft import Data, Draft, Operation, Package
from codegen.importer.layout import homes, resolved
from codegen.importer.names import Taken, identifier, literals
from codegen.importer.nodes import child, mapping, place_of, text
from codegen.importer.platform import Platform
from codegen.importer.yaml_text import document, flow
from codegen.parse.yaml_tree import Mapping, Sequence, parse_yaml

HEAD_HTTP = "# Imported. Error responses, application/x-protobuf and the tag follow from the x- words, policy.yaml and this file's name.\n"
HEAD_PACKAGES = "# Imported. x-pkg-id and security stand here; the x- words of an operation that also has an HTTP binding stand there.\n"
HEAD_SCHEMAS = "# Imported. Shared by all three dialects: only the common subset of Draft-07 and 2020-12.\n"
CHANNEL = "../asyncapi.yaml#/channels/web"
TRAITS = "../asyncapi.yaml#/components/messageTraits"
EVENTS = 1001


def texts(draft: Draft, platform: Platform) -> dict[str, str]:
    """Every file by its path below specs/, without proto and with the platform's lock."""
    where = homes(draft)
    files = dict(platform.texts)
    paths = _http(draft, where, files)
    _packages(draft, where, files, platform)
    for file in dict.fromkeys(where.values()):
        found = {
            name: resolved(schema, file, where) for name, schema in draft.schemas.items() if where.get(name) == file
        }
        files[file] = HEAD_SCHEMAS + "\n".join(document({name: schema}) for name, schema in found.items())
    _openapi(draft, paths, files)
    _asyncapi(draft, files)
    _vocabulary(draft, files)
    return dict(sorted(files.items()))


# HTTP


def _http(draft: Draft, where: dict[str, str], files: dict[str, str]) -> dict[str, str]:
    """Writes the path items, and answers where each path has its own."""
    paths: dict[str, str] = {}
    by_feature: dict[str, dict[str, list[Operation]]] = {}
    for one in draft.operations:
        by_feature.setdefault(one.feature, {}).setdefault(one.path, []).append(one)
    for feature, items in sorted(by_feature.items()):
        file, taken, written = f"http/{feature}.yaml", Taken(), []
        for path, operations in items.items():
            name = taken.give(_item_name(path, feature))
            item = {one.method: resolved(one.node, file, where) for one in operations}
            written.append(document({name: item}))
            paths[path] = f"{file}#/{name}"
        files[file] = HEAD_HTTP + "\n".join(written)
    return paths


def _item_name(path: str, feature: str) -> str:
    """`collection` and `single` for the feature's own paths, else the words of the path."""
    parts = [part for part in path.split("/") if part]
    nouns = literals(path)
    is_last = bool(parts) and parts[-1].startswith("{")
    if nouns == [feature] and sum(part.startswith("{") for part in parts) <= 1:
        return "single" if is_last else "collection"
    rest = nouns[1:] if nouns[:1] == [feature] and len(nouns) > 1 else nouns
    return identifier("_".join([*rest, *(["by", parts[-1][1:-1]] if is_last else [])]), "root")


# The socket


def _packages(draft: Draft, where: dict[str, str], files: dict[str, str], platform: Platform) -> None:
    numbers = _numbered(draft, platform)
    by_feature: dict[str, list[Package]] = {}
    for one in draft.packages:
        by_feature.setdefault(one.feature, []).append(one)
    for feature, packages in sorted(by_feature.items()):
        file = f"packages/{feature}.yaml"
        operations: Data = {one.name: _operation(one, numbers[one.name]) for one in packages}
        messages: Data = {}
        for one in packages:
            messages |= _messages(one)
        data = resolved({"operations": operations, "messages": messages}, file, where)
        assert isinstance(data, dict)
        files[file] = (
            HEAD_PACKAGES
            + document({"operations": data["operations"]})
            + "\n"
            + document({"messages": data["messages"]})
        )


def _numbered(draft: Draft, platform: Platform) -> dict[str, int]:
    """In the order of the document; numbers of the platform are passed over."""
    free = iter(number for number in range(1, 65536) if number not in platform.numbers)
    operations = [one for one in draft.packages if not one.is_event]
    numbers = {one.name: next(free) for one in operations}
    events = iter(number for number in range(EVENTS, 65536) if number not in platform.numbers)
    return numbers | {one.name: next(events) for one in draft.packages if one.is_event}


def _operation(one: Package, number: int) -> Data:
    found: Data = {"summary": one.summary} if one.summary else {}
    found |= {"description": one.description} if one.description else {}
    found |= {
        "action": "send" if one.is_event else "receive",
        "channel": {"$ref": CHANNEL},
        "messages": [{"$ref": f"{CHANNEL}/messages/{one.name}"}],
    }
    if not one.is_event:
        found["reply"] = {"channel": {"$ref": CHANNEL}, "messages": [{"$ref": f"{CHANNEL}/messages/{one.name}_reply"}]}
    found["security"] = [_roles(group) for group in one.roles or []]
    found["x-pkg-id"] = number
    if one.is_event:
        found["x-topic"] = one.topic
    return found


def _roles(group: list[str]) -> Data:
    if len(group) == 1:
        return {"$ref": f"../policy.yaml#/roles/{group[0]}"}
    return {"type": "http", "scheme": "bearer", "x-roles": group}


def _messages(one: Package) -> Data:
    trait = "push" if one.is_event else "request"
    found: Data = {one.name: _message(trait, one.payload)}
    if not one.is_event:
        found[f"{one.name}_reply"] = _message("page_reply" if one.is_page else "reply", one.reply)
    return found


def _message(trait: str, payload: object) -> Data:
    return {"traits": [{"$ref": f"{TRAITS}/{trait}"}], "payload": {"type": "null"} if payload is None else payload}


# The roots


def _openapi(draft: Draft, paths: dict[str, str], files: dict[str, str]) -> None:
    tree = _tree("openapi.yaml", files["openapi.yaml"])
    info = {**draft.info, "x-name": text(tree, "info", "x-name") or None}
    ordered = {key: info[key] for key in ("title", "x-name", *info) if info.get(key) is not None}
    body = _replaced(files["openapi.yaml"], "info", document({"info": ordered, **draft.docs}))
    body = _added(
        body,
        ("tags",),
        [f"  - {flow({'name': name, **said})}\n" for name, said in sorted(draft.tags.items())],
    )
    files["openapi.yaml"] = _added(
        body, ("paths",), [document({path: {"$ref": target}}, 2) for path, target in sorted(paths.items())]
    )


def _asyncapi(draft: Draft, files: dict[str, str]) -> None:
    info = {key: draft.info[key] for key in ("title", "version")}
    body = _replaced(files["asyncapi.yaml"], "info", document({"info": info}))
    messages = [(one.feature, name) for one in draft.packages for name in _messages(one)]
    lines = [document({name: {"$ref": f"packages/{feature}.yaml#/messages/{name}"}}, 6) for feature, name in messages]
    body = _added(body, ("channels", "web", "messages"), lines)
    operations = [
        document({one.name: {"$ref": f"packages/{one.feature}.yaml#/operations/{one.name}"}}, 2)
        for one in draft.packages
    ]
    files["asyncapi.yaml"] = _added(body, ("operations",), operations)


def _vocabulary(draft: Draft, files: dict[str, str]) -> None:
    policy = files["policy.yaml"]
    known = mapping(_tree("policy.yaml", policy), "roles")
    roles = {name: said for name, said in sorted(draft.roles.items()) if known is None or name not in known.entries}
    lines = [
        f"  {name}: {flow({'type': 'http', 'scheme': 'bearer', 'description': said})}\n" for name, said in roles.items()
    ]
    policy = _added(policy, ("roles",), lines)
    topics = [f"  {flow(name)}: {{history: 1000, keep: 1h, delivery: must-deliver}}\n" for name in sorted(draft.topics)]
    files["policy.yaml"] = _added(policy, ("topics",), topics)
    errors = [
        f"  {code}: {flow({'status': one.status, 'rsp': one.rsp, 'retryable': one.retryable, 'title': one.title})}\n"
        for code, one in sorted(draft.errors.items())
    ]
    files["errors.yaml"] = _added(files["errors.yaml"], ("errors",), errors)


def _tree(file: str, body: str) -> Mapping | None:
    tree = parse_yaml(file, body.encode(), Findings())
    return tree if isinstance(tree, Mapping) else None


def _replaced(body: str, key: str, entry: str) -> str:
    """One entry of a root, up to the next one."""
    tree = _tree("root", body)
    if tree is None or key not in tree.keys:
        return body
    start = place_of(tree, key).line
    end = min((place.line for place in tree.keys.values() if place.line > start), default=body.count("\n") + 2)
    lines = body.splitlines(keepends=True)
    return "".join([*lines[: start - 1], entry, *lines[end - 1 :]])


def _added(body: str, path: tuple[str, ...], lines: list[str]) -> str:
    """Behind the last entry of a section; one that is empty, or is not there, begins."""
    if not lines:
        return body
    section = child(_tree("root", body), *path)
    if not isinstance(section, Mapping | Sequence):
        return f"{body.rstrip()}\n\n{path[-1]}:\n{''.join(lines)}"
    if section.is_flow:
        return body.replace(f"{path[-1]}: {{}}\n", f"{path[-1]}:\n{''.join(lines)}", 1)
    found = body.splitlines(keepends=True)
    return "".join([*found[: section.end.line - 1], *lines, *found[section.end.line - 1 :]])
