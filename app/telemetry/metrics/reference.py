"""`docs/metrics.md` from the catalogue: `python -m app metrics` writes it, and a test holds it fresh."""

from __future__ import annotations

from collections.abc import Iterator

from app.telemetry.metrics.catalogue import GROUPS, USUAL_BOUNDS, Catalogue
from app.telemetry.metrics.family import Family, Kind, Label, Words

HEAD = """# Metrics

What a node tells at `/metrics` of its admin port. This page is written by `python -m app metrics` from
`app/telemetry/metrics/catalogue.py`; a test holds that a node which runs tells these families and no others.

- `<product>` is the product's name (`x-name` of the contract). Times are seconds, sizes bytes.
- A label's values are closed sets: of the platform, and then they stand here, or of the contract. None is a caller's.
- The admin port tells of the node, the public port (outside of production) of the one worker that answers. The column *joined* says how
  what several workers tell becomes what the node tells: added up, the greatest, or the least. Counters and the buckets of histograms
  are added up, and what a worker had counted stays when it goes.
- A family without a sample is told all the same: nothing has happened yet.
"""


def reference() -> str:
    """The whole page."""
    parts = [HEAD]
    for group, starts in GROUPS.items():
        families = [one.value for one in Catalogue if one.name.startswith(starts)]
        parts.append(
            f"\n## {group}\n\n| family | type | unit | joined | labels | what it is |\n|---|---|---|---|---|---|\n"
        )
        parts += [_row(one) for one in families]
    parts.append("\n## Buckets\n\n| family | upper bounds in seconds |\n|---|---|\n")
    parts += _bounds()
    return "".join(parts)


def name_of(family: Family) -> str:
    """As the page has it: the same in all products."""
    return family.name if family.is_foreign else f"<product>_{family.name}"


def _row(family: Family) -> str:
    labels = "; ".join(_label(one) for one in family.labels) or "none"
    facts = (f"`{name_of(family)}`", family.kind, family.unit, family.join, labels, family.text)
    return f"| {' | '.join(facts)} |\n"


def _label(label: Label) -> str:
    values = label.values
    return f"`{label.name}`: {values if isinstance(values, Words) else ', '.join(f'`{one}`' for one in values)}"


def _bounds() -> Iterator[str]:
    for one in Catalogue:
        if one.value.kind is Kind.HISTOGRAM:
            is_of_contract = one is Catalogue.REQUEST_SECONDS
            bounds = ", ".join(f"{bound:g}" for bound in (USUAL_BOUNDS if is_of_contract else one.value.bounds))
            yield f"| `{name_of(one.value)}` | {bounds}{', and the times of x-slo' if is_of_contract else ''} |\n"
