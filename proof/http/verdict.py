"""What the runs of all callers say together, as text, as JSON and as JUnit XML."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from proof.documents import Json
from proof.http.openapi import operations
from proof.http.run import Outcome

LIMITED = 0.1
"""From this part of refusals by rate on, the limits were tested rather than the operations."""


@dataclass(frozen=True)
class Verdict:
    """Of one run for each caller."""

    document: Json
    outcomes: Sequence[Outcome]
    others: Sequence[str] = ()
    """What was found beside schemathesis, a line each."""

    def faults(self) -> list[str]:
        """One line each; none means that everything has passed.

        That an operation has succeeded is asked of all callers together: a refusal of one without the role is right.
        """
        failed = [f"{one.caller}: {_sum(one)}" for one in self.outcomes if not one.has_passed]
        return [*failed, *self.others, *(f"{label} has succeeded for nobody{self._hint()}" for label in self._barren())]

    def table(self) -> Iterator[str]:
        """Successes and all answers of each operation by each caller; then the excuses that were needed."""
        labels = [one.label for one in operations(self.document)]
        width = max(map(len, labels), default=0)
        yield " " * width + "".join(f"  {one.caller:>15}" for one in self.outcomes)
        for label in labels:
            cells = (f"{one.tally.successes(label)} of {one.tally.total(label)}" for one in self.outcomes)
            yield f"{label:<{width}}" + "".join(f"  {cell:>15}" for cell in cells)
        excused = sum((one.tally.excused for one in self.outcomes), Counter[str]())
        yield from (f"excused {count} times: {reason}" for reason, count in excused.most_common())

    def write_json(self, path: Path) -> None:
        callers = {
            one.caller: {
                "passed": one.has_passed,
                "answers": one.tally.answers,
                "excused": one.tally.excused,
                "report": one.report,
            }
            for one in self.outcomes
        }
        path.write_text(json.dumps({"faults": self.faults(), "callers": callers}, indent=1))

    def write_junit(self, path: Path) -> None:
        """The suites of all callers in one file, and one of our own for what is said of them together."""
        root = ET.Element("testsuites")
        for one in self.outcomes:
            for suite in ET.fromstring(one.junit).iter("testsuite") if one.junit else ():  # nosec B314: our own run wrote it
                suite.set("name", f"{one.caller}: {suite.get('name')}")
                root.append(suite)
        faults = self.faults()
        suite = ET.SubElement(root, "testsuite", name="all callers", tests="1", failures=str(bool(faults) * 1))
        case = ET.SubElement(suite, "testcase", name="every run passes and every operation succeeds for somebody")
        if faults:
            ET.SubElement(case, "failure", message="; ".join(faults))
        ET.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)

    def _barren(self) -> list[str]:
        every = [one.label for one in operations(self.document)]
        return [label for label in every if not any(one.tally.successes(label) for one in self.outcomes)]

    def _hint(self) -> str:
        said = sum((counts for one in self.outcomes for counts in one.tally.answers.values()), Counter[str]())
        limited = sum(count for status, count in said.items() if status.startswith("429"))
        is_limited = limited > LIMITED * said.total()
        return ": rate limits refuse, start the service with RATE_LIMIT_SCALE=1000" if is_limited else ""


def _sum(outcome: Outcome) -> str:
    """The number of each kind of failure, what was left out, or that schemathesis has not got as far as a report."""
    if not outcome.report:
        return f"no verdict, exit code {outcome.code}"
    kinds = [f"{one['title']} ({one['count']})" for one in outcome.report.get("failures", ())]
    errors = len(outcome.report.get("errors", ()))
    counts = outcome.report["operations"]
    said = [*kinds, *([f"{errors} errors"] if errors else [])]
    return ", ".join(said) or f"{counts['tested']} of {counts['total']} operations tested"
