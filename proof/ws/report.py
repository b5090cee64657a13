"""What was found and what was tried, for people, for CI (JUnit) and for programs (JSON); and each finding as a file to play again and as a test."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from proof.documents import Json
from proof.ws.checks import IDS
from proof.ws.replay import Target
from proof.ws.search import Found, Report
from proof.ws.session import to_json
from proof.ws.transcript import printable

TEST = '''"""Found by `python -m proof ws`: {line}"""

from __future__ import annotations

import os
from pathlib import Path

from proof.ws.replay import Target, replay

TARGET = Target(
    os.environ.get("SERVICE_URL", {url!r}),
    asyncapi={asyncapi!r},
    specs={specs},
    channel={channel!r},
    users={users!r},
    tokens={tokens!r},
)


def test_{name}() -> None:
    """{text}"""
    assert replay(Path(__file__).with_name({file!r}), TARGET) == []
'''
UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")
NAME_LENGTH = 80
UNSAID = "-"
"""The code of a call without a reply, or whose reply has no status, as other contracts may have it."""


def write_findings(report: Report, folder: Path, target: Target) -> list[Path]:
    """A replay file, a transcript and a pytest module for each finding; what an earlier run left there goes."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in [*folder.glob("finding-*"), *folder.glob("test_finding_*.py")]:
        old.unlink()
    return [_write(one, folder, number, target) for number, one in enumerate(report.found, 1)]


def _write(one: Found, folder: Path, number: int, target: Target) -> Path:
    name = UNSAFE.sub("_", f"{number}-{one.finding.check}-{one.finding.about}")[:NAME_LENGTH]
    replay = folder / f"finding-{name}.json"
    replay.write_text(to_json(one.session), encoding="utf-8")
    (folder / f"finding-{name}.txt").write_text(f"{described(one)}\n", encoding="utf-8")
    module = name.replace("-", "_")
    test = TEST.format(
        line=IDS[one.finding.check],
        name=module,
        text=_docstring(one.finding.text),
        file=replay.name,
        url=target.url,
        asyncapi=_from_anywhere(target.asyncapi),
        specs=f"Path({str(target.specs.absolute())!r})" if target.specs else None,
        channel=target.channel,
        users=tuple(map(_without_password, target.users)),
        tokens=target.tokens,
    )
    (folder / f"test_finding_{module}.py").write_text(test, encoding="utf-8")
    return replay


def _docstring(text: str) -> str:
    """Plain letters, without what ends or escapes a Python string."""
    return text.encode("unicode_escape").decode().replace('"', "'").replace("\\", "/")[:200]


def _from_anywhere(asyncapi: str) -> str:
    """pytest may be started in another folder."""
    return str(Path(asyncapi).absolute()) if asyncapi and "://" not in asyncapi else asyncapi


def _without_password(user: str) -> str:
    """No secret is written to a file; who has another password than the name logs in by a token there."""
    return user.partition(":")[0]


def described(one: Found) -> str:
    """The finding with its whole transcript."""
    finding = one.finding
    head = f"{finding.check}: {finding.about}{f' over {finding.encoding}' if finding.encoding else ''}: {finding.text}"
    head = printable(head)
    seen = f"seen after {one.sessions} sessions, {one.at_s:.1f} s; shows in {one.shows} of 3 when it is played again"
    return f"{head}\n  {IDS[finding.check]}\n  {seen}\n\n{one.transcript}"


def summary(report: Report) -> str:
    """One line for each operation and encoding."""
    rows: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (operation, encoding, code), count in report.calls.items():
        rows[operation, encoding][code] += count
    lines = [f"{'operation':<32} {'encoding':<20} {'calls':>7} {'ok':>7}  refused as"]
    for (operation, encoding), codes in sorted(rows.items()):
        others = ", ".join(
            f"{code} {count}" for code, count in sorted(codes.items(), key=lambda one: -one[1]) if code != "ok"
        )
        lines.append(f"{operation:<32} {encoding:<20} {sum(codes.values()):>7} {codes['ok']:>7}  {others}")
    failed = {operation for (operation, _), codes in rows.items() if codes.keys() - {"ok", UNSAID}}
    never = sorted(failed - {operation for (operation, _), codes in rows.items() if codes["ok"]})
    lines += [f"warning: {name} never succeeded; what it answers was not proven" for name in never]
    lines.append(
        f"{report.sessions} sessions, {sum(report.calls.values())} calls in {report.seconds:.0f} s, seed {report.seed}: "
        f"{len(report.found) or 'no'} finding{'' if len(report.found) == 1 else 's'}"
    )
    return "\n".join(lines)


def as_json(report: Report) -> Json:
    calls = [
        {"operation": a, "encoding": b, "code": c, "count": count} for (a, b, c), count in sorted(report.calls.items())
    ]
    return {
        "seed": report.seed,
        "sessions": report.sessions,
        "seconds": round(report.seconds, 1),
        "plans": dict(report.plans),
        "calls": calls,
        "ignored": dict(report.ignored),
        "findings": [_finding(one) for one in report.found],
    }


def _finding(one: Found) -> Json:
    told: dict[str, Any] = {"check": one.finding.check, "about": one.finding.about, "encoding": one.finding.encoding}
    return told | {
        "text": one.finding.text,
        "shows": one.shows,
        "at_s": round(one.at_s, 1),
        "session": json.loads(to_json(one.session)),
    }


def as_junit(report: Report) -> str:
    """A case for each check of each operation and encoding; those with a finding have failed."""
    failed = {one.finding.name: one for one in report.found}
    names = {(check, operation, encoding) for operation, encoding, _ in report.calls for check in IDS} | failed.keys()
    suite = ElementTree.Element("testsuite", name="proof ws", tests=str(len(names)), failures=str(len(failed)))
    for name in sorted(names):
        check, about, encoding = name
        place = printable(f"{about}.{encoding or 'any'}")
        case = ElementTree.SubElement(suite, "testcase", classname=place, name=check)
        if name in failed:
            failure = ElementTree.SubElement(case, "failure", message=printable(failed[name].finding.text))
            failure.text = described(failed[name])
    return ElementTree.tostring(suite, encoding="unicode")
