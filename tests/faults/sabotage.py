"""What is built into a stage's database so that a write fails or waits by its name, and reads fail when a test says so.

`statement 53100 …` and `commit 53100 …` raise that SQLSTATE; `slow …` takes 2 s; `storm …` fails now and then.
"""

from __future__ import annotations

TRIGGERS = """
CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    RAISE EXCEPTION 'refused by a test' USING ERRCODE = split_part(NEW.name, ' ', 2);
END $$;
CREATE TRIGGER refuse BEFORE INSERT ON artist FOR EACH ROW WHEN (NEW.name LIKE 'statement %') EXECUTE FUNCTION refuse();
CREATE CONSTRAINT TRIGGER refuse_late AFTER INSERT ON artist DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.name LIKE 'commit %') EXECUTE FUNCTION refuse();
CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(2); RETURN NEW; END $$;
CREATE TRIGGER wait BEFORE INSERT ON artist FOR EACH ROW WHEN (NEW.name LIKE 'slow %') EXECUTE FUNCTION wait();
CREATE FUNCTION storm() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF random() < 0.3 THEN
        RAISE EXCEPTION 'storm' USING ERRCODE = (ARRAY['40001', '40P01', '55P03'])[1 + floor(random() * 3)];
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER storm BEFORE INSERT ON artist FOR EACH ROW WHEN (NEW.name LIKE 'storm %') EXECUTE FUNCTION storm();
CREATE CONSTRAINT TRIGGER storm_late AFTER INSERT ON artist DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.name LIKE 'storm %') EXECUTE FUNCTION storm();
"""
REFUSING_READS = """
CREATE TABLE refusal (code text);
GRANT SELECT ON refusal TO PUBLIC;
CREATE FUNCTION refuse_read() RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE found text; BEGIN
    SELECT code INTO found FROM refusal;
    IF found IS NOT NULL THEN RAISE EXCEPTION 'refused by a test' USING ERRCODE = found; END IF;
    RETURN true;
END $$;
ALTER TABLE artist ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY refuse ON artist USING (refuse_read()) WITH CHECK (true)
"""
SOUND_READS = """
DROP POLICY refuse ON artist;
ALTER TABLE artist DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
DROP FUNCTION refuse_read;
DROP TABLE refusal
"""
ROWS = """
TRUNCATE artist;
INSERT INTO artist (name, bio) SELECT 'Artist number ' || n, repeat('b', 200) FROM generate_series(1, 200) n
"""
OURS = "FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'stele'"
TERMINATE = f"SELECT pg_terminate_backend(pid) {OURS}"
CANCEL = f"SELECT pg_cancel_backend(pid) {OURS}"
