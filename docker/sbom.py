"""`python docker/sbom.py REPORT FILE`: what pip has installed, as a CycloneDX 1.6 document (JSON) in FILE.

REPORT is what `pip install --report` wrote. Promises: a component for each wheel with the SHA-256 that pip has checked; no address of an
index or a folder; the same wheels give the same bytes. Raises KeyError for a report of another form, so that no build ends without hashes.
"""

from __future__ import annotations

import json
import sys
import uuid
from pathlib import Path
from typing import Any

SPACE = uuid.UUID("b3d53a0c-6e0a-4d2b-8d8f-6a0f2d7c5f11")
"""Of serial numbers: one for each set of wheels."""


def document(report: dict[str, Any]) -> dict[str, Any]:
    components = sorted((_component(one) for one in report["install"]), key=lambda one: str(one["purl"]))
    serial = uuid.uuid5(SPACE, json.dumps(components))
    return {
        "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": f"urn:uuid:{serial}", "version": 1, "components": components,
    }  # fmt: skip


def _component(installed: dict[str, Any]) -> dict[str, Any]:
    name, version = installed["metadata"]["name"], installed["metadata"]["version"]
    digest = _sha256(installed["download_info"]["archive_info"])
    purl = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
    hashes = [{"alg": "SHA-256", "content": digest}]
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl, "hashes": hashes}


def _sha256(archive: dict[str, Any]) -> str:
    """Before 23.1 pip spelt it as one text."""
    hashes = archive.get("hashes") or dict([archive["hash"].split("=", 1)])
    return str(hashes["sha256"])


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(document(json.loads(Path(sys.argv[1]).read_text())), indent=1) + "\n")
