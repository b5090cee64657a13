"""Alerts on the service's own parts, whatever its contract is: what is lost, what is away, and what will soon be too little."""

from __future__ import annotations

from codegen.emit.observability.alerts import Alert

GONE = (
    Alert(
        "TargetIsGone",
        "page",
        "up == 0",
        "2m",
        "{{ $labels.instance }} of {{ $labels.job }} does not answer Prometheus",
        "A process that Prometheus watches is away, or the way to it. Other nodes serve its callers meanwhile.",
        (
            "What the orchestrator says of it: exit code and last lines. 78 is a setting, and the line says which.",
            "Whether Prometheus reaches it: a node's admin port is `ADMIN_HOST` and `ADMIN_PORT` of docs/settings.md.",
        ),
    ),
    Alert(
        "NobodyServes",
        "page",
        "absent(NAME_build_info)",
        "2m",
        "Prometheus sees no node of NAME",
        "No node says that it runs: all are away, or Prometheus looks for them in the wrong place.",
        (
            "Whether callers are served: ask `/livez` from outside. If they are, mend Prometheus' targets.",
            "If they are not: what changed last. Go back to the release before, or start the nodes.",
        ),
    ),
    Alert(
        "PartIsDown",
        "page",
        "NAME_part_ready == 0",
        "1m",
        "{{ $labels.part }} does not serve {{ $labels.instance }}",
        "A part that the node cannot serve without fails, so that the node says at `/readyz` that it takes no requests.",
        (
            "`/readyz` of the node's admin port says why, and `python -m app doctor` beside it what to do.",
            "If it is the database: whether it runs, takes connections, has room on its disk, and is the one that takes writes.",
            "If it is one node of several: take it out; if it is all of them, it is the part.",
        ),
    ),
    Alert(
        "BreakerIsOpen",
        "ticket",
        "NAME_breaker_state > 0",
        "5m",
        "{{ $labels.name }} is not asked any more by {{ $labels.instance }}",
        "What stands behind the breaker failed again and again, so it is asked only now and then. Without Keycloak nobody logs in, and tokens "
        "are good until they end; without Redis limits are counted per node and events wait; without PostgreSQL the node is not ready.",
        (
            "Whether it runs and is reached from the node: `python -m app doctor`.",
            "The log: lines `breaker.transition`, with the reason, or before them `keycloak.failed`.",
        ),
    ),
)
LOST = (
    Alert(
        "AuditRowsAreLost",
        "page",
        "increase(NAME_audit_dropped_total[15m]) > 0",
        "0m",
        "{{ $labels.instance }} lost audit rows",
        "Rows of the audit log are nowhere: the queue was full, or the node ended while PostgreSQL was away. Rows of operations with "
        "`x-audit: required` are not among them, these are written in their transaction.",
        (
            "Whether PostgreSQL is away or slow: PartIsDown, and **PostgreSQL**.",
            "The log: `audit rows lost at stop` says how many. What was done in that time is in the access lines, by trace id.",
        ),
    ),
    Alert(
        "AuditIsLate",
        "ticket",
        "NAME_audit_queue_age_seconds > 60",
        "5m",
        "Audit rows wait for more than a minute on {{ $labels.instance }}",
        "Rows wait in memory for PostgreSQL. The queue is bounded: when it is full, rows are lost.",
        (
            "Whether PostgreSQL takes writes, and whether `audit_log` is locked: `select * from pg_locks where not granted`.",
        ),
    ),
    Alert(
        "AuditRowsAreOdd",
        "ticket",
        "increase(NAME_audit_quarantined_total[1h]) > 0",
        "0m",
        "PostgreSQL refused audit rows of {{ $labels.instance }}",
        "Rows that the audit log's table did not take stand in `audit_quarantine`, with the reason.",
        (
            "Read the newest rows of `audit_quarantine`: the reason says which value it was. Such a value is a defect of ours.",
        ),
    ),
    Alert(
        "AuditIsNotSealed",
        "ticket",
        "NAME_audit_seal_stalled_seconds > 300",
        "5m",
        "Audit rows have waited for their seal for {{ $value }} s",
        "A transaction that writes audit rows stays open. Until it ends, rows that were committed since can be changed unseen.",
        (
            "Who holds it: `select pid, state, query from pg_stat_activity order by xact_start`. End that session if it is forgotten.",
        ),
    ),
    Alert(
        "EventsAreLate",
        "page",
        "NAME_event_outbox_age_seconds > 30",
        "2m",
        "Committed events wait for more than half a minute",
        "Events are safe in PostgreSQL and do not come to those who follow them: Redis is away, or nobody moves them.",
        (
            "Whether Redis is there: BreakerIsOpen, and **Redis and limits**.",
            "Whether the mover lives: `NAME_task_ends_total` of it, and its lines in the log.",
        ),
    ),
    Alert(
        "EventsWereMissed",
        "ticket",
        "increase(NAME_events_missed_total[15m]) > 0",
        "0m",
        "Events left the history of a topic before {{ $labels.instance }} had read them",
        "A worker was so late that the topic's history no longer had what it had to read. Sockets on it are told to resume.",
        (
            "Whether the loop was held up (LoopIsHeldUp) or Redis was slow.",
            "Whether the topic's `history` in specs/policy.yaml is long enough for its rate.",
        ),
    ),
    Alert(
        "LogLinesAreLost",
        "ticket",
        "increase(NAME_log_lines_dropped_total[15m]) > 0",
        "0m",
        "{{ $labels.instance }} could not write log lines",
        "Whoever reads the log is slower than it is written, or its disk is full. Requests do not wait for the log, so lines are dropped.",
        ("Whether the collector of logs runs, and the disk below it has room.",),
    ),
)
FULL = (
    Alert(
        "RequestsAreRefused",
        "page",
        'sum by (job) (rate(NAME_refused_total{by=~"gate|places"}[5m]))'
        " > 0.05 * sum by (job) (rate(NAME_requests_total[5m]))",
        "5m",
        "{{ $labels.job }} refuses more than 5 % of its calls since it has too much to do",
        "More comes in than the nodes can do, so that calls are refused before they cost anything. What is accepted is answered.",
        (
            "Whether it is more than usual, and from whom: *Calls by door* of **Overview**, *Calls* in the dashboard of each feature, and the "
            "audit log by address.",
            "Whether something makes each call dear: *Where time goes* and *Time they wait* of **PostgreSQL**, *Lateness of the loop* of **Overview**.",
            "Add nodes; look at the pools against PostgreSQL's `max_connections` first.",
        ),
    ),
    Alert(
        "ConnectionsAreRefused",
        "ticket",
        'rate(NAME_database_pool_wait_seconds_count{outcome="refused"}[5m]) > 0',
        "5m",
        "Requests of {{ $labels.instance }} get no connection to PostgreSQL in time",
        "All connections of the pool are in use for longer than a request may wait for one.",
        (
            "Which statement holds them: *Where time goes* of **PostgreSQL**, and lines `database.slow_statement` in the log.",
            "Whether one waits for a lock: `select * from pg_stat_activity where wait_event_type = 'Lock'`.",
            "A larger pool (`DATABASE_CONNECTIONS`) helps only if PostgreSQL has CPU left.",
        ),
    ),
    Alert(
        "LoopIsHeldUp",
        "ticket",
        "histogram_quantile(0.99, sum by (job, instance, le) (rate(NAME_loop_lag_seconds_bucket[5m]))) > 0.25",
        "5m",
        "The event loop of {{ $labels.instance }} is late by more than a quarter of a second",
        "Something computes for long without giving the loop a turn, or the machine has too little CPU. Every request of the worker waits for it.",
        (
            "Whether CPU is used up: *CPU* of **Nodes**. Then add workers or nodes.",
            "Else a handler that came with the last release: what blocks belongs in a thread.",
        ),
    ),
    Alert(
        "FilesRunOut",
        "ticket",
        "process_open_fds / process_max_fds > 0.8",
        "10m",
        "{{ $labels.instance }} has opened 80 % of the files that it may",
        "Each connection is a file. At the limit new ones are refused, and those that are there go on.",
        ("Whether sockets grow as they should; if so raise the limit (`ulimit -n`, `LimitNOFILE`) or add nodes.",),
    ),
    Alert(
        "ConsumersAreSlow",
        "ticket",
        "increase(NAME_slow_consumers_total[15m]) > 10",
        "0m",
        "Sockets of {{ $labels.instance }} are closed since they take too little",
        "Clients do not read what they subscribed to as fast as it comes, and are closed with 4430; they connect again.",
        (
            "Whether all of them are of one client or network. Events may be too many or too large for what they are used for.",
        ),
    ),
)
ODD = (
    Alert(
        "TaskDoesNotLive",
        "ticket",
        "increase(NAME_task_ends_total[15m]) >= 3",
        "0m",
        "The background task {{ $labels.task }} of {{ $labels.instance }} ends again and again",
        "A task that is to live as long as the node ends with an error and is started again after a pause.",
        ("The log: lines `task.restarts` have the reason.",),
    ),
    Alert(
        "TaskFails",
        "ticket",
        "NAME_task_failing == 1",
        "10m",
        "The background task {{ $labels.task }} of {{ $labels.instance }} works in vain",
        "Round after round of it fails while the node serves: audit rows are not sealed, months of the audit log are neither made nor dropped, "
        "stored answers are not deleted, or sessions that have ended are not learnt of.",
        (
            "`/readyz` of the node's admin port says why at `tasks`; the log has the same when it began.",
            "If the database is there (see PartIsDown), the role lacks a right: docs/audit.md says which the audit log asks for.",
        ),
    ),
    Alert(
        "LimiterIsAlone",
        "ticket",
        "rate(NAME_limiter_down_total[5m]) > 0",
        "10m",
        "{{ $labels.instance }} limits without Redis",
        "Limits are counted by each node for itself, as `when_down` of the bucket in specs/policy.yaml says.",
        ("Whether Redis is there and fast: *Time of a command* and *Commands that fail* of **Redis and limits**.",),
    ),
    Alert(
        "IssuerFails",
        "ticket",
        'sum by (job, instance) (rate(NAME_issuer_requests_total{outcome="failed"}[5m]))'
        " > 0.1 * sum by (job, instance) (rate(NAME_issuer_requests_total[5m]))",
        "5m",
        "More than 10 % of what {{ $labels.instance }} asks Keycloak fails",
        "Keycloak is away, slow, or does not know us. Who is logged in goes on until the token ends.",
        (
            "Whether Keycloak runs; then `python -m app doctor`, which compares realm, client and roles with the contract.",
            "The log: lines `keycloak.failed`, `keycloak.misconfigured` and `jwks.refresh_failed` have status and reason.",
        ),
    ),
    Alert(
        "ReleaseIsStuck",
        "ticket",
        "count by (job) (count by (job, contract) (NAME_build_info)) > 1",
        "1h",
        "{{ $labels.job }} has served more than one contract for an hour",
        "A release did not reach all nodes. Two contracts at once are fine for as long as a release takes, if the gate passed.",
        ("Which nodes are behind: `NAME_build_info`. Finish the release, or take it back.",),
    ),
)
ALERTS: tuple[Alert, ...] = (*GONE, *LOST, *FULL, *ODD)
