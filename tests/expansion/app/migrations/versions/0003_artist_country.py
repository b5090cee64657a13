"""A country, which old rows have not, and a grade, which all have: nodes of the release before write neither."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
expands = True


def upgrade() -> None:
    op.add_column("artist", sa.Column("country", sa.Text()))
    op.add_column("artist", sa.Column("grade", sa.BigInteger(), nullable=False, server_default=sa.text("1")))


def downgrade() -> None:
    op.drop_column("artist", "grade")
    op.drop_column("artist", "country")
