"""What a topic with parameters is called for an event. A node of before leaves it out, and its events are of topics without."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0008"
down_revision = "platform_0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event_outbox", sa.Column("name", sa.Text()))


def downgrade() -> None:
    op.drop_column("event_outbox", "name")
