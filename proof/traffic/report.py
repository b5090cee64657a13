"""What a replay found, for people, for CI (JUnit) and for programs (JSON)."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from xml.etree import ElementTree

from proof.documents import Json
from proof.traffic.judge import CHECKS, Difference
from proof.traffic.play import Tally
from proof.ws.transcript import printable

SHOWN = 400
"""Characters of a value."""


def is_ignored(one: Difference, ignored: Sequence[str]) -> bool:
    """By `CHECK`, `CHECK:ABOUT` or `CHECK:ABOUT:/pointer`, whose `*` stands for any part."""
    return any(_is_meant(one, *_words(word)) for word in ignored)


def _words(word: str) -> tuple[str, str, str]:
    check, _, rest = word.partition(":")
    about, _, pointer = rest.partition(":/")
    return check, about, f"/{pointer}" if pointer else ""


def _is_meant(one: Difference, check: str, about: str, pointer: str) -> bool:
    if check != one.check or about not in ("", one.about):
        return False
    asked, there = pointer.split("/"), one.pointer.split("/")
    return not pointer or (len(asked) == len(there) and all(a in ("*", b) for a, b in zip(asked, there, strict=True)))


def described(one: Difference) -> str:
    """With both values, where there are any."""
    lines = [printable(str(one)), f"  {CHECKS[one.check]}"]
    if one.pointer and (one.recorded is not None or one.now is not None):
        lines += [f"  recorded  {_value(one.recorded)}", f"  now       {_value(one.now)}"]
    return "\n".join(lines)


def _value(value: Any) -> str:
    text = printable(json.dumps(value, ensure_ascii=False, default=str))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}… ({len(text)} characters)"


def summary(tally: Tally, found: Sequence[Difference], ignored: int) -> str:
    """One line for each operation, then what was not played or not judged, and the verdict."""
    wrong = Counter(one.about for one in found)
    lines = [f"{'asked':<48} {'played':>7} {'different':>10}"]
    for name in sorted({*tally.played, *wrong}):
        lines.append(f"{name:<48} {tally.played[name]:>7} {wrong[name]:>10}")
    lines += [f"not judged: {count} times: {why}" for why, count in sorted(tally.unjudged.items())]
    lines += [f"not played: {count} times: {printable(why)}" for why, count in sorted(tally.left_out.items())]
    told = f", {ignored} ignored" if ignored else ""
    count = f"{len(found)} difference{'' if len(found) == 1 else 's'}" if found else "no differences"
    lines.append(f"{sum(tally.played.values())} played in {tally.seconds:.0f} s: {count}{told}")
    return "\n".join(lines)


def as_json(tally: Tally, found: Sequence[Difference], ignored: int) -> Json:
    return {
        "played": dict(tally.played),
        "seconds": round(tally.seconds, 1),
        "not_judged": dict(tally.unjudged),
        "not_played": dict(tally.left_out),
        "ignored": ignored,
        "differences": [asdict(one) for one in found],
    }


def as_junit(tally: Tally, found: Sequence[Difference]) -> str:
    """A case for each check of whatever was asked; those with a difference have failed."""
    failed: dict[tuple[str, str], list[Difference]] = {}
    for one in found:
        failed.setdefault((one.check, one.about), []).append(one)
    names = {(check, about) for about in tally.played for check in CHECKS} | failed.keys()
    suite = ElementTree.Element("testsuite", name="proof replay", tests=str(len(names)), failures=str(len(failed)))
    for check, about in sorted(names):
        case = ElementTree.SubElement(suite, "testcase", classname=printable(about), name=check)
        if (check, about) in failed:
            told = failed[check, about]
            failure = ElementTree.SubElement(case, "failure", message=printable(told[0].text))
            failure.text = "\n\n".join(map(described, told))
    return ElementTree.tostring(suite, encoding="unicode")
