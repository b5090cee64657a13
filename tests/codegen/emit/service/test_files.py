"""The service's files are those of every module here that writes one."""

from __future__ import annotations

from codegen.emit.service.files import MODULES, emit
from tests.codegen.contracts import ROOT, shipped


def test_every_module_that_emits_is_in_the_list() -> None:
    folder = ROOT / "codegen" / "emit" / "service"
    writing = {path.stem for path in folder.glob("*.py") if "\ndef emit(" in path.read_text()} - {"files"}
    assert {each.__module__.rpartition(".")[2] for each in MODULES} == writing


def test_what_the_service_imports_stands_at_the_top_or_in_proto() -> None:
    folders = {file.path.rpartition("/")[0] for file in emit(shipped())}
    assert folders == {"", "proto"}
