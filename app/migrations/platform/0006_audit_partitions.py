"""The audit log in parts by month of `at` (UTC), so that old months can go as a whole.

No row is copied: the table of before becomes the part of everything up to the next month. While its indexes are made and its times are
read, readers and writers wait, under a second for 100,000 rows; docs/audit.md says how to make the indexes before. Whoever may
insert and read goes on to. Back again, all rows are copied into one table.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "platform_0006"
down_revision = "platform_0005"
branch_labels = None
depends_on = None

WAIT = "SET LOCAL lock_timeout = '10s'"
"""Whoever waits for the table's lock keeps all who come later waiting, too."""
TRIGGER = """
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()
"""
INDEXES = (
    "CREATE INDEX audit_log_action_id ON audit_log (action, id)",
    "CREATE INDEX audit_log_username_id ON audit_log (username, id)",
)
FOUND_BY = ("object_id", "subject")
"""By their values alone, so that an index by hash does, which costs an insert the least."""
PARTS = """
CREATE FUNCTION audit_log_parts(OUT name text, OUT since timestamptz, OUT until timestamptz) RETURNS SETOF record
LANGUAGE sql STABLE SET timezone = 'UTC' SET datestyle = 'ISO' AS $$
    SELECT c.relname::text,
        CASE WHEN b.bound LIKE '%FROM (MINVALUE)%' THEN '-infinity'
            ELSE substring(b.bound FROM 'FROM \\(''([^'']+)''\\)') END::timestamptz,
        substring(b.bound FROM 'TO \\(''([^'']+)''\\)')::timestamptz
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid, pg_get_expr(c.relpartbound, c.oid) AS b (bound)
    WHERE i.inhparent = '{schema}.audit_log'::regclass AND b.bound <> 'DEFAULT'
    ORDER BY 2
$$
"""
"""Each part but the one of what has no month yet; `since` is included, `until` is not."""
KEEP_TO_OWNER = """
CREATE FUNCTION audit_log_keep_to_owner(part text) RETURNS void LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$
DECLARE
    other record;
BEGIN
    FOR other IN SELECT DISTINCT acl.grantee FROM pg_class c, aclexplode(c.relacl) acl
        WHERE c.oid = part::regclass AND acl.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON %I FROM %s', part,
            CASE other.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(other.grantee)) END);
    END LOOP;
END $$
"""
"""Others reach a part through the whole, whatever default privileges have given them on it."""
ADD_PART = """
CREATE FUNCTION audit_log_add_part(month timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET timezone = 'UTC' SET lock_timeout = '500ms' AS $$
DECLARE
    part text := 'audit_log_' || to_char(month, 'YYYY_MM');
    until timestamptz := month + interval '1 month';
BEGIN
    EXECUTE format('CREATE TABLE %I (LIKE audit_log INCLUDING DEFAULTS)', part);
    PERFORM audit_log_keep_to_owner(part);
    LOCK TABLE ONLY audit_log IN SHARE UPDATE EXCLUSIVE MODE;
    LOCK TABLE audit_log_default IN ACCESS EXCLUSIVE MODE;
    IF EXISTS (SELECT FROM audit_log_default WHERE at >= month AND at < until) THEN
        ALTER TABLE audit_log_default DISABLE TRIGGER audit_log_append_only;
        EXECUTE format('WITH moved AS (DELETE FROM audit_log_default WHERE at >= %L AND at < %L RETURNING *)'
            ' INSERT INTO %I OVERRIDING SYSTEM VALUE SELECT * FROM moved', month, until, part);
        ALTER TABLE audit_log_default ENABLE TRIGGER audit_log_append_only;
    END IF;
    EXECUTE format('CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I'
        ' FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()', part);
    EXECUTE format('ALTER TABLE audit_log ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', part, month, until);
END $$
"""
"""What of the month came before its part was there is moved into it."""
ADD_PARTS = """
CREATE FUNCTION audit_log_add_parts(ahead int) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = {schema}, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    last timestamptz := date_trunc('month', now()) + make_interval(months => least(ahead, 12));
    missing timestamptz[];
    wanted timestamptz;
BEGIN
    IF NOT pg_try_advisory_xact_lock(7283553, 1) THEN
        RETURN;
    END IF;
    SELECT array_agg(month ORDER BY abs(extract(epoch FROM month - now()))) INTO missing FROM (
        SELECT generate_series(date_trunc('month', now()), last, interval '1 month') AS month
        UNION SELECT date_trunc('month', at) FROM audit_log_default WHERE at < last + interval '1 month'
    ) AS months
    WHERE NOT EXISTS (SELECT FROM audit_log_parts() p WHERE p.since <= months.month AND months.month < p.until);
    FOREACH wanted IN ARRAY coalesce(missing[1:24], '{}') LOOP
        PERFORM audit_log_add_part(wanted);
        RETURN NEXT 'audit_log_' || to_char(wanted, 'YYYY_MM');
    END LOOP;
END $$
"""
"""The months from this one to `ahead` months on, and those of rows that came without a part; the names of what was made. One at
a time: whoever comes second makes nothing. The months that are nearest go first, 24 in one call."""
FUNCTIONS = {
    "audit_log_parts()": PARTS,
    "audit_log_keep_to_owner(text)": KEEP_TO_OWNER,
    "audit_log_add_part(timestamptz)": ADD_PART,
    "audit_log_add_parts(int)": ADD_PARTS,
}
GRANT = """
DO $$
DECLARE
    other record;
    who text;
BEGIN
    FOR other IN SELECT acl.grantee, acl.privilege_type FROM pg_class c, aclexplode(c.relacl) acl
        WHERE c.oid = '{source}'::regclass AND acl.grantee <> c.relowner AND acl.privilege_type IN ('INSERT', 'SELECT')
    LOOP
        who := CASE other.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(other.grantee)) END;
        EXECUTE format('GRANT %s ON {target} TO %s', other.privilege_type, who);
        {more}
    END LOOP;
END $$
"""
MAY_ADD_PARTS = """IF other.privilege_type = 'INSERT' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION audit_log_add_parts(int) TO %s', who);
        END IF;"""


