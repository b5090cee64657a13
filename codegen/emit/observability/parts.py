"""What the platform's own dashboards show: the whole at a glance, and one for each part."""

from __future__ import annotations

from codegen.emit.observability.panels import (
    FAULTS,
    JOB,
    LINES,
    SEARCH,
    Panel,
    Part,
    counted,
    log,
    number,
    quantiles,
    rate,
    total,
    worst,
)

FAILED = f"sum(operation:NAME_failed_requests:increase1h{{{JOB}}})"
OVERVIEW = Part(
    "overview",
    "Overview",
    (
        number("Nodes", f"count(NAME_build_info{{{JOB}}})", says="That answer Prometheus."),
        number("Calls a second", rate("requests_total")[0], "reqps"),
        number("Failed in an hour", FAILED, says="By the service's fault."),
        number("99 % answered within", next(iter(quantiles("request_seconds", of=(0.99,))))[0], "s"),
        number("Open sockets", total("sockets")[0]),
        number("Parts that fail", f"count(NAME_part_ready{{{JOB}}} == 0) or vector(0)"),
        Panel("Calls by door", (rate("requests_total", "door"),), "reqps"),
        Panel("Calls that did not end well", (rate("requests_total", "operation code", 'code!="ok"'),), "reqps"),
        Panel("Time in the pipeline", tuple(quantiles("request_seconds", of=(0.5, 0.9, 0.99))), "s"),
        Panel("Refused before the operation began", (rate("refused_total", "by reason"),), "reqps"),
        Panel("In flight", (total("requests_in_flight"), total("requests_running"), total("requests_waiting"))),
        Panel("Alerts that fire", (('ALERTS{alertstate="firing", service="NAME"}', "{{alertname}} {{operation}}"),)),
        Panel("Memory of a node", ((f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}"),), "bytes"),
        Panel("Lateness of the loop", tuple(quantiles("loop_lag_seconds", of=(0.99,))), "s"),
        Panel("Contracts served", ((f"count by (contract) (NAME_build_info{{{JOB}}})", "{{contract}}"),)),
    ),
)
SOCKETS = Part(
    "sockets",
    "Sockets and events",
    (
        Panel("Open sockets", (total("sockets", "instance"),)),
        Panel("Opened and closed", (rate("sockets_opened_total"), rate("sockets_closed_total", "code"))),
        Panel("Handshakes that opened no socket", (rate("socket_handshakes_refused_total", "reason"),)),
        Panel("Frames", (rate("socket_frames_total", "format direction"),)),
        Panel("Bytes", (rate("socket_bytes_total", "format direction"),), "Bps"),
        Panel("Waiting for their sockets", (total("socket_outbox_bytes", "instance"),), "bytes"),
        Panel("Closed as too slow", (rate("slow_consumers_total", "format"),)),
        Panel("Followers by topic", (total("subscriptions", "topic"),)),
        Panel(
            "Events committed and delivered",
            (rate("events_published_total", "topic"), rate("events_delivered_total", "topic")),
        ),
        Panel("Subscriptions resumed", (rate("subscriptions_resumed_total", "outcome"),)),
        Panel("From COMMIT to the hub", tuple(quantiles("event_lag_seconds")), "s"),
        Panel("Committed, not in the stream", (worst("event_outbox_rows"),)),
        Panel("The oldest of them has waited", (worst("event_outbox_age_seconds"),), "s"),
    ),
)
DATABASE = Part(
    "postgresql",
    "PostgreSQL",
    (
        Panel("Connections", (total("database_pool_leased"), total("database_pool_pending"), total("database_pool_size"))),
        Panel("Requests that wait for one", (total("database_pool_waiting", "instance"),)),
        Panel("Time they wait", tuple(quantiles("database_pool_wait_seconds")), "s"),
        Panel("Statements", (rate("database_statement_seconds_count", "statement"),)),
        Panel(
            "Where time goes", (rate("database_statement_seconds_sum", "statement"),), "short",
            "Seconds of statements in a second: how many run at once, on average.",
        ),
        Panel("Statements that fail", (rate("database_statement_errors_total", "statement error"),)),
        Panel("Parts that answer", ((f"min by (part) (NAME_part_ready{{{JOB}}})", "{{part}}"),)),
        Panel("Breakers", (worst("breaker_state", "name"),), says="0 closed, 1 half-open, 2 open."),
    ),
)  # fmt: skip
REDIS = Part(
    "redis",
    "Redis and limits",
    (
        Panel("Commands", (rate("redis_command_seconds_count", "command"),)),
        Panel("Time of a command", tuple(quantiles("redis_command_seconds")), "s"),
        Panel("Commands that fail", (rate("redis_errors_total", "error"),)),
        Panel("Attempts to connect", (rate("redis_connects_total", "outcome"),)),
        Panel("Decisions of the limiter", (rate("limiter_decisions_total", "bucket outcome"),)),
        Panel("Decisions without Redis", (rate("limiter_down_total"),)),
        Panel("Breakers", (worst("breaker_state", "name"),), says="0 closed, 1 half-open, 2 open."),
        Panel("Their changes", (rate("breaker_transitions_total", "name to"),)),
    ),
)
KEYCLOAK = Part(
    "keycloak",
    "Keycloak",
    (
        Panel("What it is asked", (rate("issuer_requests_total", "purpose outcome"),)),
        Panel("Time of its answers", tuple(quantiles("issuer_request_seconds")), "s"),
        Panel("Its breaker", (worst("breaker_state", "name"),), says="0 closed, 1 half-open, 2 open."),
        Panel("Credentials that were refused", (rate("requests_total", "operation", 'code="unauthenticated"'),)),
    ),
)
AUDIT = Part(
    "audit",
    "Audit",
    (
        Panel("Rows written", (rate("audit_written_total", "way"),)),
        Panel("Rows that wait", (total("audit_queue_rows", "instance"),)),
        Panel("The oldest of them has waited", (worst("audit_queue_age_seconds", "instance"),), "s"),
        Panel("Rows wait for their seal", (worst("audit_seal_stalled_seconds"),), "s"),
        Panel("Rows lost, and odd ones", (rate("audit_dropped_total"), rate("audit_quarantined_total"))),
        Panel(
            "Refusals without a row",
            (rate("audit_left_out_total"),),
            says="What limits refuse, and unknown paths, beyond some of each caller.",
        ),
        Panel("Denied", (rate("requests_total", "operation code", 'code=~"unauthenticated|forbidden|rate_limited"'),)),
    ),
)
NODE = Part(
    "nodes",
    "Nodes",
    (
        Panel(
            "CPU",
            ((f"sum by (instance) (rate(process_cpu_seconds_total{{{JOB}}}[$__rate_interval]))", "{{instance}}"),),
        ),
        Panel("Memory", ((f"process_resident_memory_bytes{{{JOB}}}", "{{instance}}"),), "bytes"),
        Panel(
            "Open files", ((f"process_open_fds{{{JOB}}} / process_max_fds{{{JOB}}}", "{{instance}}"),), "percentunit"
        ),
        Panel("Lateness of the loop", tuple(quantiles("loop_lag_seconds")), "s"),
        Panel("Tasks of the loop", (total("tasks", "instance"),)),
        Panel("Background tasks that ended", (rate("task_ends_total", "task"),)),
        Panel("Background tasks in vain", (worst("task_failing", "task"),), says="1 where the last round failed."),
        Panel("Log lines lost", (rate("log_lines_dropped_total"),)),
        Panel("Connections of HTTP", (total("http_connections", "instance"),)),
        Panel("Requests that may be in flight", (total("requests_limit", "instance"),)),
    ),
)
LOGS = Part(
    "logs",
    "Logs",
    (
        Panel("Lines by level", (counted(LINES, "level"),), source="loki"),
        Panel("Failed, slow and sampled requests", (counted(f'{LINES} | event="request.ended"', "operation code"),), source="loki"),
        Panel("Faults by event", (counted(FAULTS, "event"),), source="loki"),
        Panel("Lines of every container", (counted('{container=~".+"}', "container"),), source="loki"),
        Panel("Lines lost", (rate("log_lines_dropped_total"), rate("log_access_lines_left_out_total"))),
        log("Faults", FAULTS, "With their tracebacks."),
        log("Lines with what is searched for", f"{{container=~\".+\"}} |= `{SEARCH}`", "Of all containers: a trace_id, an operation, a subject."),
    ),
)  # fmt: skip


def _by_traefik(metric: str, labels: str) -> tuple[str, str]:
    """Traefik's own counters, which have no product's name and another job."""
    by = ", ".join(labels.split())
    return f"sum by ({by}) (rate(traefik_{metric}[$__rate_interval]))", " ".join(
        f"{{{{{one}}}}}" for one in labels.split()
    )


SLOWEST = "histogram_quantile(0.99, sum by (service, le) (rate(traefik_service_request_duration_seconds_bucket[$__rate_interval])))"
DAY_S = 86_400
TRAEFIK = Part(
    "traefik",
    "Traefik",
    (
        Panel("Calls that came in", (_by_traefik("entrypoint_requests_total", "entrypoint code"),), "reqps"),
        Panel("Calls by part", (_by_traefik("service_requests_total", "service code"),), "reqps"),
        Panel("99 % answered within", ((SLOWEST, "{{service}}"),), "s", "From Traefik's side: with the way to the part, and its waiting."),
        Panel("Nodes that take calls", (("min by (service, url) (traefik_service_server_up)", "{{url}}"),), says="0 where `/readyz` said no."),
        Panel("Calls sent to another node", (_by_traefik("service_retries_total", "service"),), says="The first had closed its port."),
        Panel("Open connections", (("sum by (entrypoint) (traefik_open_connections)", "{{entrypoint}}"),)),
        Panel("Bytes out", (_by_traefik("entrypoint_responses_bytes_total", "entrypoint"),), "Bps"),
        Panel("Days until the certificate ends", ((f"min by (cn) (traefik_tls_certs_not_after - time()) / {DAY_S}", "{{cn}}"),)),
    ),
)  # fmt: skip
PARTS = (SOCKETS, DATABASE, REDIS, KEYCLOAK, AUDIT, NODE, LOGS, TRAEFIK)
