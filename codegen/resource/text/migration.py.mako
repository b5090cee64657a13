"""${r.many_words.capitalize()}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "${r.revision}"
down_revision = ${f'"{r.after}"' if r.after else None}
branch_labels = ${None if r.after else ('product',)}
depends_on = None
expands = True


def upgrade() -> None:
    op.create_table(
        "${r.name}",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
% if r.is_owned:
        sa.Column("owner", sa.Text(), nullable=False),
% endif
% for one in r.columns:
        sa.Column("${one.name}", ${one.migrated_column}),
% endfor
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
        sa.Column("version", sa.BigInteger(), nullable=False, server_default=sa.text("1")),
    )
% for index, columns in r.indexes.items():
    op.create_index("${index}", "${r.name}", [${", ".join(f'"{name}"' for name in columns)}])
% endfor


def downgrade() -> None:
    op.drop_table("${r.name}")
