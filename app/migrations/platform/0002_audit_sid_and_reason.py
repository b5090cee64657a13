"""The caller's session and why a credential was refused, in the audit log. Adds empty columns: no row is rewritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0002"
down_revision = "platform_0001"
branch_labels = None
depends_on = None

NAMES = ("sid", "reason")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("audit_log", sa.Column(name, sa.Text()))


def downgrade() -> None:
    for name in NAMES:
        op.drop_column("audit_log", name)
