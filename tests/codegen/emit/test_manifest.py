"""The manifest names every file with its digest."""

from __future__ import annotations

import hashlib
import json

from codegen.emit import manifest
from codegen.emit.printer import File
from tests.codegen.contracts import shipped, shipped_files

FILES = [File("b.py", b"b"), File("a/ö.json", b"{}")]


def test_every_file_but_the_manifest_itself_is_listed() -> None:
    files = shipped_files()
    listed = json.loads(files["manifest.json"])
    assert listed["contract"] == {"version": shipped().info.version, "hash": shipped().hash}
    digests = {
        path: hashlib.sha256(text.encode()).hexdigest() for path, text in files.items() if path != "manifest.json"
    }
    assert listed["files"] == digests


def test_the_order_of_the_files_changes_no_byte() -> None:
    assert manifest.emit(shipped(), FILES) == manifest.emit(shipped(), reversed(FILES))


def test_one_byte_of_a_file_changes_its_digest_alone() -> None:
    before, after = (
        json.loads(manifest.emit(shipped(), [FILES[0], File("a/ö.json", data)])[0].data)["files"]
        for data in (b"{}", b"{ }")
    )
    assert {path for path in before if before[path] != after[path]} == {"a/ö.json"}
