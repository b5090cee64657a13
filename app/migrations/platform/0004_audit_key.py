"""An audit row that may be tried again has the key of its record, so that it is there once.

Rows of before have none, so no row is rewritten; while the index is made, readers go on and writers wait.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0004"
down_revision = "platform_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit_log", sa.Column("key", sa.Uuid()))
    op.create_index("audit_log_key", "audit_log", ["key"], unique=True, postgresql_where=sa.text("key IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("audit_log_key", "audit_log")
    op.drop_column("audit_log", "key")
