"""What the platform's own dashboards show: the whole at a glance, and one for each part."""

from __future__ import annotations

from codegen.emit.observability.panels import Panel, Part, number, quantiles, rate, total, worst

OVERVIEW = Part(
    "overview",
    "Overview",
    (
        number("Nodes", 'count(NAME_build_info{job=~"$job"})', says="That answer Prometheus."),
        number("Calls a second", rate("requests_total")[0], "reqps"),
        number("Sockets", total("sockets")[0]),
        number(
            "Failed calls",
            'sum(rate(NAME_requests_total{code=~"internal|timeout|unavailable|outcome_unknown|other", job=~"$job"}[$__rate_interval]))'
            ' / sum(rate(NAME_requests_total{job=~"$job"}[$__rate_interval]))',
            "percentunit",
            "By the service's fault.",
        ),
        number("99 % answered within", next(iter(quantiles("request_seconds", of=(0.99,))))[0], "s"),
        number(
            "Contracts served",
            'count(count by (contract) (NAME_build_info{job=~"$job"}))',
            says="More than one: a release is under way.",
        ),
        Panel("Calls by door", (rate("requests_total", "door"),), "reqps"),
        Panel("Calls that did not end well", (rate("requests_total", "operation code", 'code!="ok"'),), "reqps"),
        Panel("Time in the pipeline", tuple(quantiles("request_seconds", of=(0.5, 0.9, 0.99))), "s"),
        Panel("Refused before the operation began", (rate("refused_total", "by reason"),), "reqps"),
        Panel("Memory", (worst("process_resident_memory_bytes", "instance"),), "bytes"),
        Panel("Alerts", (('ALERTS{alertstate="firing", service="NAME"}', "{{alertname}}"),)),
    ),
)
PARTS: tuple[Part, ...] = ()
