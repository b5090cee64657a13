"""`generated/manifest.json`: the contract's version and hash, and every file with its digest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from codegen.emit.printer import File
from codegen.ir.operations import Contract


def emit(contract: Contract, files: Iterable[File]) -> list[File]:
    listed = {file.path: hashlib.sha256(file.data).hexdigest() for file in sorted(files, key=lambda file: file.path)}
    manifest = {"contract": {"version": contract.info.version, "hash": contract.hash}, "files": listed}
    return [File("manifest.json", (json.dumps(manifest, indent=1) + "\n").encode())]
