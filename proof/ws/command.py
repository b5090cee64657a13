"""`python -m proof ws`: fuzzes a running service by its AsyncAPI document."""

from __future__ import annotations

import argparse
import json
import math
import secrets
import sys
from pathlib import Path

from proof.documents import DocumentError
from proof.vitals import Vitals, measure, settled
from proof.ws.checks import IDS
from proof.ws.finding import Finding
from proof.ws.plans import plans
from proof.ws.replay import Target, play_once
from proof.ws.report import as_json, as_junit, described, summary, write_findings
from proof.ws.search import Found, Report, Search
from proof.ws.session import Session, from_json
from proof.ws.transcript import Transcript

CLEAN, FOUND, UNUSABLE = 0, 1, 2
EPILOG = "checks:\n" + "\n".join(f"  {name:<18} {line}" for name, line in IDS.items())


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m proof ws",
        description=__doc__,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--url", default="http://127.0.0.1:8000", help="the service (default %(default)s)")
    add(
        "--asyncapi",
        default="",
        help="its AsyncAPI 3.0 document, a path or a URL (default: /asyncapi.json of the service)",
    )
    add(
        "--specs",
        help="the contract's folder, which protobuf needs (default: specs, if it is there)",
    )
    add("--channel", default="", help="which channel of the document (default: its first)")
    add(
        "--as",
        dest="users",
        action="append",
        default=[],
        metavar="USER[:PASSWORD]",
        help="a user who logs in, or anonymous; may be repeated (default: the users of development)",
    )
    add(
        "--token",
        action="append",
        default=[],
        metavar="NAME=VARIABLE",
        help="a caller whose token is in a variable of the environment; may be repeated",
    )
    add("--seconds", type=_seconds, default=60.0, help="how long to look (default %(default)s)")
    add("--findings", type=int, default=20, help="end when so many are found (default %(default)s)")
    add("--seed", type=int, default=None, help="draws the same sessions again")
    add("--plan", action="append", default=[], help="only plans whose names begin so; may be repeated")
    add(
        "--ignore",
        action="append",
        default=[],
        metavar="CHECK[:OPERATION]",
        help="what is no finding here; may be repeated",
    )
    add("--out", default=".stele/proof", help="where findings are written (default %(default)s)")
    add("--junit", default="", metavar="FILE", help="write JUnit's XML")
    add("--json", default="", metavar="FILE", help="write everything as JSON")
    add("--replay", default="", metavar="FILE", help="play one finding again, and nothing else")
    return parser


def _seconds(text: str) -> float:
    """A time that ends."""
    found = float(text)
    if not math.isfinite(found) or found <= 0:
        raise argparse.ArgumentTypeError(f"{text}: expected seconds above 0")
    return found


def main(arguments: list[str]) -> int:
    """0 without a finding, 1 with some, 2 where nothing could be tried."""
    options = _parser().parse_args(arguments)
    try:
        target = _target(options)
        return _replay(target, Path(options.replay)) if options.replay else _fuzz(target, options)
    except (DocumentError, ValueError, OSError) as error:
        print(error, file=sys.stderr)
        return UNUSABLE


def _target(options: argparse.Namespace) -> Target:
    specs = Path(options.specs or "specs")
    if options.specs and not specs.is_dir():
        raise ValueError(f"--specs {specs}: there is no such folder")
    unknown = {one.partition(":")[0] for one in options.ignore} - IDS.keys()
    if unknown:
        raise ValueError(f"--ignore {min(unknown)}: there is no such check; there are {', '.join(IDS)}")
    return Target(
        options.url,
        options.asyncapi,
        specs if specs.is_dir() else None,
        options.channel,
        tuple(options.users),
        tuple(options.token),
    )


def _replay(target: Target, file: Path) -> int:
    transcript, findings = play_once(target, from_json(file.read_text(encoding="utf-8")))
    print(transcript)
    for one in findings:
        print(f"\n{one.check}: {one.about}: {one.text}")
    print(f"\n{len(findings) or 'no'} findings")
    return FOUND if findings else CLEAN


def _fuzz(target: Target, options: argparse.Namespace) -> int:
    scene, player = target.prepare()
    chosen = [one for one in plans(scene) if one.name.startswith(tuple(options.plan) or "")]
    if not chosen:
        names = ", ".join(one.name for one in plans(scene))
        raise ValueError(f"--plan {' '.join(options.plan)}: no plan begins so; there are {names}")
    seed = secrets.randbits(32) if options.seed is None else options.seed
    search = Search(scene, player, base_seed=seed, ignore=frozenset(options.ignore), tell=_tell)
    held: list[Vitals] = []
    metrics = f"{target.url.rstrip('/')}/metrics"
    report = search.run(
        chosen, options.seconds, options.findings, lambda: held.extend(filter(None, [measure(metrics)]))
    )
    if held and "no-growth" not in options.ignore:
        report.found += _growth(metrics, held[0], report)
    files = write_findings(report, Path(options.out), target)
    for one, file in zip(report.found, files, strict=True):
        print(f"\n{described(one)}\n\n  again: python -m proof ws --url {target.url} --replay {file}")
    print(f"\n{summary(report)}")
    if options.junit:
        Path(options.junit).write_text(as_junit(report), encoding="utf-8")
    if options.json:
        Path(options.json).write_text(json.dumps(as_json(report), indent=1), encoding="utf-8")
    return FOUND if report.found else CLEAN


def _growth(metrics: str, before: Vitals, report: Report) -> list[Found]:
    after = settled(metrics, before)
    texts = before.grown(after) if after else ["the metrics are gone"]
    found = [Finding("no-growth", "service", "", text) for text in texts]
    return [Found(one, Session("no-growth", ()), Transcript(), 1, report.sessions, report.seconds) for one in found]


def _tell(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)
