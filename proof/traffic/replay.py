"""`python -m proof replay`: plays recorded traffic against another build of a service, and says what is answered differently."""

from __future__ import annotations

import argparse
import json
import math
import sys
from pathlib import Path

from proof.documents import DocumentError
from proof.traffic.asking import Asking
from proof.traffic.contract import Places
from proof.traffic.judge import CHECKS, Judge
from proof.traffic.lines import read
from proof.traffic.matching import Matches
from proof.traffic.people import cast
from proof.traffic.play import Playing, play
from proof.traffic.record import folder, origin
from proof.traffic.report import as_json, as_junit, described, is_ignored, summary
from proof.traffic.script import read_script

SAME, DIFFERENT, UNUSABLE = 0, 1, 2
EPILOG = "checks:\n" + "\n".join(f"  {name:<10} {line}" for name, line in CHECKS.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proof replay",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("recording", type=Path, help="what python -m proof record has written")
    add("--url", default="http://127.0.0.1:8000", help="the service (default %(default)s)")
    add("--openapi", default="", help="the OpenAPI document, a path or a URL (default: /openapi.json of the service)")
    add("--asyncapi", default="", help="the AsyncAPI document (default: /asyncapi.json of the service)")
    add("--specs", type=Path, help="the contract's folder, which protobuf needs (default: specs, if it is there)")
    add("--as", dest="people", action="append", default=[], metavar="ALIAS=USER[:PASSWORD]",
        help="who a caller of the recording is now; may be repeated (default: users of development with the same roles)")  # fmt: skip
    add("--token", dest="tokens", action="append", default=[], metavar="ALIAS=VARIABLE",
        help="a caller whose token is in a variable of the environment; may be repeated")  # fmt: skip
    add(
        "--pace",
        type=_pace,
        default=0.0,
        help="0: one after the other (default); 1: when and beside what it was recorded; 2: twice as fast",
    )
    add("--differences", type=int, default=50, help="end when so many are known (default %(default)s)")
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="CHECK[:ASKED[:/POINTER]]",
        help="what is no difference here; may be repeated",
    )
    add("--junit", type=Path, metavar="FILE", help="write JUnit's XML")
    add("--json", type=Path, metavar="FILE", help="write everything as JSON")
    return parser


def _pace(text: str) -> float:
    found = float(text)
    if not math.isfinite(found) or found < 0:
        raise argparse.ArgumentTypeError(f"{text}: expected 0 or more")
    return found


def main(arguments: list[str]) -> int:
    """0 where nothing differs, 1 where something does, 2 where nothing could be played."""
    options = _parser().parse_args(arguments)
    try:
        return _replay(options)
    except (DocumentError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE


def _replay(options: argparse.Namespace) -> int:
    if unknown := {one.partition(":")[0] for one in options.ignore} - CHECKS.keys():
        raise ValueError(f"--ignore {min(unknown)}: there is no such check; there are {', '.join(CHECKS)}")
    url = origin(options.url)
    contract = Places(url, options.openapi, options.asyncapi, folder(options.specs)).load()
    script = read_script(read(options.recording), contract)
    people, passwords = cast(url, script.callers, options.people, options.tokens)
    judge = Judge(contract, Matches())
    asking = Asking(url, contract, judge.kinds, judge.matches, people, passwords)
    tally = play(Playing(asking, judge, pace=options.pace, most=options.differences), script)
    found = [one for one in tally.differences if not is_ignored(one, options.ignore)]
    ignored = len(tally.differences) - len(found)
    for one in found:
        print(f"{described(one)}\n")
    print(summary(tally, found, ignored))
    if options.junit:
        options.junit.write_text(as_junit(tally, found), encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps(as_json(tally, found, ignored), indent=1, default=str), encoding="utf-8")
    return DIFFERENT if found else SAME if tally.played else UNUSABLE
