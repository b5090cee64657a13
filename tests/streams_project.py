"""Adds to a project of the tests a feature whose answers are streams, from `tests/streams/`."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.media_project import insert

SOURCE = Path(__file__).with_name("streams")
OPERATIONS = ("count_up", "complete_text", "export_artists", "get_stream_state")
PATHS = """\
  /api/count: {$ref: 'http/streams.yaml#/count'}
  /api/completions: {$ref: 'http/streams.yaml#/completions'}
  /api/artists/export: {$ref: 'http/streams.yaml#/export'}
  /api/streams: {$ref: 'http/streams.yaml#/state'}
"""


def add_streams(tree: Path) -> None:
    """What a person writes; messages, numbers and proto follow by `fix`."""
    shutil.copytree(SOURCE, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    root, socket = tree / "specs" / "openapi.yaml", tree / "specs" / "asyncapi.yaml"
    insert(root, "components:\n", PATHS)
    insert(root, "  - {name: system,", "  - {name: streams, description: Streams.}\n")
    listed = "".join(f"  {name}: {{$ref: 'packages/streams.yaml#/operations/{name}'}}\n" for name in OPERATIONS)
    insert(socket, "components:\n", listed)
    product = tree / "app" / "product.py"
    insert(product, "from app.features.system.handler", "from app.features.streams.handler import Streams\n")
    insert(product, "        system=System", "        streams=Streams(ArtistRepository()),\n")
