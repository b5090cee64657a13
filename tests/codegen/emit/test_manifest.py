"""The manifest names every file with its digest."""

from __future__ import annotations

import hashlib
import json

from tests.codegen.contracts import shipped, shipped_files


def test_every_file_but_the_manifest_itself_is_listed() -> None:
    files = shipped_files()
    manifest = json.loads(files["manifest.json"])
    assert manifest["contract"] == {"version": shipped().info.version, "hash": shipped().hash}
    digests = {
        path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items() if path != "manifest.json"
    }
    assert manifest["files"] == digests
