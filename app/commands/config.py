"""`python -m app config`: the settings that are in force here, masked, and where each came from."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from app.configuration.reading import SettingsRefused, read
from app.configuration.reference import reference
from app.configuration.report import as_json, as_text
from app.exit_codes import CONFIG, OK


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="for programs")
    parser.add_argument(
        "--reference", action="store_true", help="print docs/settings.md, which says what every setting is"
    )


def run(options: argparse.Namespace) -> int:
    """78 where they are missing, wrong or unsafe, with a line for each."""
    if options.reference:
        print(reference(), end="")
        return OK
    try:
        configuration = read(os.environ, Path.cwd())
    except SettingsRefused as refused:
        if options.json:
            print(json.dumps({"faults": refused.lines}, indent=2))
        else:
            print(*refused.lines, sep="\n", file=sys.stderr)
        return CONFIG
    print(as_json(configuration) if options.json else as_text(configuration))
    return OK
