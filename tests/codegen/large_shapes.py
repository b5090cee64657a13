"""The shapes of the operations of the large contract; a feature has ten of them, the next feature ten others."""

from __future__ import annotations

from collections.abc import Callable

from tests.codegen.large_feature import (
    ETAG,
    PAGE,
    VERSION,
    Draft,
    Feature,
    Field,
    by_name,
    form,
    many,
    nullable,
    record,
    ref,
    shared,
    text,
    whole,
)

VERSIONED = {"ETag": ("version", ETAG)}


def listed(f: Feature) -> Draft:
    """Pages, with filters in one object."""
    filters: dict[str, Field] = {
        "search_term": (text(100, minLength=1), False), "states": (many(ref(f"{f.title}State"), 8, default=[]), False),
        "cheaper_than": (form("decimal"), False), "made_since": (form("date-time"), False),
        "is_descending": ({"type": "boolean", "default": False}, False),
    }  # fmt: skip
    page = f.items(f"{f.title}Page", ref(f.title), paged=True)
    words = {"x-rate-limit": f"{f.slug}-list"}
    return Draft(f"get_{f.name}", f"List {f.name}.", {**PAGE, **filters}, page, "get", f.base, words=words)


def created(f: Feature) -> Draft:
    words = {"x-idempotent": "key", "x-errors": [f"{f.noun}_taken"], "x-publishes": [f"{f.noun}_changed"]}
    fields = f.fields_of(f"{f.title}Input")
    return Draft(f"create_{f.noun}", f"Make a {f.noun}.", fields, f.title, "post", f.base, ("201",),
                answered=VERSIONED, words=words)  # fmt: skip


def read(f: Feature) -> Draft:
    words = {"x-errors": [f"{f.noun}_not_found"], "x-audit": "none" if f.index % 2 else "best-effort"}
    return Draft(f"get_{f.noun}", f"Read a {f.noun}.", f.key, f.title, "get", f.one, answered=VERSIONED, words=words)


def put(f: Feature) -> Draft:
    """Replaced or made, if the stored version is the expected one."""
    fields: dict[str, Field] = {**f.key, "expected_version": (VERSION, False), **f.fields_of(f"{f.title}Input")}
    words = {"x-errors": ["version_mismatch"], "x-idempotent": "natural", "x-publishes": [f"{f.noun}_changed"]}
    return Draft(f"put_{f.noun}", f"Replace a {f.noun}.", fields, f.title, "put", f.one, ("200", "201"),
                headers={"expected_version": "If-Match"}, answered=VERSIONED, words=words)  # fmt: skip


def patched(f: Feature) -> Draft:
    """What is absent stays; made at once, or later."""
    changes: dict[str, Field] = {
        name: (kind, False) for name, (kind, _) in f.own("heading", "price", "state", "owner_id", "means").items()
    }
    words = {"x-errors": [f"{f.noun}_not_found", f"{f.noun}_locked"], "x-idempotent": "natural", "x-timeout": "2s"}
    return Draft(f"change_{f.noun}", f"Change a part of a {f.noun}.", {**f.key, **changes}, f.title, "patch", f.one,
                ("200", "202"), words=words)  # fmt: skip


def deleted(f: Feature) -> Draft:
    words = {"x-errors": [f"{f.noun}_not_found"], "x-idempotent": "natural", "x-audit": "required"}
    roles = ((f"write-{f.slug}", "administer"),)
    return Draft(f"delete_{f.noun}", f"Delete a {f.noun}.", f.key, None, "delete", f.one, ("204",), roles=roles,
                words=words)  # fmt: skip


def found(f: Feature) -> Draft:
    """A list in one piece, by single parameters and by header fields."""
    fields: dict[str, Field] = {
        "priorities": (many(ref(f"{f.title}Priority"), 8, default=[]), False), "seen_on": (form("date"), True),
        "radius": ({"type": "number", "minimum": 0, "maximum": 1000, "default": 1.5}, False),
        "owner_ids": (many(form("uuid"), 50, default=[]), False), "skew": (form("duration"), False),
    }  # fmt: skip
    hits = f.items(f"{f.title}Hits", ref(f"{f.title}Hit"))
    f.schema(f"{f.title}Hit", record({**f.key, "score": ({"type": "number"}, True), **f.some(4, 0)}))
    return Draft(f"find_{f.name}", f"Find {f.name}.", fields, hits, "get", f"{f.base}-near", is_query_single=True,
                headers={"owner_ids": "X-Owner-Ids", "skew": "X-Clock-Skew"}, words={"x-timeout": "10s"})  # fmt: skip


