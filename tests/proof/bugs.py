"""Faults that are planted into a copy of the service, one at a time: each is a replaced line of its source.

Whoever fuzzes must find them; where the source has changed so that a fault has no place any more, its test says so.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

LEFT_OUT = shutil.ignore_patterns(
    ".git", ".stele", "__pycache__", ".mypy_cache", ".pytest_cache", ".venv", "node_modules", "cases"
)


@dataclass(frozen=True, slots=True)
class Bug:
    """`shows` are the checks of `proof.ws` that may find it. `every` says that all places are changed, not the first alone."""

    name: str
    file: str
    old: str
    new: str
    shows: frozenset[str]
    every: bool = False

    def plant(self, tree: Path) -> None:
        (tree / self.file).write_text(self.planted(tree))

    def planted(self, tree: Path) -> str:
        """The file of the tree with the fault in it."""
        text = (tree / self.file).read_text()
        assert self.old in text, f"{self.name}: {self.file} has no {self.old!r}"
        return text.replace(self.old, self.new, -1 if self.every else 1)


def copy_of(tree: Path, place: Path) -> Path:
    """Everything that runs, without what is only the tests'."""
    shutil.copytree(tree, place, ignore=LEFT_OUT, dirs_exist_ok=True)
    return place


def bug(name: str, file: str, old: str, new: str, *shows: str, every: bool = False) -> Bug:
    return Bug(name, file, old, new, frozenset(shows), every)


CONNECTION, SESSION, FRAMES = "app/ws/connection.py", "app/ws/session.py", "app/ws/frames.py"
MODELS, WIRE, HANDLER = "generated/models.py", "generated/wire.py", "app/features/artists/handler.py"
TOPICS = "app/broadcast/topics.py"
REPOSITORY, HANDSHAKE = "app/features/artists/repository.py", "app/ws/handshake.py"
REPLY = "            self._make_room(invoke.req_id)\n        self._reply(frame)\n"
SOME = "invoke.req_id[0] in '345'"
"""A part of all requests, so that the fault is not in each."""

