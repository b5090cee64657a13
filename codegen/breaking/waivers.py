"""`specs/waivers.yaml`: who answers for which breaking change, why, and until when. A waiver that is not whole is a finding."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from codegen.breaking.gate import Waiver
from codegen.diagnostics import Findings
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import Mapping, Node, Sequence, plain

FILE = "specs/waivers.yaml"
MEMBERS = {"fingerprint", "owner", "reason", "until"}
FINGERPRINT = re.compile(r"[0-9a-f]{12}\Z")


def read_waivers(specs: Path, findings: Findings) -> list[Waiver]:
    """No file is no waiver."""
    if not (specs / "waivers.yaml").is_file():
        return []
    root = Documents(specs, findings).tree(FILE)
    listed = root.get("waivers") if isinstance(root, Mapping) else None
    if not isinstance(listed, Sequence):
        if root is not None:
            findings.add("V011", root.place, "there is no list `waivers`", fix="write `waivers:` with its entries")
        return []
    found = [_waiver(node, findings) for node in listed.items]
    return [one for one in found if one is not None]


def _waiver(node: Node, findings: Findings) -> Waiver | None:
    data = plain(node)
    texts = {key: str(value) for key, value in data.items() if value} if isinstance(data, dict) else {}
    if (
        texts.keys() != MEMBERS
        or not FINGERPRINT.match(texts["fingerprint"])
        or (until := _day(texts["until"])) is None
    ):
        fix = "write fingerprint, owner, reason and until: '2030-12-31'"
        findings.add("V011", node.place, "this is not a whole waiver", fix=fix)
        return None
    return Waiver(texts["fingerprint"], texts["owner"], texts["reason"], until, node.place)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
