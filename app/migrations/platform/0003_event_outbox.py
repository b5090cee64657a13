"""Committed events that wait for their topic's stream."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0003"
down_revision = "platform_0002"
branch_labels = None
depends_on = None

VACUUM = "ALTER TABLE event_outbox SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)"
"""Every row is soon deleted: a share of the living rows says nothing about how many dead ones a reader walks over."""


def upgrade() -> None:
    op.create_table(
        "event_outbox",
        sa.Column("topic", sa.Text(), primary_key=True),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("pkg_id", sa.Integer(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False, server_default=sa.text("gen_random_uuid()")),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    )
    op.execute(VACUUM)


def downgrade() -> None:
    op.drop_table("event_outbox")
