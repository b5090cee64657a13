"""The chain over committed audit rows, and the record of parts that were dropped.

Whoever may insert into the audit log may add links; rows of before are sealed by the nodes, little by little, after this.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0007"
down_revision = "platform_0006"
branch_labels = None
depends_on = None

APPEND_ONLY = """
CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$
"""
TRIGGER = """
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()
"""
DROP_PART = """
CREATE FUNCTION audit_log_drop_part(part text, who text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE
    gone record;
    counted bigint;
    last bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(7283553, 1), pg_advisory_xact_lock(7283553, 2);
    SELECT * INTO gone FROM audit_log_parts() p WHERE p.name = part;
    IF gone.name IS NULL THEN
        RETURN NULL;
    END IF;
    IF gone.until > now() - interval '30 days' THEN
        RAISE EXCEPTION '% has rows of the last 30 days', part USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('LOCK TABLE ONLY %I IN SHARE MODE', part);
    EXECUTE format('SELECT count(*) FROM %I', part) INTO counted;
    SELECT coalesce(max(position), 0) INTO last FROM audit_chain;
    INSERT INTO audit_dropped (name, since, until, rows, sealed, head_position, head, by) VALUES (
        part, gone.since, gone.until, counted,
        (SELECT coalesce(sum(c.rows), 0) FROM audit_chain c JOIN audit_digests d ON d.position = c.position
            WHERE c.month >= gone.since AND c.month < gone.until),
        last, coalesce((SELECT hash FROM audit_chain WHERE position = last), ''), left(who, 255));
    INSERT INTO audit_log (at, username, roles, action, outcome, door, object_id, trace_id, duration_ms, reason)
        VALUES (clock_timestamp(), left(who, 255), '{}', 'audit.prune', 'success', 'command', part, '', 0, counted || ' rows');
    ALTER TABLE audit_digests DISABLE TRIGGER audit_digests_append_only;
    DELETE FROM audit_digests d USING audit_chain c
        WHERE c.position = d.position AND c.month >= gone.since AND c.month < gone.until;
    ALTER TABLE audit_digests ENABLE TRIGGER audit_digests_append_only;
    EXECUTE format('DROP TABLE %I', part);
    RETURN counted;
END $$
"""
"""Under the locks of who makes parts and who seals. How many rows went; NULL where there is no such part any more. Nothing of the last 30 days goes, whoever asks: with this function
alone nobody wipes out what he did today."""
GRANT = """
DO $$
DECLARE
    other record;
    who text;
BEGIN
    FOR other IN SELECT DISTINCT acl.grantee FROM pg_class c, aclexplode(c.relacl) acl
        WHERE c.oid = 'audit_log'::regclass AND acl.grantee <> c.relowner AND acl.privilege_type = 'INSERT'
    LOOP
        who := CASE other.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(other.grantee)) END;
        EXECUTE format('GRANT SELECT, INSERT ON audit_chain, audit_digests TO %s', who);
        EXECUTE format('GRANT SELECT ON audit_dropped TO %s', who);
    END LOOP;
END $$
"""
TABLES = ("audit_chain", "audit_digests", "audit_dropped")


def upgrade() -> None:
    hashes = [sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("rows_hash", "previous", "hash")]
    op.create_table(
        "audit_chain",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("form", sa.SmallInteger(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("after_id", "last_id")),
        sa.Column("rows", sa.Integer(), nullable=False),
        *(_moment(name) for name in ("first_at", "last_at", "sealed_at")),
        *hashes,
    )
    op.create_table(
        "audit_digests",
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("digests", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "audit_dropped",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        *(_moment(name) for name in ("since", "until")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("rows", "sealed", "head_position")),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False, server_default=sa.text("now()")),
    )
    schema = str(op.get_bind().execute(sa.text("SELECT quote_ident(current_schema())")).scalar_one())
    op.execute(APPEND_ONLY)
    for table in TABLES:
        op.execute(TRIGGER.format(table=table))
        op.execute(f"SELECT audit_log_keep_to_owner('{table}')")
    op.execute(DROP_PART.replace("{schema}", schema))
    op.execute("REVOKE EXECUTE ON FUNCTION audit_log_drop_part(text, text) FROM PUBLIC")
    op.execute(GRANT)


def downgrade() -> None:
    op.execute("DROP FUNCTION audit_log_drop_part(text, text)")
    for table in TABLES:
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_is_append_only()")


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)
