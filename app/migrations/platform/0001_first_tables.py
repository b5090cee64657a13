"""The audit log with its quarantine, and stored answers. A database of release 1.0 has them from its own first step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "platform_0001"
down_revision = None
branch_labels = ("platform",)
depends_on = None

NOW = sa.text("now()")
REFUSE = """
CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit_log is append-only' USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGER = """
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()
"""


def _moment(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, **options)  # type: ignore[arg-type]  # options pass through


def upgrade() -> None:
    if sa.inspect(op.get_bind()).has_table("audit_log"):
        return
    _audit()
    op.create_table(
        "stored_answer",
        sa.Column("subject", sa.Text(), primary_key=True),
        sa.Column("operation", sa.Text(), primary_key=True),
        sa.Column("key", sa.Text(), primary_key=True),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("answer", sa.LargeBinary()),
        _moment("at", server_default=NOW),
    )
    op.create_index("stored_answer_at", "stored_answer", ["at"])


def _audit() -> None:
    texts = ("username", "subject", "code", "object_id", "ip", "user_agent")
    op.create_table(
        "audit_log",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        _moment("at"),
        *(sa.Column(name, sa.Text()) for name in texts),
        sa.Column("roles", postgresql.ARRAY(sa.Text()), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("action", "outcome", "door", "trace_id")),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
    )
    op.create_index("audit_log_action_id", "audit_log", ["action", "id"])
    op.create_index("audit_log_username_id", "audit_log", ["username", "id"])
    op.execute(REFUSE)
    op.execute(TRIGGER)
    op.create_table(
        "audit_quarantine",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        _moment("at", server_default=NOW),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("row", postgresql.JSONB(), nullable=False),
    )


def downgrade() -> None:
    for table in ("stored_answer", "audit_quarantine", "audit_log"):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_log_is_append_only()")
