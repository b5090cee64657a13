"""Which releases may serve the schema, as its steps say of themselves. A node of before does not look."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0010"
down_revision = "platform_0009"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    op.create_table("schema_served", sa.Column("revision", sa.Text(), primary_key=True))


def downgrade() -> None:
    op.drop_table("schema_served")