def uploaded(f: Feature) -> Draft:
    """Bytes, over REST only."""
    fields: dict[str, Field] = {
        **f.key, "file_name": (text(100, minLength=1, pattern="^[a-z0-9._-]+$"), True),
        "data": ({"type": "string", "contentEncoding": "base64", "maxLength": 699052}, True),
        "sha256": ({"type": "string", "contentEncoding": "base64", "maxLength": 44}, False),
    }  # fmt: skip
    receipt = f.schema(f"{f.title}Receipt", record({
        "size": (whole(0, 2**40, 64), True), "stored_on": (form("date"), True), "is_new": ({"type": "boolean"}, True),
        "warnings": (many(text(200), 10, default=[]), False), **f.some(2, 27),
    }))  # fmt: skip
    answered = {"X-Size": ("size", whole(0, 2**40, 64)), "X-New": ("is_new", {"type": "boolean"})}
    return Draft(f"upload_{f.noun}_file", "Store a file.", fields, receipt, "put", f"{f.one}/files/{{file_name}}",
                ("200", "201"), answered=answered, words={"x-idempotent": "natural", "x-timeout": "30s"},
                on_socket=False)  # fmt: skip


def downloaded(f: Feature) -> Draft:
    fields: dict[str, Field] = {
        **f.key, "day": (form("date"), True), "priority": (ref(f"{f.title}Priority"), True),
        "offset": (whole(0, 2**40, 64, default=0), False), "languages": (many(text(5), 5, default=[]), False),
    }  # fmt: skip
    file = f.schema(f"{f.title}File", record({
        "day": (form("date"), True), "data": ({"type": "string", "contentEncoding": "base64"}, True),
        "digests": (by_name(text(128)), True), **f.some(2, 29),
    }))  # fmt: skip
    return Draft(f"download_{f.noun}_file", "Read a file.", fields, file, "get",
                f"{f.one}/days/{{day}}/{{priority}}", is_query_single=True, on_socket=False,
                answered={"X-Day": ("day", form("date"))}, words={"x-audit": "required"})  # fmt: skip


def priced(f: Feature) -> Draft:
    """Money, over the socket only."""
    fields: dict[str, Field] = {
        "quantities": (by_name(whole(0, 1000)), True), "discount": (form("decimal"), False),
        "currency": (shared("Currency"), True), **f.some(3, 2),
    }  # fmt: skip
    quote = f.schema(f"{f.title}Quote", record({
        "total": (shared("Money"), True), "lines": (by_name(shared("Money")), True), "valid_for": (form("duration"), True),
        "former": (nullable(shared("Money")) | {"default": None}, False),
    }))  # fmt: skip
    words = {"x-idempotent": "natural", "x-audit": "none"}
    return Draft(f"quote_{f.noun}", f"Say what a {f.noun} costs.", fields, quote, words=words)


def decided(f: Feature) -> Draft:
    """A union comes in, and one goes out."""
    fields: dict[str, Field] = {**f.key, "means": (ref(f"{f.title}Means"), True), "others": (many(ref(f"{f.title}Means"), 5, default=[]), False)}  # fmt: skip
    words = {"x-errors": [f"{f.noun}_not_found"], "x-publishes": [f"{f.noun}_changed", f"{f.noun}_noticed"]}
    return Draft(f"decide_{f.noun}", f"Say how a {f.noun} goes on.", fields, f"{f.title}Means", "post",
                f"{f.one}/decision", words=words)  # fmt: skip


def counted(f: Feature) -> Draft:
    """Maps, and no row in the audit log."""
    tally = f.schema(f"{f.title}Tally", record({
        "counts": (by_name(whole(0, 2**53 - 1, 64)), True), "sums": (by_name(shared("Money")), True),
        "states": (by_name(ref(f"{f.title}State"), default={}), False), "means": (by_name(ref(f"{f.title}Means")), True),
        **f.some(2, 5),
    }))  # fmt: skip
    words = {"x-audit": "none"}
    return Draft(f"count_{f.name}", f"Count {f.name}.", {"until": (form("date-time"), False)}, tally, "get",
                f"{f.base}-tally", words=words)  # fmt: skip


