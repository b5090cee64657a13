"""A panel's queries ask for the jobs that the reader chose, and are parted as they say."""

from __future__ import annotations

import pytest

from codegen.emit.observability.panels import number, quantiles, rate, total, worst


@pytest.mark.parametrize(
    ("made", "query", "legend"),
    [
        (rate("a_total"), 'sum(rate(NAME_a_total{job=~"$job"}[$__rate_interval]))', "a"),
        (
            rate("a_total", "door code", 'code!="ok"'),
            'sum by (door, code) (rate(NAME_a_total{code!="ok", job=~"$job"}[$__rate_interval]))',
            "{{door}} {{code}}",
        ),
        (total("open_sockets"), 'sum(NAME_open_sockets{job=~"$job"})', "open sockets"),
        (worst("age_seconds", "instance"), 'max by (instance) (NAME_age_seconds{job=~"$job"})', "{{instance}}"),
    ],
)
def test_a_query_and_its_legend(made: tuple[str, str], query: str, legend: str) -> None:
    assert made == (query, legend)


def test_quantiles_are_of_the_whole_service() -> None:
    (median, _), (_, legend) = quantiles("t_seconds", 'operation="o"')
    assert median == (
        'histogram_quantile(0.5, sum by (le) (rate(NAME_t_seconds_bucket{operation="o", job=~"$job"}[$__rate_interval])))'
    )
    assert legend == "p99"


def test_a_number_is_narrow() -> None:
    assert (number("Nodes", "up").kind, number("Nodes", "up").width) == ("number", 4)
