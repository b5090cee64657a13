"""Short forms for what the tests of the fuzzer's parts are made of: a scene, sessions, entries and calls."""

from __future__ import annotations

from proof.callers import Caller
from proof.documents import Json
from proof.values import Values
from proof.ws.codec import Codec, JsonFrames
from proof.ws.contract import read_socket
from proof.ws.player import Player
from proof.ws.scene import Scene

NAME = "anonymous"


def shelf(url: str, document: Json) -> tuple[Scene, Player]:
    """A foreign document with one caller, who has no token."""
    socket = read_socket(document)
    codecs: dict[str, Codec] = {"application/json": JsonFrames()}
    scene = Scene(socket, Values(document), {NAME: frozenset()}, codecs)
    return scene, Player(url, socket, {NAME: Caller(NAME)}, codecs)
