-- What every database of a mutant begins with: a clock that can be set, a second session, and who looks at what was done.
-- A database is not copied while somebody cleans up in it.
ALTER SYSTEM SET autovacuum = off;
SELECT pg_reload_conf();
CREATE DATABASE base;
\c base
CREATE EXTENSION dblink;
CREATE SCHEMA seen;
GRANT USAGE ON SCHEMA seen TO PUBLIC;

-- The planner puts the body of a function in SQL in its place, so all that reads the clock reads this one.
CREATE OR REPLACE FUNCTION pg_catalog.clock_timestamp() RETURNS timestamptz LANGUAGE sql VOLATILE
AS $$ SELECT pg_catalog.current_setting('fake.now')::timestamptz $$;

CREATE FUNCTION seen.later(by interval) RETURNS void LANGUAGE sql
AS $$ SELECT pg_catalog.set_config('fake.now', (pg_catalog.current_setting('fake.now')::timestamptz + by)::text, false) $$;

-- As whom and under which limits a definition was made, changed or dropped.
CREATE TABLE seen.definition (
  tag text, role text, lock_timeout text, statement_timeout text,
  UNIQUE (tag, role, lock_timeout, statement_timeout)
);
CREATE FUNCTION seen.note() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO seen.definition
  VALUES (tg_tag, current_setting('role'), current_setting('lock_timeout'), current_setting('statement_timeout'))
  ON CONFLICT DO NOTHING;
END
$$;
CREATE EVENT TRIGGER note ON ddl_command_end EXECUTE FUNCTION seen.note();

-- All rows of the journal, whoever asks. The tally is a sum, however many rows it has.
CREATE FUNCTION seen.rows() RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT $1 || (to_jsonb(j) - $2)::text FROM scaling.event_journal AS j ORDER BY j.id'
    USING 'event ', 'event_id';
  RETURN QUERY EXECUTE 'SELECT $1 || to_jsonb(d)::text FROM scaling.journal_delivery AS d ORDER BY d.id' USING 'delivery ';
  RETURN QUERY EXECUTE 'SELECT $1 || concat_ws($2, t.territory, t.channel, sum(t.pending), sum(t.critical), sum(t.spilled),
    sum(t.retried), sum(t.parked), sum(t.discarded)) FROM scaling.journal_tally AS t GROUP BY t.territory, t.channel ORDER BY 1'
    USING 'tally ', ' ';
  RETURN QUERY EXECUTE 'SELECT $1 || count(*) FROM scaling.journal_tally' USING 'rows of the tally ';
  RETURN QUERY EXECUTE 'SELECT $1 || (to_jsonb(l) - $2)::text FROM scaling.journal_listener AS l ORDER BY 1'
    USING 'listener ', 'backend_pid';
  RETURN QUERY EXECUTE 'SELECT $1 || to_jsonb(s)::text FROM scaling.journal_settings AS s' USING 'settings ';
END
$$;

-- What the caller sees in each view, or why it does not.
CREATE FUNCTION seen.views() RETURNS SETOF text LANGUAGE plpgsql AS $$
DECLARE
  v_view text;
BEGIN
  FOREACH v_view IN ARRAY ARRAY['notify_queue_status', 'outbox_status', 'listener_status', 'retention_status'] LOOP
    BEGIN
      RETURN QUERY EXECUTE format('SELECT %L || to_jsonb(v)::text FROM scaling.%I AS v ORDER BY 1', v_view || ' ', v_view);
    EXCEPTION
      WHEN others THEN
        RETURN NEXT v_view || ': ' || SQLERRM;
    END;
  END LOOP;
END
$$;
