"""Adds to a project of the tests a feature that takes and answers bytes, from `tests/media/`."""

from __future__ import annotations

import shutil
from pathlib import Path

SOURCE = Path(__file__).with_name("media")
PATHS = """\
  /api/artists/{artist_id}/portrait: {$ref: 'http/media.yaml#/portrait'}
  /api/albums: {$ref: 'http/media.yaml#/albums'}
  /api/tail: {$ref: 'http/media.yaml#/tail'}
"""


def add_media(tree: Path) -> None:
    """What `make new` writes for a feature: its paths, its tag, its line in `app/product.py`, its tables."""
    shutil.copytree(SOURCE, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    insert(tree / "specs" / "openapi.yaml", "components:\n", PATHS)
    insert(tree / "specs" / "openapi.yaml", "  - {name: system,", "  - {name: media, description: Files.}\n")
    product = tree / "app" / "product.py"
    imports = (
        "from app.features.media import tables as media_tables\n"
        "from app.features.media.handler import Media\n"
        "from app.features.media.repository import PortraitRepository\n"
    )
    insert(product, "from app.features.system.handler", imports)
    insert(product, "        system=System", "        media=Media(PortraitRepository()),\n")
    insert(product, ',)\n"""Importing', ", media_tables")


def insert(file: Path, before: str, text: str) -> None:
    found = file.read_text()
    assert found.count(before) == 1, (file, before)
    file.write_text(found.replace(before, text + before))
