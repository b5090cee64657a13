"""Every family of metrics that a node serves, in groups; `docs/metrics.md` is written from here, and so is how workers are joined."""

from __future__ import annotations

from enum import Enum

from app.telemetry.metrics.family import Family, Join, Kind, Label, Words
from generated.operations import LATENCY_OBJECTIVES

USUAL_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
REQUEST_BOUNDS = tuple(sorted({*USUAL_BOUNDS, *LATENCY_OBJECTIVES}))
"""With the times that the contract promises, so that who keeps them can be counted."""
PART_BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 5.0)
"""Of what a request is made of: statements, commands of Redis."""
WAIT_BOUNDS = (0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

OPERATION = Label("operation", Words.OPERATIONS)
DOOR = Label("door", ("http", "websocket"))
FORMAT = Label("format", ("json", "protobuf"))
DIRECTION = Label("direction", ("in", "out"))
TOPIC = Label("topic", Words.TOPICS)
STATEMENT = Label("statement", Words.STATEMENTS)
BREAKER = Label("name", ("keycloak", "postgresql", "redis"))
PURPOSE = Label("purpose", ("discovery", "jwks", "login", "refresh", "logout"))
TASK = Label("task", Words.TASKS)
REFUSED_BY = Label("by", ("places", "guard", "gate", "share", "transfers"))
REFUSED_FOR = Label(
    "reason", ("full", "address", "rate", "head", "body", "time", "handshake", "backlog", "queue", "caller", "wait")
)
STATEMENT_ERRORS = (
    "lost", "unavailable", "outcome_unknown", "changed_meanwhile", "invalid_data", "internal", "constraint", "cancelled", "other",
)  # fmt: skip
PRESENCE_CHANGES = ("joined", "left", "lost")
COMMANDS = ("evalsha", "xadd", "set", "getdel", "ping", "auth", "select", "eval", "other")
C, G, H = Kind.COUNTER, Kind.GAUGE, Kind.HISTOGRAM
GREATEST, LEAST = Join.GREATEST, Join.LEAST


class Catalogue(Enum):
    """In the order of the page. The first word of a member's name that is not the one before begins a group of `GROUPS`."""

    REQUESTS = Family(
        "requests_total", C, "Requests that have ended, by how: `ok`, or the refusal.",
        (OPERATION, DOOR, Label("code", Words.CODES)),
    )  # fmt: skip
    REQUEST_SECONDS = Family(
        "request_seconds", H, "Time of a request in the pipeline, whatever its end.", (OPERATION, DOOR), bounds=REQUEST_BOUNDS
    )  # fmt: skip
    REQUESTS_IN_FLIGHT = Family(
        "requests_in_flight", G, "Requests that have arrived and are not answered, at all doors."
    )
    REQUESTS_LIMIT = Family("requests_limit", G, "How many may be in flight now: the gate lowers it while work waits.")
    REQUESTS_RUNNING = Family("requests_running", G, "Operations that have a place to run.")
    REQUESTS_WAITING = Family("requests_waiting", G, "Operations that wait for a place.")
    REFUSED = Family("refused_total", C, "What was refused before its operation began.", (REFUSED_BY, REFUSED_FOR))
    HTTP_CONNECTIONS = Family("http_connections", G, "Open connections that are no sockets.")
    SOCKETS = Family("sockets", G, "Open sockets.")
    SOCKETS_OPENED = Family("sockets_opened_total", C, "Sockets that were opened.", (FORMAT,))
    SOCKETS_CLOSED = Family(
        "sockets_closed_total", C, "Sockets that were closed; 1006 is one that vanished.", (Label("code", Words.CLOSE_CODES),)
    )  # fmt: skip
    SOCKET_HANDSHAKES_REFUSED = Family(
        "socket_handshakes_refused_total", C, "Handshakes that opened no socket.", (Label("reason", Words.REFUSALS),)
    )  # fmt: skip
    SOCKET_FRAMES = Family("socket_frames_total", C, "Frames of open sockets.", (FORMAT, DIRECTION))
    SOCKET_BYTES = Family("socket_bytes_total", C, "What those frames hold.", (FORMAT, DIRECTION))
    SOCKET_OUTBOX = Family(
        "socket_outbox_bytes", G, "Events that wait for their sockets; one socket has 1 MiB at most."
    )
    SLOW_CONSUMERS = Family(
        "slow_consumers_total", C, "Sockets that were closed since they took too little.", (FORMAT,)
    )
    SUBSCRIPTIONS = Family("subscriptions", G, "Sockets that follow the topic.", (TOPIC,))
    SUBSCRIPTIONS_RESUMED = Family(
        "subscriptions_resumed_total", C, "Subscriptions that named a position, by whether all that was missed since was still there.",
        (TOPIC, Label("outcome", ("recovered", "missed"))),
    )  # fmt: skip
    DATABASE_POOL_SIZE = Family("database_pool_size", G, "Places for connections to PostgreSQL.")
    DATABASE_POOL_LEASED = Family("database_pool_leased", G, "Connections that a request uses.")
    DATABASE_POOL_PENDING = Family("database_pool_pending", G, "Connections that are being opened or brought to rest.")
    DATABASE_POOL_WAITING = Family("database_pool_waiting", G, "Requests that wait for a connection.")
    DATABASE_POOL_WAIT = Family(
        "database_pool_wait_seconds", H, "How long a connection was waited for; who got one at once did not wait.",
        (Label("outcome", ("served", "refused", "cancelled")),), bounds=WAIT_BOUNDS,
    )  # fmt: skip
    DATABASE_STATEMENT_SECONDS = Family(
        "database_statement_seconds", H, "From sending a statement to its last row, whatever its end.", (STATEMENT,),
        bounds=PART_BOUNDS,
    )  # fmt: skip
    DATABASE_STATEMENT_ERRORS = Family(
        "database_statement_errors_total", C, "Statements that failed, by what that means; `cancelled` by their callers.",
        (STATEMENT, Label("error", STATEMENT_ERRORS)),
    )  # fmt: skip
    REDIS_COMMAND_SECONDS = Family(
        "redis_command_seconds", H, "From writing a command to its answer.", (Label("command", COMMANDS),), bounds=PART_BOUNDS
    )  # fmt: skip
    REDIS_ERRORS = Family(
        "redis_errors_total", C, "Commands that had no good answer: refused by the server, lost with the connection, not sent "
        "without one, or not sent since too many wait.", (Label("error", ("refused", "lost", "away", "full")),),
    )  # fmt: skip
    REDIS_CONNECTS = Family(
        "redis_connects_total", C, "Attempts to connect; the first is the start's.", (Label("outcome", ("ok", "failed")),)
    )  # fmt: skip
    ISSUER_REQUESTS = Family(
        "issuer_requests_total", C, "What Keycloak was asked. `refused` is the caller's fault, `failed` an outage or our "
        "configuration; of `unasked` the breaker was open.", (PURPOSE, Label("outcome", ("ok", "refused", "failed", "unasked"))),
    )  # fmt: skip
    ISSUER_SECONDS = Family(
        "issuer_request_seconds", H, "How long Keycloak took to answer, or we to give up.", (PURPOSE,), bounds=WAIT_BOUNDS
    )  # fmt: skip
    AUDIT_QUEUE_ROWS = Family("audit_queue_rows", G, "Audit rows that wait in memory.")
    AUDIT_QUEUE_AGE = Family("audit_queue_age_seconds", G, "How long the oldest of them has waited.", join=GREATEST)
    AUDIT_WRITTEN = Family(
        "audit_written_total", C, "Audit rows that PostgreSQL took: in the request's transaction, which may still have been "
        "rolled back, or from the queue.", (Label("way", ("transaction", "queue")),),
    )  # fmt: skip
    AUDIT_QUARANTINED = Family("audit_quarantined_total", C, "Audit rows that only the table of bad rows took.")
    AUDIT_DROPPED = Family("audit_dropped_total", C, "Audit rows that will not be stored.")
    AUDIT_LEFT_OUT = Family(
        "audit_left_out_total",
        C,
        "Audit rows that were not made: of what a limit refuses, and of unknown paths, a caller has some each minute.",
    )
    AUDIT_SEAL_STALLED = Family(
        "audit_seal_stalled_seconds", G, "How long committed audit rows have waited for their seal, since a transaction that writes "
        "such rows stays open.", join=GREATEST,
    )  # fmt: skip
    AUDIT_PARTS_DROPPED_ROWS = Family(
        "audit_parts_dropped_rows_total", C, "Audit rows that went with months older than the retention."
    )
    BREAKER_STATE = Family("breaker_state", G, "0 closed, 1 half-open, 2 open.", (BREAKER,), GREATEST)
    BREAKER_TRANSITIONS = Family(
        "breaker_transitions_total", C, "Changes of a breaker's state.",
        (BREAKER, Label("to", ("closed", "half-open", "open"))),
    )  # fmt: skip
    LIMITER_DECISIONS = Family(
        "limiter_decisions_total", C, "Decisions of the rate limiter; `unavailable` where the bucket is closed without Redis.",
        (Label("bucket", Words.BUCKETS), Label("outcome", ("allowed", "refused", "unavailable"))),
    )  # fmt: skip
    LIMITER_DOWN = Family("limiter_down_total", C, "Those decisions that were made without Redis.")
    EVENTS_PUBLISHED = Family(
        "events_published_total", C, "Events that requests of this node have committed.", (TOPIC,)
    )
    EVENTS_RECEIVED = Family(
        "events_received_total",
        C,
        "Events that workers have read, each those of topics that somebody follows there.",
        (TOPIC,),
    )
    EVENTS_DELIVERED = Family("events_delivered_total", C, "Events times the sockets that were given them.", (TOPIC,))
    EVENTS_MISSED = Family(
        "events_missed_total", C, "Events that left a topic's history before a worker had read them.", (TOPIC,)
    )
    EVENT_LAG = Family(
        "event_lag_seconds", H, "From the event's row, written just before COMMIT, to the hub of each worker that reads its topic; by the clocks of "
        "PostgreSQL and of the node.", (TOPIC,), bounds=USUAL_BOUNDS,
    )  # fmt: skip
    EVENT_OUTBOX_ROWS = Family(
        "event_outbox_rows", G, "Committed events of all nodes that wait for their stream.", join=GREATEST
    )
    EVENT_OUTBOX_AGE = Family("event_outbox_age_seconds", G, "How long the oldest of them has waited.", join=GREATEST)
    EVENT_READ_FAILURES = Family(
        "event_read_failures_total", C, "Reads of the streams that failed; each is tried again."
    )
    PRESENCE_HELD = Family("presence_held", G, "Users times the names of topics with a presence that they follow here.")
    PRESENCE_CHANGES = Family(
        "presence_changes_total", C, "Users who came to a name and went, each counted by one worker of all nodes; `lost` with a node that died.",
        (Label("change", PRESENCE_CHANGES),),
    )  # fmt: skip
    PART_READY = Family(
        "part_ready", G, "1 where the node can serve as far as it is up to this part, else 0.", (Label("part", Words.PARTS),), LEAST
    )  # fmt: skip
    LOOP_LAG = Family(
        "loop_lag_seconds", H, "How late the event loop came to what was due, measured four times a second.", bounds=WAIT_BOUNDS
    )  # fmt: skip
    TASKS = Family("tasks", G, "Tasks of the loop, background ones too.")
    TASK_ENDS = Family("task_ends_total", C, "Ends of background tasks, each started again.", (TASK,))
    TASK_FAILING = Family(
        "task_failing", G, "1 where the last round of a background task failed, else 0; `/readyz` of the admin port says why.", (TASK,),
        GREATEST,
    )  # fmt: skip
    LOG_LINES_DROPPED = Family("log_lines_dropped_total", C, "Log lines that could not be written.")
    LOG_ACCESS_LEFT_OUT = Family(
        "log_access_lines_left_out_total", C, "Lines of failed, slow or sampled requests beyond what a second may have."
    )  # fmt: skip
    TRACE_SPANS_DROPPED = Family(
        "trace_spans_dropped_total", C, "Spans that were not told: `full` where too many waited, `failed` where nobody took them.",
        (Label("reason", ("full", "failed")),),
    )  # fmt: skip
    BUILD_INFO = Family(
        "build_info", G, "1; the labels say what runs: the contract's version and hash, and Python.",
        (Label("version", Words.BUILD), Label("contract", Words.BUILD), Label("python", Words.BUILD)), GREATEST,
    )  # fmt: skip
    PROCESS_CPU = Family(
        "process_cpu_seconds_total", C, "CPU that was used, of the system and the user.", is_foreign=True
    )
    PROCESS_RESIDENT = Family("process_resident_memory_bytes", G, "Memory that is held.", is_foreign=True)
    PROCESS_VIRTUAL = Family("process_virtual_memory_bytes", G, "Memory that is addressed.", is_foreign=True)
    PROCESS_OPEN_FDS = Family(
        "process_open_fds", G, "File descriptors that the process has open, of several the one that has most.", (), GREATEST, is_foreign=True
    )  # fmt: skip
    PROCESS_MAX_FDS = Family(
        "process_max_fds", G, "File descriptors that one process may open.", (), LEAST, is_foreign=True
    )
    PROCESS_START = Family(
        "process_start_time_seconds", G, "When it began, in seconds since 1970.", (), LEAST, is_foreign=True
    )  # fmt: skip


GROUPS = {
    "Requests": ("REQUEST", "REFUSED", "HTTP"),
    "Sockets": ("SOCKET", "SLOW", "SUBSCRIPTIONS"),
    "PostgreSQL": ("DATABASE",),
    "Redis": ("REDIS",),
    "Keycloak": ("ISSUER",),
    "Audit": ("AUDIT",),
    "Breakers and limits": ("BREAKER", "LIMITER"),
    "Events": ("EVENT", "PRESENCE"),
    "The node": ("PART", "LOOP", "TASK", "LOG", "TRACE", "BUILD", "PROCESS"),
}
"""Headings of the page, and how the names of their members begin."""