def noted(f: Feature) -> Draft:
    """Nothing is answered, over the socket only."""
    fields: dict[str, Field] = {**f.key, **f.some(4, 7)}
    words = {"x-idempotent": "natural", "x-audit": "none", "x-timeout": "500ms", "x-publishes": [f"{f.noun}_noticed"]}
    return Draft(f"note_{f.noun}", f"Say that a {f.noun} was seen.", fields, None, words=words)


def scheduled(f: Feature) -> Draft:
    fields: dict[str, Field] = {**f.key, **f.some(3, 9), "every": (form("duration"), True)}
    ticket = f.schema(f"{f.title}Ticket", record({
        "ticket_id": (form("uuid"), True), "starts_at": (form("date-time"), True),
        "position": (whole(0, 10000), True), "part": (nullable(ref(f"{f.title}Part")), True),
    }))  # fmt: skip
    words = {"x-idempotent": "key", "x-errors": [f"{f.noun}_locked", f"{f.noun}_not_found"]}
    return Draft(f"schedule_{f.noun}", f"Do something with a {f.noun} later.", fields, ticket, "post",
                f"{f.one}/schedule", ("202",), words=words)  # fmt: skip


def shown(f: Feature) -> Draft:
    """For anybody."""
    card = f.schema(f"{f.title}Card", record({**f.some(5, 13), **f.key}))
    return Draft(f"show_{f.noun}", f"Show a {f.noun} to anybody.", f.key, card, "get", f"/api/public/{f.slug}/{{{f.noun}_id}}",
                roles=(), words={"x-rate-limit": "unauthenticated", "x-errors": [f"{f.noun}_not_found"]})  # fmt: skip


def drawn(f: Feature) -> Draft:
    """A tree."""
    fields: dict[str, Field] = {**f.key, "depth": (whole(0, 16, default=3), False)}
    tree = f.schema(f"{f.title}Tree", record({
        "root": (ref(f"{f.title}Part"), True), "by_name": (by_name(ref(f"{f.title}Tree"), default={}), False),
        "owner": (nullable(shared("Contact")) | {"default": None}, False), **f.some(2, 19),
    }))  # fmt: skip
    return Draft(f"draw_{f.noun}", f"Read a {f.noun} as a tree.", fields, tree, "get", f"{f.one}/tree",
                words={"x-errors": [f"{f.noun}_not_found"]})  # fmt: skip


def merged(f: Feature) -> Draft:
    """For some who are both, or one who may all."""
    other: dict[str, Field] = {"other_id": (whole(1, 2**53 - 1, 64), True), **f.some(3, 17)}
    words = {"x-errors": [f"{f.noun}_not_found", f"{f.noun}_locked"], "x-publishes": [f"{f.noun}_changed"]}
    roles = ((f"read-{f.slug}", f"write-{f.slug}"), ("administer",))
    return Draft(f"merge_{f.name}", f"Make one {f.noun} of two.", {**f.key, **other}, f.title, "post", f"{f.one}/merge",
                roles=roles, words=words)  # fmt: skip


def batched(f: Feature) -> Draft:
    fields: dict[str, Field] = {"inputs": (many(ref(f"{f.title}Input"), 100, minItems=1), True), **f.some(1, 23)}
    batch = f.schema(f"{f.title}Batch", record({
        "made": (many(ref(f.title), 100), True), "failed": (by_name(text(200), default={}), False),
    }))  # fmt: skip
    return Draft(f"import_{f.name}", f"Make many {f.name}.", fields, batch, "post", f"{f.base}-import", ("200", "202"),
                words={"x-timeout": "20s", "x-rate-limit": f"{f.slug}-list"})  # fmt: skip


SHAPES: tuple[Callable[[Feature], Draft], ...] = (
    listed, created, read, put, found, uploaded, priced, patched, decided,
    counted, deleted, noted, scheduled, shown, drawn, downloaded, merged, batched,
)  # fmt: skip
