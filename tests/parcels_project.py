"""Adds to a project of the tests a feature whose names in JSON are of every kind, from `tests/parcels/`."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.media_project import insert

SOURCE = Path(__file__).with_name("parcels")
PATHS = """\
  /api/parcels: {$ref: 'http/parcels.yaml#/collection'}
  /api/parcels/{parcelId}: {$ref: 'http/parcels.yaml#/single'}
  /api/parcels/{parcelId}/label: {$ref: 'http/parcels.yaml#/label'}
"""
MESSAGES = ("find_parcels", "send_parcel", "get_parcel", "change_parcel", "parcel", "parcels", "parcel_sent")
OPERATIONS = ("find_parcels", "send_parcel", "get_parcel", "change_parcel", "parcel_sent")


def add_parcels(tree: Path) -> None:
    """What `make new` writes for a feature, but for proto, which `make fix` writes."""
    shutil.copytree(SOURCE, tree, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    openapi, asyncapi = tree / "specs" / "openapi.yaml", tree / "specs" / "asyncapi.yaml"
    insert(openapi, "components:\n", PATHS)
    insert(openapi, "  - {name: system,", "  - {name: parcels, description: What is sent.}\n")
    insert(asyncapi, "operations:\n", _listed("      ", "messages", MESSAGES))
    insert(asyncapi, "components:\n", _listed("  ", "operations", OPERATIONS))
    insert(
        tree / "specs" / "policy.yaml",
        "  artists: {history",
        "  parcels: {history: 100, keep: 1h, delivery: must-deliver}\n",
    )
    product = tree / "app" / "product.py"
    insert(product, "from app.features.system.handler", "from app.features.parcels.handler import Parcels\n")
    insert(product, "        system=System", "        parcels=Parcels(),\n")


def _listed(indent: str, table: str, names: tuple[str, ...]) -> str:
    return "".join(f"{indent}{name}: {{$ref: 'packages/parcels.yaml#/{table}/{name}'}}\n" for name in names)
