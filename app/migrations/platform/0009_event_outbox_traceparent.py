"""The span of the call that published an event. A node of before leaves it out, and its events are linked to nothing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0009"
down_revision = "platform_0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_outbox", sa.Column("traceparent", sa.Text()))


def downgrade() -> None:
    op.drop_column("event_outbox", "traceparent")
