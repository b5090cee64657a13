"""What the service's role may do with the audit tables: the SQL that gives it as little as it needs, and a look at what it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

NAME = re.compile(r"[^'\"%\\\x00-\x1f]{1,63}")
APPENDED = ("audit_log", "audit_chain", "audit_digests", "audit_quarantine")
READ = ("audit_dropped",)
ADD_PARTS, DROP_PART = "audit_log_add_parts(int)", "audit_log_drop_part(text, text)"
RIGHTS = """
SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
    pg_has_role((SELECT relowner FROM pg_class WHERE oid = 'audit_log'::regclass), 'USAGE') AS is_owner,
    ARRAY(
        SELECT c.relname || ' (' || string_agg(p, ', ' ORDER BY p) || ')' FROM pg_class c, unnest('{UPDATE,DELETE,TRUNCATE}'::text[]) p
        WHERE (c.oid = ANY ($1::text[]::regclass[]) OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'audit_log'::regclass))
        AND has_table_privilege(c.oid, p) GROUP BY c.relname ORDER BY c.relname
    ) AS excess,
    has_function_privilege($2, 'EXECUTE') AS may_add_parts, has_function_privilege($3, 'EXECUTE') AS may_drop_parts,
    has_table_privilege('audit_chain', 'INSERT') AND has_table_privilege('audit_digests', 'INSERT') AS may_seal
"""
GRANTS = """\
-- Run by the role that owns the tables, who runs `make migrate`, in the service's database; again after each migration.
GRANT USAGE ON SCHEMA {schema} TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {schema} TO {role};
REVOKE INSERT, UPDATE, DELETE ON {schema}.alembic_version, {schema}.schema_served FROM {role};
-- The audit log is only added to, and its parts are reached through the whole.
REVOKE ALL ON {audit} FROM {role};
DO $$
DECLARE
    part text;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = '{schema}.audit_log'::regclass
    LOOP
        EXECUTE format('REVOKE ALL ON {schema}.%I FROM {role}', part);
    END LOOP;
END $$;
GRANT SELECT, INSERT ON {appended} TO {role};
GRANT SELECT ON {read} TO {role};
-- Months to come are made with the owner's rights; whoever may do only this cannot change a row.
GRANT EXECUTE ON FUNCTION {schema}.{add_parts} TO {role};
"""
RETENTION = """\
-- For AUDIT_RETENTION_DAYS: parts older than 30 days may be dropped, which leaves a record. Else `audit prune` is run by the owner.
GRANT EXECUTE ON FUNCTION {schema}.{drop_part} TO {role};
"""


def grants(role: str, *, schema: str = "public", retention: bool = False) -> str:
    """SQL for psql. ValueError for names that would end their quotation."""
    if not (NAME.fullmatch(role) and NAME.fullmatch(schema)):
        raise ValueError(
            "a role and a schema have 1 to 63 characters, and no quotation mark, backslash or % among them"
        )
    names = {"role": _quoted(role), "schema": _quoted(schema), "add_parts": ADD_PARTS, "drop_part": DROP_PART}
    tables = {
        "audit": _listed(schema, (*APPENDED, *READ)),
        "appended": _listed(schema, APPENDED),
        "read": _listed(schema, READ),
    }
    return (GRANTS + (RETENTION if retention else "")).format(**names, **tables)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _listed(schema: str, tables: tuple[str, ...]) -> str:
    return ", ".join(f"{_quoted(schema)}.{table}" for table in tables)


async def rights(connection: Any) -> Any:
    """Of the role that is connected, on the tables that are found without a schema. Raises asyncpg's errors."""
    return await connection.fetchrow(RIGHTS, list(APPENDED + READ), ADD_PARTS, DROP_PART)


def excess(found: Any) -> Iterator[str]:
    """What the role has that lets it change or delete audit rows; in words, nothing where it has no such thing."""
    if found["is_superuser"]:
        yield "is a superuser"
    elif found["is_owner"]:
        yield "owns the tables"
    elif found["excess"]:
        yield f"may change {', '.join(found['excess'])}"
