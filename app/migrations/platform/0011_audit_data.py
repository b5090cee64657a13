"""What the contract keeps of a request in its audit row, and whether anything in the row was escaped or cut. A node of before writes rows
without either, and seals them as it did."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "platform_0011"
down_revision = "platform_0010"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    """Neither column rewrites a row."""
    op.add_column("audit_log", sa.Column("data", JSONB(), nullable=True))
    op.add_column("audit_log", sa.Column("altered", sa.Boolean(), nullable=False, server_default=sa.text("false")))


def downgrade() -> None:
    """What was kept of requests is gone then. Rows that were sealed with it do not verify any more."""
    op.drop_column("audit_log", "altered")
    op.drop_column("audit_log", "data")
