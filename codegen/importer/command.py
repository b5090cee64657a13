"""The command `import`: its words, where its report goes, and what it answers.

Exit 1 means that a document cannot be read or nothing of it compiles, 2 that the folder is not free; nothing was written then.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from codegen.diagnostics import Refused
from codegen.importer.importer import Imported, import_documents
from codegen.importer.target import check_target, write
from codegen.reports import FORMATS


def describe(added: argparse.ArgumentParser) -> None:
    added.add_argument("files", nargs="+", metavar="FILE", help="OpenAPI 3.0, 3.1, AsyncAPI 2.6, 3.0; YAML or JSON")
    added.add_argument("--into", type=Path, help="the folder to write; default: that of the contract")
    added.add_argument("--report", type=Path, metavar="FILE", help="where the losses are written; default: printed")
    added.add_argument("--force", action="store_true", help="move aside what is there, and write anew")


def import_contract(options: argparse.Namespace) -> int:
    """Write specs/ from the OpenAPI and AsyncAPI documents that a team has, and say what was lost."""
    into: Path = options.into or options.specs
    try:
        check_target(into, force=options.force)
        imported = import_documents(options.files, options.specs)
        if not imported.files:
            _say_refused(options.format, imported)
            return 1
        aside = write(into, imported.files)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    _report(options, imported)
    if options.format == "text":
        print(f"{into} is written{f', and what was there is {aside}' if aside else ''}; now `make generate`")
    return 0


def _say_refused(form: str, imported: Imported) -> None:
    stream = sys.stderr if form == "text" else sys.stdout
    stream.write(imported.left or FORMATS[form](imported.findings, imported.sources))


def _report(options: argparse.Namespace, imported: Imported) -> None:
    report = imported.losses.render(options.format, imported.sources)
    if options.report is None:
        sys.stdout.write(report)
        return
    options.report.write_text(report, encoding="utf-8")
    losses = imported.losses
    print(
        f"{losses.arrived} of {losses.total} operations arrived; {options.report} says what was lost", file=sys.stderr
    )
