"""What PostgreSQL's refusals mean to a caller: one table from SQLSTATE (PostgreSQL's Appendix A) to the error catalogue.

`unavailable` promises that nothing happened and that a later call may succeed; what no row names is ours: `internal`.
"""

from __future__ import annotations

from enum import Enum

import asyncpg
import structlog

from generated.errors import ApiError, ChangedMeanwhile, Internal, InvalidData, OutcomeUnknown, Unavailable

RETRY_S = 1
log = structlog.get_logger(__name__)


class Meaning(Enum):
    """The class of the catalogue; `LOST` is Unavailable, and the connection is not used again."""

    LOST = "lost"
    """The session has ended, and its transaction with it. Of a COMMIT that was under way `transaction` says more."""
    UNAVAILABLE = "unavailable"
    """Nothing happened, and the same call may succeed later."""
    OUTCOME_UNKNOWN = "outcome_unknown"
    """It may have happened."""
    CHANGED_MEANWHILE = "changed_meanwhile"
    """A constraint that no repository knew better: another change came first."""
    INVALID_DATA = "invalid_data"
    """The caller's value; the same call fails again."""
    INTERNAL = "internal"
    """Our fault, such as SQL that is wrong."""


MEANINGS = {
    "08": Meaning.LOST,  # connection exception
    "0A000": Meaning.UNAVAILABLE,  # feature not supported: a cached plan after a migration
    "22000": Meaning.INVALID_DATA,  # data exception: asyncpg's own, before anything was sent
    "22003": Meaning.INVALID_DATA,  # numeric value out of range
    "22008": Meaning.INVALID_DATA,  # datetime field overflow
    "22021": Meaning.INVALID_DATA,  # character not in repertoire
    "22P05": Meaning.INVALID_DATA,  # untranslatable character
    "23001": Meaning.CHANGED_MEANWHILE,  # restrict violation
    "23503": Meaning.CHANGED_MEANWHILE,  # foreign key violation
    "23505": Meaning.CHANGED_MEANWHILE,  # unique violation
    "23P01": Meaning.CHANGED_MEANWHILE,  # exclusion violation
    "25006": Meaning.LOST,  # read-only transaction: a standby, or a primary that was one
    "25P03": Meaning.LOST,  # idle-in-transaction timeout
    "25P04": Meaning.LOST,  # transaction timeout
    "28": Meaning.UNAVAILABLE,  # invalid authorization
    "3D000": Meaning.UNAVAILABLE,  # no such database
    "3F000": Meaning.UNAVAILABLE,  # no such schema
    "40": Meaning.UNAVAILABLE,  # serialization failure, deadlock: rolled back whole
    "40003": Meaning.OUTCOME_UNKNOWN,  # statement completion unknown
    "42501": Meaning.UNAVAILABLE,  # privilege revoked
    "42703": Meaning.UNAVAILABLE,  # no such column: another schema than this release's
    "42883": Meaning.UNAVAILABLE,  # no such function: the same
    "42P01": Meaning.UNAVAILABLE,  # no such table: the same
    "53": Meaning.UNAVAILABLE,  # disk full, out of memory, too many connections
    "55": Meaning.UNAVAILABLE,  # lock not available, object in use
    "57": Meaning.LOST,  # shutdown, crash, cannot connect now
    "57014": Meaning.UNAVAILABLE,  # query cancelled
    "58": Meaning.UNAVAILABLE,  # system error: I/O
}
"""A whole SQLSTATE goes before its class, which is its first two characters."""


def meaning_of(error: asyncpg.PostgresError) -> Meaning:
    """INTERNAL for a state that no row names, and for an error without one."""
    state = error.sqlstate or ""
    return MEANINGS.get(state) or MEANINGS.get(state[:2], Meaning.INTERNAL)


def refusal_of(error: asyncpg.PostgresError) -> ApiError:
    """The error of the catalogue; logs the state and PostgreSQL's own words, which never reach a caller."""
    meaning = meaning_of(error)
    log.warning("database.refused", sqlstate=error.sqlstate, meaning=meaning.value, detail=str(error)[:200])
    match meaning:
        case Meaning.LOST | Meaning.UNAVAILABLE:
            return Unavailable(retry_after_s=RETRY_S)
        case Meaning.OUTCOME_UNKNOWN:
            return OutcomeUnknown(retry_after_s=RETRY_S)
        case Meaning.CHANGED_MEANWHILE:
            return ChangedMeanwhile()
        case Meaning.INVALID_DATA:
            return InvalidData("A value is out of range.")
        case Meaning.INTERNAL:
            return Internal()


def refusal_for(error: Exception) -> ApiError | None:
    """The same for an error that nobody on its way knew better, such as a violated constraint; None where it is not
    PostgreSQL's."""
    return refusal_of(error) if isinstance(error, asyncpg.PostgresError) else None