BUGS: tuple[Bug, ...] = (
    bug("a reply is dropped", CONNECTION, REPLY, REPLY.replace("self._reply(frame)", f"({SOME}) or self._reply(frame)"), "one-reply"),
    bug("a reply comes twice", CONNECTION, REPLY, f"{REPLY}        if {SOME}:\n            self._reply(frame)\n", "one-reply"),
    bug("a reply has another id", FRAMES, "b'{\"pkg_id\":%d,\"req_id\":\"%b\",\"status_code\":0,\"data\":%b}' % (pkg_id, req_id.encode(), data)",
        "b'{\"pkg_id\":%d,\"req_id\":\"%b\",\"status_code\":0,\"data\":%b}' % (pkg_id, req_id[::-1].encode(), data)", "one-reply", "declared-message"),
    bug("a reply is slow", CONNECTION, REPLY, REPLY.replace("        self._reply", f"        if {SOME}:\n            await asyncio.sleep(2.8)\n        self._reply"), "reply-time"),
    bug("a slot is not given back", CONNECTION, "            in_flight.pop(req_id, None)\n", "            in_flight.get(req_id)\n", "one-reply"),
    bug("a task is left behind", CONNECTION, "        call.arrival = gate.arrived(address)\n", "        call.arrival = gate.arrived(address)\n        self._loop.create_task(asyncio.sleep(3600))\n", "no-growth"),
    bug("frames are kept for ever", SESSION, "        if not isinstance(frame, self.dialect.frame_type):\n",
        "        __import__('builtins').__dict__.setdefault('kept', []).append(bytearray(100_000))\n        if not isinstance(frame, self.dialect.frame_type):\n", "no-growth"),
    bug("a text one too long is taken", MODELS, "max_length=200", "max_length=201", "invalid-refused", every=True),
    bug("the longest text is refused", MODELS, "max_length=200", "max_length=199", "valid-taken", every=True),
    bug("NUL reaches the database", MODELS, ', pattern="^[^\\\\x00]*$"', "", "invalid-refused", "no-internal", every=True),
    bug("zero is taken as an id", MODELS, "artist_id: Annotated[int, Field(ge=1,", "artist_id: Annotated[int, Field(ge=0,", "invalid-refused", every=True),
    bug("unknown members are dropped", MODELS, 'extra="forbid"', 'extra="ignore"', "invalid-refused"),
    bug("texts become numbers", MODELS, "strict=True", "strict=False", "invalid-refused"),
    bug(
        "null is taken where it may not be",
        "generated/scalars.py",
        '        inner: CoreSchema = schema["schema"] if schema["type"] == "nullable" else schema\n        return inner\n',
        "        return schema\n",
        "invalid-refused",
    ),
    bug("a role is forgotten on one operation", "generated/operations.py", 'roles=(frozenset({"delete-artist"}),)', 'roles=(frozenset({"get-artists"}),)', "policy"),
    bug("roles are forgotten on one door", "app/execution/runner.py", "        if roles is None or (", '        if roles is None or call.caller.door == "websocket" or (', "policy"),
    bug("a role too many is asked for", "generated/operations.py", 'roles=(frozenset({"get-artists"}),)', 'roles=(frozenset({"get-artists", "no-such"}),)', "policy"),
    bug("a topic is open to all", "app/ws/subscriptions.py", "    return roles is None or any(", "    return True or any(", "declared-message"),
    bug("a signature is not looked at", "app/auth/signed_tokens.py", "        self._check_signature(signed, key)\n", "", "handshake"),
    bug(
        "a known caller is nobody",
        "app/execution/runner.py",
        "        if caller.principal is None:\n",
        '        if caller.principal is None or call.operation.name == "get_artist":\n',
        "policy",
    ),
    bug(
        "a bad refresh ends the socket",
        CONNECTION,
        "elif is_first and isinstance(error, Unauthenticated):",
        "elif isinstance(error, Unauthenticated):",
        "stays-open",
        "handshake",
    ),
    bug("any page may open a socket", HANDSHAKE, '        if "*" not in self._origins and', '        if "*" in self._origins and', "handshake"),
    bug("an unknown format is JSON", HANDSHAKE, '    if formats:\n        raise Malformed("None of the offered subprotocols is known.")\n', "", "handshake"),
    bug("a wrong close code", CONNECTION, 'self.outbox.close(CloseCode.INVALID_TOKEN, "invalid_token")\n\n    async def _accept', 'self.outbox.close(4999, "invalid_token")\n\n    async def _accept', "close-code", "handshake"),
    bug("a bad frame ends the socket as a crash", SESSION, "        return Reply(self.refuse(bad.error, bad.pkg_id, bad.req_id))\n", '        return Close(1011, "oops")\n', "no-1011"),
    bug("a bad frame ends the socket", SESSION, "        return Reply(self.refuse(bad.error, bad.pkg_id, bad.req_id))\n", '        return Close(1000, "")\n', "stays-open"),
    bug("a quote fails", REPOSITORY, "        rows = await db.fetch(self._lists[frozenset(filters)], **filters)\n",
        "        if \"'\" in str(filters):\n            raise ValueError\n        rows = await db.fetch(self._lists[frozenset(filters)], **filters)\n", "no-internal"),
    bug("an error that is not declared", REPOSITORY, "        if row is None:\n            raise ArtistNotFound\n", "        if row is None:\n            raise VersionMismatch\n", "no-internal"),
    bug("every refusal has status 1", SESSION, "int(error.rsp)", "1", "declared-error"),
    bug("a status is text", FRAMES, '"status_code":0,"data":%b}\' % (pkg_id', '"status_code":"0","data":%b}\' % (pkg_id', "reply-schema"),
    bug("absent and empty are one in protobuf", WIRE, '    if message.HasField("bio"):\n        values["bio"] = message.bio\n    if message.HasField("born_on"):\n        values["born_on"] = message.born_on\n    return values\n\n\ndef fill_create',
        '    if message.bio:\n        values["bio"] = message.bio\n    if message.HasField("born_on"):\n        values["born_on"] = message.born_on\n    return values\n\n\ndef fill_create', "keeps-input", "encodings-agree"),
    bug("a wrong field in protobuf", WIRE, "        message.bio = value.bio\n", "        message.bio = value.name\n", "keeps-input", "read-after-write", "encodings-agree"),
    bug("parts of seconds are lost in protobuf", WIRE, "timestamp.nanos = since.microseconds * 1000", "timestamp.nanos = 0", "read-after-write", "event-delivered", every=True),
    bug("no constraint holds in protobuf", WIRE, "        decode_values=models.GetArtistsRequest.__pydantic_validator__.validate_python,\n",
        "        decode_values=lambda values: models.GetArtistsRequest.model_construct(**values),\n", "invalid-refused", "encodings-agree"),
    bug("nothing is answered as an object", WIRE, 'frame_json=lambda result: (b"null", None)', 'frame_json=lambda result: (b"{}", None)', "reply-schema"),
    bug("a cache is never emptied", REPOSITORY, "        row = await db.fetchrow(self._one, id=artist_id)\n",
        "        kept = self.__dict__.setdefault('kept', {})\n        row = kept.get(artist_id) or await db.fetchrow(self._one, id=artist_id)\n        kept[artist_id] = row\n", "read-after-write", "deleted-is-gone"),
    bug("nothing is deleted", HANDLER, "        await self._repository.delete(context.db, request.artist_id, request.expected_version)\n", "", "deleted-is-gone"),
    bug("an update loses a field", REPOSITORY, '        values = {"name": request.name, "bio": request.bio,', '        values = {"name": request.name, "bio": None,', "keeps-input"),
    bug("a text is trimmed", REPOSITORY, "self._insert, name=request.name, bio=request.bio", "self._insert, name=request.name.strip() or 'x', bio=request.bio", "keeps-input"),
    bug("an event is not published", HANDLER, "        context.publish(ArtistCreated(artist=artist))\n", "", "event-delivered", "no-internal"),
    bug("an event comes twice", "app/broadcast/hub.py", "                subscriber.push(message, size, latest)\n", "                subscriber.push(message, size, latest)\n                subscriber.push(message, size)\n", "event-once"),
    bug("an event tells of something else", HANDLER, "        context.publish(ArtistCreated(artist=artist))\n",
        "        import msgspec\n        context.publish(ArtistCreated(artist=msgspec.structs.replace(artist, name='other')))\n", "event-delivered"),
    bug("a topic cannot be left", "app/ws/subscriptions.py", "                self._feed.hub.unsubscribe(found.address, self._sink, self._writer)\n", "", "declared-message"),
    bug("an event goes out under another value", TOPICS, "[attrgetter(path) for path in parameters]", '[attrgetter(path.replace("artist.id", "artist.version")) for path in parameters]',
        "event-delivered", "name-kept"),
    bug("a value has several spellings", TOPICS, '        return values if self._name(get(values) for get in self._of_values) == "/".join(parts) else None\n', "        return values\n", "name-judged"),
    bug("only the last value of a filter counts", "app/broadcast/filters.py", "            wanted[path].add(value)\n", "            wanted[path] = {value}\n", "name-kept"),
)  # fmt: skip
