"""An index for text anywhere in an author's name or bio, of core PostgreSQL alone: no extension, no rights beyond CREATE.

A tsvector has each character and each three in a row of the text, in lower case; a term's threes are looked up in it. While
the index is built (some 20 s for 100,000 authors) nothing can be written to `author`.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# chr(1) parts the threes, so the text's own becomes chr(2). Two line ends behind a text let its last characters begin a three.
GRAMS = r"""
CREATE FUNCTION author_grams(name text, bio text) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 1000 AS $$
SELECT array_to_tsvector(array_remove(
       string_to_array(content, NULL)
    || string_to_array(regexp_replace(content, '...', '\&' || chr(1), 'g'), chr(1))
    || string_to_array(regexp_replace(substr(content, 2), '...', '\&' || chr(1), 'g'), chr(1))
    || string_to_array(regexp_replace(substr(content, 3), '...', '\&' || chr(1), 'g'), chr(1)), ''))
FROM (SELECT translate(lower(name || E'\n\n' || coalesce(bio, '') || E'\n\n'), chr(1), chr(2)) AS content) AS one
$$
"""
# One character is looked up as it is, two as the beginning of a three, a long term by some twenty of its threes.
QUERY = r"""
CREATE FUNCTION search_query(term text) RETURNS tsquery LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT string_agg(quoted || CASE length(content) WHEN 2 THEN ':*' ELSE '' END, ' & ')::tsquery
FROM (SELECT translate(lower(term), chr(1), chr(2)) AS content) AS one,
    generate_series(1, greatest(length(content) - 2, 1), 1 + length(content) / 20) AS start,
    LATERAL (SELECT '''' || replace(replace(substr(content, start, 3), '\', '\\'), '''', '''''') || '''' AS quoted) AS three
$$
"""


def upgrade() -> None:
    op.execute(GRAMS)
    op.execute(QUERY)
    op.execute(
        "CREATE INDEX author_search ON author USING gin (author_grams(name, bio)) WITH (gin_pending_list_limit = 512)"
    )
    # Without statistics every term counts as rare, so that the index is always used; a scan would compute the threes anew.
    op.execute("ALTER INDEX author_search ALTER COLUMN 1 SET STATISTICS 0")


def downgrade() -> None:
    op.execute("DROP INDEX author_search")
    op.execute("DROP FUNCTION search_query(text)")
    op.execute("DROP FUNCTION author_grams(text, text)")
