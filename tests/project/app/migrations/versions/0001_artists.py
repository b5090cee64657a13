"""Artists."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = ("product",)
depends_on = None

NOW = sa.text("now()")


def _moment(name: str, **options: object) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False, **options)  # type: ignore[arg-type]  # options pass through


def upgrade() -> None:
    op.create_table(
        "artist",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bio", sa.Text()),
        sa.Column("born_on", sa.Date()),
        _moment("created_at", server_default=NOW),
        _moment("updated_at", server_default=NOW),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")),
    )
    op.create_index("artist_name_key", "artist", [sa.text("lower(name)")], unique=True)


def downgrade() -> None:
    op.drop_table("artist")
