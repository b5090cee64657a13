"""`specs/waivers.yaml: waivers`: who answers for which breaking change, why, and until when."""

from __future__ import annotations

from collections.abc import Iterator

from codegen.breaking.gate import Waiver
from codegen.parse.documents import Documents
from codegen.parse.yaml_tree import Mapping, Sequence, plain
from codegen.suppressions import FILE, day


def read_waivers(documents: Documents) -> Iterator[Waiver]:
    """No file is no waiver; an entry that is not whole has a finding of the file's shape. Reading judges no date."""
    root = documents.tree(FILE) if documents.has(FILE) else None
    listed = root.get("waivers") if isinstance(root, Mapping) else None
    for node in listed.items if isinstance(listed, Sequence) else ():
        data = plain(node)
        texts = {key: str(value) for key, value in data.items()} if isinstance(data, dict) else {}
        if (until := day(texts.get("until", ""))) is not None and {"fingerprint", "owner", "reason"} <= texts.keys():
            yield Waiver(texts["fingerprint"], texts["owner"], texts["reason"], until, node.place)
