-- One migration and the script that takes it back, from an empty cluster to an empty schema. Lines that begin with @ stand for
-- the texts that are tried.
\set SHOW_CONTEXT never
\pset null '~'
\c postgres postgres
SELECT 'DROP DATABASE mutant WITH (FORCE)' FROM pg_database WHERE datname = 'mutant' \gexec
SELECT format('DROP ROLE %I', rolname) FROM pg_roles WHERE rolname !~ '^pg_' AND rolname <> 'postgres' \gexec
CREATE ROLE flyway LOGIN CREATEROLE;
CREATE ROLE weak LOGIN;
CREATE DATABASE mutant TEMPLATE base;
ALTER DATABASE mutant SET fake.now = '2100-01-01 00:00:00+00';
ALTER DATABASE mutant SET fake.usage = 0;
ALTER DATABASE mutant SET timezone = 'UTC';
ALTER DATABASE mutant SET lock_timeout = '100ms';
ALTER DATABASE mutant SET statement_timeout = '20s';
GRANT CREATE ON DATABASE mutant TO flyway, weak;

\echo -- refused without a transaction, without roles, with an owner to whom row-level security is nothing
\c mutant postgres
@head
SELECT rolname FROM pg_roles WHERE rolname !~ '^pg_' ORDER BY 1;
\c mutant weak
BEGIN;
@head
ROLLBACK;
\c mutant postgres
SELECT format('CREATE ROLE freshplan_scaling_%s NOLOGIN', name)
  FROM unnest(ARRAY['publisher', 'consumer', 'monitor', 'janitor', 'oncall', 'backup']) AS name \gexec
CREATE ROLE freshplan_scaling_owner LOGIN;
BEGIN;
@head
ROLLBACK;
ALTER ROLE freshplan_scaling_owner NOLOGIN SUPERUSER;
BEGIN;
@head
ROLLBACK;
ALTER ROLE freshplan_scaling_owner NOSUPERUSER BYPASSRLS;
BEGIN;
@head
ROLLBACK;
ALTER ROLE freshplan_scaling_owner NOBYPASSRLS;
\c mutant weak
BEGIN;
@head
ROLLBACK;
\c mutant postgres
GRANT freshplan_scaling_owner TO weak;
\c mutant weak
BEGIN;
@head
SELECT nspname, nspowner::regrole, current_setting('role') FROM pg_namespace WHERE nspname = 'scaling';
ROLLBACK;
\c mutant postgres
DROP ROLE freshplan_scaling_owner, freshplan_scaling_publisher, freshplan_scaling_consumer, freshplan_scaling_monitor,
          freshplan_scaling_janitor, freshplan_scaling_oncall, freshplan_scaling_backup;

\echo -- another database of the cluster makes a role at the same moment
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT count(*) FROM pg_roles WHERE rolname ~ '^freshplan';
SELECT dblink_exec(format('host=%s dbname=postgres user=postgres', current_setting('unix_socket_directories')), 'CREATE ROLE freshplan_scaling_monitor');
@head
SELECT nspname, nspowner::regrole, current_setting('role') FROM pg_namespace WHERE nspname = 'scaling';
ROLLBACK;
DROP ROLE freshplan_scaling_monitor;

\echo -- whose role and limits come back
BEGIN;
SET LOCAL lock_timeout = '3s';
SET LOCAL statement_timeout = '7s';
SET LOCAL ROLE postgres;
@migration
SELECT current_setting('role'), current_setting('lock_timeout'), current_setting('statement_timeout');
ROLLBACK;

\echo -- applied
\c mutant flyway
BEGIN;
@migration
SELECT current_setting('role'), current_setting('lock_timeout'), current_setting('statement_timeout');
COMMIT;
\c mutant postgres
@catalogue
\c mutant postgres
@behaviour
@care

\echo -- not taken back while an event waits, or something depends on it, or by somebody else
\c mutant postgres
SELECT dblink_disconnect(name) FROM unnest(dblink_get_connections()) AS name;
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
INSERT INTO scaling.event_journal (territory, channel, event_type, payload, critical, route, queue_usage, delivered_at, failed_at, discarded_at, discard_reason)
SELECT 'DE', 'orders', 'e', '{}', false, 'notify', 0, CASE WHEN n = 1 THEN clock_timestamp() END, CASE WHEN n IN (2, 3) THEN clock_timestamp() END,
       CASE WHEN n = 2 THEN clock_timestamp() END, CASE WHEN n = 2 THEN 'why' END
  FROM generate_series(1, 4) AS n;
\c mutant weak
@undo
\c mutant flyway
@undo
SET seasonscale.discard_events = 'no';
@undo
\c mutant postgres
SELECT count(*) FROM scaling.event_journal;
SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'event_journal';
DELETE FROM scaling.event_journal WHERE id > 2;
CREATE VIEW public.needs_it AS SELECT * FROM scaling.outbox_status;
\c mutant flyway
@undo
\c mutant postgres
DROP VIEW public.needs_it;
CREATE TABLE scaling.of_somebody_else ();
\c mutant flyway
@undo
\c mutant postgres
SELECT count(*) FROM scaling.event_journal;
DROP TABLE scaling.of_somebody_else;

\echo -- taken back
\c mutant flyway
BEGIN;
SET LOCAL lock_timeout = '3s';
@undo
SELECT current_setting('role'), current_setting('lock_timeout');
SELECT count(*) FROM pg_namespace WHERE nspname = 'scaling';
ROLLBACK;
\c mutant postgres
UPDATE scaling.event_journal SET delivered_at = NULL WHERE id = 1;
BEGIN;
SET LOCAL ROLE flyway;
SET LOCAL seasonscale.discard_events = 'yes';
@undo
SELECT current_setting('role');
COMMIT;
@catalogue
