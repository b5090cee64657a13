"""Plays one session of a file against a service, and says what it shows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from proof.callers import ANONYMOUS, named
from proof.documents import JSON, PROTOBUF, DocumentError, read
from proof.protobuf import Protobuf, compiled
from proof.values import Values
from proof.ws.checks import judge
from proof.ws.codec import Codec, JsonFrames, ProtobufFrames
from proof.ws.contract import read_socket
from proof.ws.finding import Case, Finding
from proof.ws.play import play
from proof.ws.player import Player
from proof.ws.scene import Scene
from proof.ws.session import Session, from_json
from proof.ws.transcript import Transcript


@dataclass(frozen=True, slots=True)
class Target:
    """A service and its contract. `asyncapi` is a path or a URL, by default the service's own; protobuf needs the folder of `specs`.

    `users` and `tokens` are as `proof.callers.named` reads them.
    """

    url: str
    asyncapi: str = ""
    specs: Path | None = None
    channel: str = ""
    users: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()

    def prepare(self) -> tuple[Scene, Player]:
        """DocumentError for what cannot be read."""
        callers = named(self.url, self.users, self.tokens)
        document = read(self.asyncapi or f"{self.url.rstrip('/')}/asyncapi.json")
        socket = read_socket(document, self.channel)
        codecs: dict[str, Codec] = {JSON: JsonFrames()}
        if self.specs is not None and PROTOBUF in socket.encodings.values():
            codecs[PROTOBUF] = ProtobufFrames(Protobuf(compiled(self.specs)), socket.controls)
        roles = {name: one.roles for name, one in callers.items() if name != ANONYMOUS or not socket.speaks_stele}
        if not roles:
            raise DocumentError(f"{socket.address}: opens to nobody who is anonymous; name a caller")
        player = Player(self.url, socket, callers, codecs)
        player.reach()
        return Scene(socket, Values(document), roles, codecs), player


def replay(file: Path, target: Target) -> list[Finding]:
    """What a replay file shows of a service: nothing where its fault is mended."""
    return play_once(target, from_json(file.read_text(encoding="utf-8")))[1]


def play_once(target: Target, session: Session) -> tuple[Transcript, list[Finding]]:
    scene, player = target.prepare()
    transcript = asyncio.run(play(player, session))
    return transcript, judge(Case(scene.socket, scene.values, session, transcript, scene.roles))
