"""What one family of metrics is: its name, what it means, its labels with the values that they may have, and how workers' are joined."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from generated.product import NAME


class Kind(StrEnum):
    """As the text exposition format names it."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Join(StrEnum):
    """How what the workers of a node say becomes what the node says."""

    SUM = "sum"
    GREATEST = "greatest"
    """They say the same thing of what they share, or the worst is what counts."""
    LEAST = "least"
    """Of moments: since when; and of what is so for the node only where it is for each worker."""


class Words(StrEnum):
    """Closed sets that are not the platform's: `Vocabulary` has their values."""

    OPERATIONS = "an operation of the contract"
    CODES = "`ok`, `cancelled`, `other`, or a code of the contract's errors"
    CLOSE_CODES = "a close code of the contract or of RFC 6455, or `other`"
    REFUSALS = "a code of the contract's errors; of a credential, a reason of `app/auth/credential_refused.py`"
    BUCKETS = "a bucket of the contract's limits"
    TOPICS = "a topic of the contract"
    TASKS = "a background task; `/readyz` of the admin port lists them"
    PARTS = "a part that `/readyz` of the admin port names"
    STATEMENTS = "the name that a statement was compiled with, else its verb and table; at most 500, then `other`"
    BUILD = "one value"


@dataclass(frozen=True, slots=True)
class Label:
    """`values` are all that there are, or who has them."""

    name: str
    values: tuple[str, ...] | Words


@dataclass(frozen=True, slots=True)
class Family:
    """`name` is without the product's, unless it `is_foreign`: a name that programs of all kinds have. A counter's ends with
    `_total`, and what has a unit names it at its end: seconds, bytes."""

    name: str
    kind: Kind
    text: str
    labels: tuple[Label, ...] = ()
    join: Join = Join.SUM
    bounds: tuple[float, ...] = ()
    """Of a histogram: the upper bound of each of its buckets but the last, which has none."""
    is_foreign: bool = False

    @property
    def full_name(self) -> str:
        """As it is exposed."""
        return self.name if self.is_foreign else f"{NAME}_{self.name}"

    @property
    def unit(self) -> str:
        """What one is."""
        stem = self.name.removesuffix("_total")
        return next((one for one in ("seconds", "bytes") if stem.endswith(f"_{one}")), "count")
