"""The frames of the socket that run no operation: they authenticate, cancel, let streams go on, join and leave topics, and say that
the server ends.

They are the protocol's, the same in every product, and stand in the expanded AsyncAPI so that it names every frame there is. No
name of a contract has a hyphen, so none of theirs meets one. In protobuf each has a PkgID, in JSON a `type`.
"""

from __future__ import annotations

from codegen.emit.documents.json_schemas import Json
from codegen.ir.topics import MAX_NAME

SECONDS: Json = {"type": "integer", "format": "int32", "minimum": 0, "maximum": 2**31 - 1}
MILLISECONDS: Json = SECONDS
NAME: Json = {"type": "string", "maxLength": MAX_NAME}
"""What a topic is called: the values of its parameters are percent-encoded in it."""
TOPICS: Json = {"type": "array", "items": NAME, "minItems": 1, "maxItems": 100}
ITEMS: Json = {"type": "integer", "format": "int32", "minimum": 1, "maximum": 1000}
TEXT: Json = {"type": "string"}
PLACE: Json = {
    "topic": NAME,
    "epoch": {"type": "string", "minLength": 1, "maxLength": 64},
    "offset": {"type": "integer", "format": "int64", "minimum": 0, "maximum": 2**53 - 1},
}
"""Of a topic: after the event with this offset, of this epoch."""
PRESENT: Json = {
    "topic": NAME,
    "users": {"type": "array", "items": TEXT, "maxItems": 1000},
    "count": {"type": "integer", "format": "int32", "minimum": 0},
}
"""Users by the `sub` of their tokens, and how many are present now."""
PKG_IDS = {
    "control-authenticate": 60_000,
    "control-expiring": 60_001,
    "control-cancel": 60_002,
    "control-subscribe": 60_003,
    "control-unsubscribe": 60_004,
    "control-credit": 60_006,
    "control-missed": 60_007,
    "control-draining": 60_010,
    "control-present": 60_011,
    "control-joined": 60_012,
    "control-left": 60_013,
}
PUSHED = frozenset(
    {
        "control-expiring",
        "control-missed",
        "control-draining",
        "control-present",
        "control-joined",
        "control-left",
    }
)
"""What the server says unasked."""
ANSWERS = {
    "control-authenticate": "control-authenticated",
    "control-subscribe": "control-subscribed",
    "control-unsubscribe": "control-unsubscribed",
}
"""What says that it was done; a refusal is the shared problem."""


def control_messages() -> Json:
    """By name; those that come in are closed."""
    return {
        "control-authenticate": _message("The first frame, or a new token.", "auth", {"token": TEXT}, closed=True),
        "control-authenticated": _message("The token counts from now on.", "auth_ok", {"expires_in": SECONDS}),
        "control-expiring": _message("The token ends soon.", "auth.expiring", {"expires_in": SECONDS}),
        "control-cancel": _message("A request is not wanted any more.", "cancel", {"req_id": TEXT}, closed=True),
        "control-credit": _message(
            "A stream may send so many more items.", "credit", {"req_id": TEXT, "items": ITEMS}, closed=True
        ),
        "control-subscribe": _message(
            "Follow topics; those with a position from the event after it on, and hear who else follows those in presence.",
            "subscribe",
            {"topics": TOPICS},
            {"positions": _places(closed=True), "presence": {"type": "array", "items": NAME, "maxItems": 100}},
            closed=True,
        ),
        "control-subscribed": _message(
            "They are followed: what comes begins after these positions, with all that was missed where it was recovered.",
            "subscribed",
            {"topics": TOPICS, "positions": _places(closed=False)},
        ),
        "control-unsubscribe": _message("Leave topics.", "unsubscribe", {"topics": TOPICS}, closed=True),
        "control-unsubscribed": _message("They are followed no more.", "unsubscribed", {"topics": TOPICS}),
        "control-missed": _message("Events of the topic up to this position will never come.", "topic.missed", PLACE),
        "control-draining": _message(
            "The server ends: connect anew after this time, and close here.",
            "server.draining",
            {"reconnect_after_ms": MILLISECONDS},
        ),
        "control-present": _message("Who follows the topic, and nobody else does.", "topic.present", PRESENT),
        "control-joined": _message("Those follow the topic since now.", "topic.joined", PRESENT),
        "control-left": _message("Those follow the topic no more.", "topic.left", PRESENT),
    }


def control_operations(channel: str) -> Json:
    """One for each of PKG_IDS. Each caller of the socket may send them."""
    return {name: _operation(channel, name) for name in PKG_IDS}


def _places(*, closed: bool) -> Json:
    """Those that are told may have an empty epoch, where nothing is known of the topic yet, and say whether all is there."""
    properties = (
        PLACE if closed else PLACE | {"epoch": {"type": "string", "maxLength": 64}, "recovered": {"type": "boolean"}}
    )
    item: Json = {"type": "object", "required": list(properties), "properties": properties}
    return {"type": "array", "items": item | ({"additionalProperties": False} if closed else {}), "maxItems": 100}


def _message(title: str, kind: str, members: Json, optional: Json | None = None, *, closed: bool = False) -> Json:
    needed: Json = {"type": {"type": "string", "const": kind}, **members}
    payload: Json = {"type": "object", "required": list(needed), "properties": needed | (optional or {})}
    return {"title": title, "payload": payload | ({"additionalProperties": False} if closed else {})}


def _operation(channel: str, name: str) -> Json:
    sent = name in PUSHED
    out: Json = {
        "action": "send" if sent else "receive",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{name}"}],
    }
    if not sent:
        told = [ANSWERS[name], "problem"] if name in ANSWERS else ["problem"]
        out["reply"] = {
            "channel": {"$ref": channel},
            "messages": [{"$ref": f"{channel}/messages/{one}"} for one in told],
        }
    return out | {"x-pkg-id": PKG_IDS[name]}
