"""The catalogue is in order: names, units, bounds, and a group for each family."""

from __future__ import annotations

import re

from app.telemetry.metrics.catalogue import GROUPS, REQUEST_BOUNDS, Catalogue
from app.telemetry.metrics.family import Join, Kind


def test_names_follow_the_field_s_rules_and_are_there_once() -> None:
    names = [one.value.name for one in Catalogue]
    assert len(set(names)) == len(names)
    assert [one for one in names if not re.fullmatch(r"[a-z]+(_[a-z]+)*", one)] == []
    for one in Catalogue:
        assert (one.value.kind is Kind.COUNTER) == one.value.name.endswith("_total"), one
        assert (one.value.kind is Kind.HISTOGRAM) == bool(one.value.bounds), one


def test_bounds_rise_and_targets_from_1_ms_to_10_s_stand_on_one() -> None:
    for one in Catalogue:
        assert list(one.value.bounds) == sorted(set(one.value.bounds)), one
    assert {0.001, 0.01, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0} <= set(REQUEST_BOUNDS)


def test_each_family_is_in_one_group() -> None:
    for one in Catalogue:
        groups = [name for name, starts in GROUPS.items() if one.name.startswith(starts)]
        assert len(groups) == 1, (one, groups)


def test_counters_and_histograms_are_added_up() -> None:
    growing = [one for one in Catalogue if one.value.kind is not Kind.GAUGE]
    assert {one.value.join for one in growing} == {Join.SUM}
