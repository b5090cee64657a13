"""A tree for each contract of the compiler's tests, whose service answers by generated handlers."""

from __future__ import annotations

import ast
import pickle
import shutil
from pathlib import Path

from codegen import output
from codegen.ir.operations import Contract
from codegen.pipeline import build
from proof.protobuf import compiled
from tests.codegen.contracts import CASES, CORPUS, compose
from tests.proof.doors.generated_handlers import CONTRACT
from tests.proof.doors.stage import ROOT

PRODUCT = '''"""Whatever the contract says, by handlers that are made of it."""

from tests.proof.doors.generated_handlers import TABLES, handlers

__all__ = ["TABLES", "handlers"]
'''
OF_THE_PLATFORM = {"results.py": ("Tokens",), "errors.py": ("CredentialsInvalid", "CursorInvalid")}
"""What the service speaks of for features of its own, which these contracts need not have."""
CONTRACTS = {
    **{path.name: CORPUS for path in sorted(CORPUS.iterdir())},
    **{path.parent.name: CASES for path in sorted(CASES.glob("p*/expected"))},
}
"""Where each is, by name."""


def lay_out(name: str, place: Path) -> tuple[Path, Contract]:
    """The project in its folder, which must not be there yet."""
    tree = place / name
    contract = compiled(compose(name, tree, CONTRACTS[name]))
    shutil.copytree(ROOT / "app", tree / "app", ignore=shutil.ignore_patterns("source"))
    (tree / "app" / "product.py").write_text(PRODUCT)
    output.publish(tree / "generated", build(contract))
    for file, names in OF_THE_PLATFORM.items():
        _complete(tree / "generated" / file, ROOT / "generated" / file, names)
    (tree / CONTRACT).write_bytes(pickle.dumps(contract))
    return tree, contract


def _complete(file: Path, source: Path, names: tuple[str, ...]) -> None:
    """Classes that the file lacks, as this product has them."""
    known = {one.name for one in _classes(file)}
    missing = [one for one in _classes(source) if one.name in names and one.name not in known]
    text = source.read_text()
    said = [ast.get_source_segment(text, one) or "" for one in missing]
    file.write_text("\n\n\n".join([file.read_text().rstrip(), *said]) + "\n")


def _classes(file: Path) -> list[ast.ClassDef]:
    return [one for one in ast.parse(file.read_text()).body if isinstance(one, ast.ClassDef)]
