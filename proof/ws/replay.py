"""Plays one session of a file against a service, and says what it shows."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from proof.callers import Caller, Login
from proof.documents import read
from proof.protobuf import Protobuf, compiled
from proof.values import Values
from proof.ws.checks import judge
from proof.ws.codec import PROTOBUF, Codec, JsonFrames, ProtobufFrames
from proof.ws.contract import read_socket
from proof.ws.finding import Case, Finding
from proof.ws.plans import Scene
from proof.ws.play import play
from proof.ws.player import Player
from proof.ws.session import Session, from_json
from proof.ws.transcript import Transcript

USERS = ("admin", "editor", "nobody")
"""Of the development issuer, whose passwords are their names."""


@dataclass(frozen=True, slots=True)
class Target:
    """A service and its contract. `asyncapi` is a path or a URL, by default the service's own; protobuf needs the folder of `specs`."""

    url: str
    asyncapi: str = ""
    specs: Path | None = None
    channel: str = ""
    callers: dict[str, Caller] = field(default_factory=dict)

    def prepare(self) -> tuple[Scene, Player]:
        """DocumentError for what cannot be read."""
        document = read(self.asyncapi or f"{self.url.rstrip('/')}/asyncapi.json")
        socket = read_socket(document, self.channel)
        codecs: dict[str, Codec] = {"application/json": JsonFrames()}
        if self.specs is not None:
            codecs[PROTOBUF] = ProtobufFrames(Protobuf(compiled(self.specs)))
        callers = self.callers or {name: Login(self.url.rstrip("/")).caller(name, name) for name in USERS}
        roles = {name: one.roles for name, one in callers.items()}
        return Scene(socket, Values(document), roles, codecs), Player(self.url, socket, callers, codecs)


def replay(file: Path, url: str, specs: Path | None = Path("specs")) -> list[Finding]:
    """What a replay file shows of the service at the URL: nothing where its fault is mended."""
    target = Target(url, specs=specs if specs and specs.is_dir() else None)
    return play_once(target, from_json(file.read_text(encoding="utf-8")))[1]


def play_once(target: Target, session: Session) -> tuple[Transcript, list[Finding]]:
    scene, player = target.prepare()
    transcript = asyncio.run(play(player, session))
    return transcript, judge(Case(scene.socket, scene.values, session, transcript, scene.roles))