def upgrade() -> None:
    schema = _value("SELECT quote_ident(current_schema())")
    op.execute(WAIT)
    op.execute("LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE")
    op.execute("DROP TRIGGER audit_log_append_only ON audit_log")
    last = _value("SELECT coalesce(max(id), 0) FROM audit_log")
    issued = _value("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit_log', 'id')::regclass), 0)")
    _put_aside()
    op.execute("CREATE TABLE audit_log (LIKE audit_log_before) PARTITION BY RANGE (at)")
    op.execute(
        f"ALTER TABLE audit_log ALTER id ADD GENERATED ALWAYS AS IDENTITY (START WITH {max(int(last), int(issued)) + 1})"
    )
    op.execute("ALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id, at)")
    for index in INDEXES:
        op.execute(index)
    for name in FOUND_BY:
        op.execute(f"CREATE INDEX audit_log_{name} ON audit_log USING hash ({name})")
    op.execute("CREATE UNIQUE INDEX audit_log_key ON audit_log (key, at) WHERE key IS NOT NULL")
    op.execute("CREATE TABLE audit_log_default PARTITION OF audit_log DEFAULT")
    for text in FUNCTIONS.values():
        op.execute(text.replace("{schema}", schema))
    for table in ("audit_log", "audit_log_default"):
        op.execute(TRIGGER.format(table=table))
    _take_in(has_rows=int(last) > 0)
    for name in list(FUNCTIONS)[1:]:
        op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
    op.execute("SELECT audit_log_keep_to_owner('audit_log')")
    op.execute(GRANT.format(source="audit_log_before", target="audit_log", more=MAY_ADD_PARTS))
    for table in ("audit_log_before", "audit_log_default"):
        op.execute(f"SELECT audit_log_keep_to_owner('{table}')")
    if not int(last):
        op.execute("DROP TABLE audit_log_before")
    op.execute("SELECT audit_log_add_parts(3)")
    op.execute("SET LOCAL lock_timeout = 0")


