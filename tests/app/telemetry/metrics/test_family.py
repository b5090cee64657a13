"""A family bears the product's name, unless every program has it."""

from __future__ import annotations

from app.telemetry.metrics.catalogue import Catalogue
from app.telemetry.metrics.family import Family, Kind
from generated.product import NAME


def test_a_family_bears_the_product_s_name_unless_programs_of_all_kinds_have_it() -> None:
    assert Catalogue.SOCKETS.value.full_name == f"{NAME}_sockets"
    assert Catalogue.PROCESS_CPU.value.full_name == "process_cpu_seconds_total"


def test_the_unit_is_what_the_name_says() -> None:
    units = {
        name: Family(name, Kind.GAUGE, "").unit for name in ("a_seconds", "a_seconds_total", "a_bytes", "a_total", "a")
    }
    assert list(units.values()) == ["seconds", "seconds", "bytes", "count", "count"]
