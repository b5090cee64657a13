"""Takes out of a project of the tests what the other door would need: a contract with one door is left."""

from __future__ import annotations

import re
import shutil
from pathlib import Path


def leave_rest(tree: Path) -> None:
    """Neither AsyncAPI nor proto, and so no event, no frame and no number."""
    specs = tree / "specs"
    for name in ("asyncapi.yaml", "contract.lock", "schemas/frame.yaml"):
        (specs / name).unlink()
    for name in ("packages", "proto"):
        shutil.rmtree(specs / name)
    _strike(specs / "http" / "artists.yaml", r" *x-publishes: \[\w+\]\n")
    _strike(specs / "schemas" / "artist.yaml", r"(?ms)^Artist(Created|Updated):\n(^ .*?\n)+\n?")
    handler = tree / "app" / "features" / "artists" / "handler.py"
    _strike(handler, r" *context\.publish\(Artist\w+\(artist=artist\)\)\n")
    _strike(handler, r"Artist(Created|Updated), ")
    _strike(handler, r"from generated\.topics import .*\n")
    _strike(handler, r"(?ms)\n    @override\n    async def may_follow_\w+\(.*?\n(?=\n    @override|\n\n|\Z)")


def leave_socket(tree: Path) -> None:
    """No OpenAPI; the words that stood there stand in the operation's other half."""
    specs = tree / "specs"
    (specs / "openapi.yaml").unlink()
    (specs / "http" / "artists.yaml").unlink()
    packages = specs / "packages" / "artists.yaml"
    text = packages.read_text().replace("x-pkg-id: 5\n", "x-pkg-id: 5\n    x-publishes: [artist_updated]\n")
    words = "x-pkg-id: 3\n    x-publishes: [artist_created]\n    x-errors: [artist_name_taken]\n"
    packages.write_text(text.replace("x-pkg-id: 3\n", words))


def _strike(file: Path, pattern: str) -> None:
    text, count = re.subn(pattern, "", file.read_text())
    assert count, (file, pattern)
    file.write_text(text.rstrip("\n") + "\n")