def _put_aside() -> None:
    """The table of before, without what the parts have from the whole. Its new indexes may be there already."""
    key = _value("SELECT conname FROM pg_constraint WHERE conrelid = 'audit_log'::regclass AND contype = 'p'")
    op.execute("ALTER TABLE audit_log RENAME TO audit_log_before")
    op.execute("ALTER TABLE audit_log_before ALTER id DROP IDENTITY")
    op.execute(f'ALTER TABLE audit_log_before DROP CONSTRAINT "{key}"')
    op.execute("DROP INDEX audit_log_key")
    for name in ("action_id", "username_id"):
        op.execute(f"ALTER INDEX audit_log_{name} RENAME TO audit_log_before_{name}")


def _take_in(*, has_rows: bool) -> None:
    """The table of before as a part. What lies beyond the next month, of a clock that is ahead, has no month yet."""
    if not has_rows:
        return
    month = "date_trunc('month', now() AT TIME ZONE 'UTC') + interval '1 month'"
    until = _value(f"SELECT to_char({month}, 'YYYY-MM-DD HH24:MI:SS+00')")
    op.execute(
        f"WITH moved AS (DELETE FROM audit_log_before WHERE at >= '{until}' RETURNING *)"  # nosec B608  # PostgreSQL has just said it.
        " INSERT INTO audit_log_default OVERRIDING SYSTEM VALUE SELECT * FROM moved"
    )
    op.execute("CREATE UNIQUE INDEX IF NOT EXISTS audit_log_before_pkey ON audit_log_before (id, at)")
    op.execute(
        "CREATE UNIQUE INDEX IF NOT EXISTS audit_log_before_key ON audit_log_before (key, at) WHERE key IS NOT NULL"
    )
    for name in FOUND_BY:
        op.execute(f"CREATE INDEX IF NOT EXISTS audit_log_before_{name} ON audit_log_before USING hash ({name})")
    op.execute("ALTER TABLE audit_log_before ADD PRIMARY KEY USING INDEX audit_log_before_pkey")
    op.execute(TRIGGER.format(table="audit_log_before"))
    op.execute(f"ALTER TABLE audit_log ATTACH PARTITION audit_log_before FOR VALUES FROM (MINVALUE) TO ('{until}')")


def downgrade() -> None:
    op.execute(WAIT)
    op.execute("LOCK TABLE audit_log IN ACCESS EXCLUSIVE MODE")
    issued = _value("SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence('audit_log', 'id')::regclass), 0)")
    op.execute("ALTER TABLE audit_log RENAME TO audit_log_parted")
    op.execute("CREATE TABLE audit_log (LIKE audit_log_parted)")
    op.execute("INSERT INTO audit_log SELECT * FROM audit_log_parted")
    op.execute(GRANT.format(source="audit_log_parted", target="audit_log", more=""))
    op.execute("DROP TABLE audit_log_parted")
    op.execute(f"ALTER TABLE audit_log ALTER id ADD GENERATED ALWAYS AS IDENTITY (START WITH {int(issued) + 1})")
    op.execute("ALTER TABLE audit_log ADD CONSTRAINT audit_log_pkey PRIMARY KEY (id)")
    for index in INDEXES:
        op.execute(index)
    op.execute("CREATE UNIQUE INDEX audit_log_key ON audit_log (key) WHERE key IS NOT NULL")
    op.execute(TRIGGER.format(table="audit_log"))
    for name in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {name}")
    op.execute("SET LOCAL lock_timeout = 0")


def _value(query: str) -> str:
    return str(op.get_bind().execute(sa.text(query)).scalar_one())
