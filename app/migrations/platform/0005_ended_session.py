"""Sessions that have ended before their tokens do. A node of before ignores the table."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0005"
down_revision = "platform_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ended_session",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        *(sa.Column(name, sa.Text()) for name in ("sid", "subject", "token_id")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column(
            "xid", sa.BigInteger(), nullable=False, server_default=sa.text("((pg_current_xact_id())::text)::bigint")
        ),
    )
    for name in ("xid", "at"):
        op.create_index(f"ended_session_{name}", "ended_session", [name])
    for name in ("sid", "subject", "token_id"):
        given = sa.text(f"{name} IS NOT NULL")
        op.create_index(
            f"ended_session_{name}", "ended_session", [name], unique=name == "token_id", postgresql_where=given
        )


def downgrade() -> None:
    op.drop_table("ended_session")
