-- What the journal does, said by what its callers get and by the rows that are there afterwards. Time stands still until
-- somebody moves it, so that every instant in the answers is the same in every run.
SET application_name = 'first worker';
SELECT dblink_connect('other', format('host=%s dbname=%s user=postgres', current_setting('unix_socket_directories'), current_database()));
SELECT dblink_exec('other', 'SET application_name = ''second worker''');
\set publisher 'SET ROLE freshplan_scaling_publisher;'
\set consumer 'SET ROLE freshplan_scaling_consumer;'
\set oncall 'SET ROLE freshplan_scaling_oncall;'
\set monitor 'SET ROLE freshplan_scaling_monitor;'
\set janitor 'SET ROLE freshplan_scaling_janitor;'
\set in_de 'SET app.territory = ''DE'';'
\set in_ch 'SET app.territory = ''CH'';'
\set rows 'RESET ROLE; SELECT * FROM seen.rows();'
\set views 'SELECT * FROM seen.views();'
\set lock_in_other 'SELECT dblink_exec(''other'', ''BEGIN''); SELECT * FROM dblink(''other'', '
\set end_in_other ') AS t (answer text);'
\set free_in_other 'SELECT dblink_exec(''other'', ''ROLLBACK'');'

\echo -- the empty journal
:rows
:monitor
:views
SELECT scaling.notify_queue_usage() BETWEEN 0 AND 0.01;
RESET ROLE;
-- Sessions idle in a transaction, and whether the role may see them.
GRANT pg_read_all_stats TO freshplan_scaling_monitor;
SELECT dblink_exec('other', 'BEGIN');
SELECT set_config('fake.now', (xact_start + interval '299 seconds')::text, false) IS NULL FROM pg_stat_activity WHERE application_name = 'second worker';
:monitor
SELECT idle_in_transaction FROM scaling.notify_queue_status;
RESET ROLE;
SELECT seen.later('2 seconds');
:monitor
SELECT idle_in_transaction FROM scaling.notify_queue_status;
RESET ROLE;
SELECT * FROM dblink('other', 'SELECT 1/(SELECT count(*) FROM pg_class WHERE false)', false) AS t (answer text);
:monitor
SELECT idle_in_transaction FROM scaling.notify_queue_status;
RESET ROLE;
SELECT dblink_exec('other', 'ROLLBACK');
:monitor
SELECT idle_in_transaction FROM scaling.notify_queue_status;
RESET ROLE;
-- The oldest transaction that keeps dead rows. This session's own is one, a moment old.
SELECT set_config('fake.now', (xact_start + interval '10000 seconds')::text, false) IS NULL FROM pg_stat_activity WHERE pid = pg_backend_pid();
:monitor
SELECT round(oldest_transaction_seconds / 5000) FROM scaling.notify_queue_status;
RESET ROLE;
SET fake.now = '2000-01-01 00:00:00+00';
:monitor
SELECT oldest_transaction_seconds FROM scaling.notify_queue_status;
RESET ROLE;
REVOKE pg_read_all_stats FROM freshplan_scaling_monitor;
SET fake.now = '2100-01-01 00:00:00+00';
-- The queue is as full from here on as this setting says.
CREATE OR REPLACE FUNCTION scaling.notify_queue_usage() RETURNS double precision LANGUAGE sql VOLATILE
AS 'SELECT pg_catalog.current_setting(''fake.usage'')::double precision';
SET fake.usage = 0;

\echo -- who may publish what
LISTEN orders; LISTEN stock; LISTEN bills;
:publisher
SELECT scaling.current_territory() IS NULL;
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{}');
:in_de
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{}');
SELECT scaling.publish_event(NULL, 'orders', 'order.created', '{}');
SELECT scaling.publish_event('DE', 'Orders', 'order.created', '{}');
SELECT scaling.publish_event('DE', repeat('o', 63), 'order.created', '{}');
SELECT scaling.publish_event('DE', repeat('o', 64), 'order.created', '{}');
SELECT scaling.publish_event('DE', 'orders', '', '{}');
SELECT scaling.publish_event('DE', 'orders', repeat('e', 100), '{}');
SELECT scaling.publish_event('DE', 'orders', repeat('e', 101), '{}');
SELECT scaling.publish_event('DE', 'orders', 'order.created', NULL);
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{}', '');
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{}', repeat('k', 201));
SET app.territory = 'XX';
SELECT scaling.publish_event('XX', 'orders', 'order.created', '{}');
SET app.territory = '';
SELECT scaling.publish_event('', 'orders', 'order.created', '{}');
:rows
DELETE FROM scaling.event_journal;
:rows

\echo -- keys, wake-ups, and a queue that fills
:publisher
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{"n": 1}');
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{"n": 2}', 'same');
SELECT scaling.publish_event('DE', 'orders', 'order.changed', '{"n": 3}', 'same', true);
SELECT scaling.publish_event('DE', 'stock', 'order.created', '{"n": 4}', 'same', NULL);
:in_ch
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 5}', 'same');
SELECT seen.later('1 second');
SET fake.usage = 0.69;
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 6}');
SET fake.usage = 0.7;
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 7}');
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 8}', 'spilled');
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 9}', NULL, true);
SET fake.usage = 0.94;
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 10}', 'still', true);
SET fake.usage = 0.95;
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 11}', NULL, true);
SET fake.usage = 0;
BEGIN;
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 12}');
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 13}');
SELECT scaling.publish_event('CH', 'bills', 'order.created', '{"n": 14}');
COMMIT;
BEGIN;
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 15}');
ROLLBACK;
:rows
:monitor
:views
-- Another session is about to wake the same consumers: whoever publishes beside it does not.
RESET ROLE;
:lock_in_other 'SELECT set_config(''app.territory'', ''DE'', true)' :end_in_other
SELECT * FROM dblink('other', 'SELECT scaling.publish_event(''DE'', ''orders'', ''order.created'', ''{"n": 16}'')') AS t (answer text);
SELECT dblink_exec('other', 'SET CONSTRAINTS ALL IMMEDIATE');
SELECT classid, objid, objsubid, mode FROM pg_locks WHERE locktype = 'advisory' ORDER BY objid;
:publisher
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{"n": 17}');
SELECT scaling.publish_event('DE', 'stock', 'order.created', '{"n": 18}');
:in_ch
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 19}');
RESET ROLE;
SELECT dblink_exec('other', 'COMMIT');
SELECT count(*) FROM pg_locks WHERE locktype = 'advisory';

\echo -- who sees which events
:consumer
SELECT count(*) FROM scaling.event_journal;
:monitor
SELECT count(*), count(DISTINCT event_id) FROM scaling.event_journal;
:janitor
SELECT count(id) FROM scaling.event_journal;
SET ROLE freshplan_scaling_backup;
SELECT count(*) FROM scaling.event_journal;
SET ROLE freshplan_scaling_owner;
:in_de
SELECT count(*) FROM scaling.event_journal;
RESET app.territory;
SELECT count(*) FROM scaling.event_journal;
DELETE FROM scaling.event_journal;
TRUNCATE scaling.journal_settings;

\echo -- deliveries
:consumer
SELECT id FROM scaling.drain_events('orders', 100);
SELECT scaling.begin_delivery('orders', 100);
:in_de
SELECT scaling.begin_delivery('nothing', 100);
SELECT scaling.begin_delivery('orders', 2);
SELECT scaling.begin_delivery('orders', 1);
SELECT scaling.begin_delivery('orders');
SELECT scaling.begin_delivery('orders', NULL);
:rows
:consumer
SELECT id FROM scaling.drain_events('stock', 100, 1);
:in_ch
SELECT id FROM scaling.drain_events('orders', 100, 1);
:in_de
BEGIN;
SELECT id, territory, event_type, payload, critical, created_at, attempts FROM scaling.drain_events('orders', 100, 1);
ROLLBACK;
SELECT seen.later('1 second');
SELECT id, territory, event_type, payload, critical, created_at, attempts FROM scaling.drain_events('orders', 1, 1);
SELECT id FROM scaling.drain_events('orders', 100, 1);
SELECT id, attempts FROM scaling.drain_events('orders', 0);
SELECT id FROM scaling.drain_events('orders', 100, 2);
SELECT id FROM scaling.drain_events('orders');
:in_ch
SELECT id FROM scaling.drain_events('orders', -1);
SELECT id FROM scaling.drain_events('orders', NULL);
-- What another session holds is left to it.
RESET ROLE;
:lock_in_other 'SELECT id FROM scaling.event_journal WHERE territory = ''CH'' AND delivered_at IS NULL ORDER BY id LIMIT 1 FOR UPDATE' :end_in_other
:consumer
SELECT scaling.begin_delivery('orders', 2);
SELECT id FROM scaling.drain_events('orders', 2);
RESET ROLE;
:free_in_other
:rows
:monitor
:views

\echo -- failures and back-off
RESET ROLE;
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
:publisher
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', jsonb_build_object('n', n), NULL, n = 3) FROM generate_series(1, 5) AS n;
:in_ch
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 6}');
:consumer
:in_de
SELECT scaling.fail_event(1, 'first');
SELECT scaling.fail_event(6, 'of another territory');
SELECT scaling.fail_event(99, 'of nobody');
SELECT scaling.fail_event(2, NULL);
SELECT scaling.fail_event(3, repeat('x', 2001), NULL);
SELECT scaling.fail_event(4, 'never', true);
SELECT scaling.fail_event(4, 'again');
:rows
:monitor
:views
:consumer
SELECT seen.later('0.9 seconds');
SELECT scaling.begin_delivery('orders', 100);
SELECT scaling.begin_delivery('orders', 100);
SELECT seen.later('0.1 seconds');
SELECT scaling.begin_delivery('orders', 2);
SELECT scaling.fail_event(1, 'said by its delivery');
:rows
:consumer
SELECT id FROM scaling.drain_events('orders', 100, 1);
SELECT id FROM scaling.drain_events('orders', 100);
SELECT id FROM scaling.drain_events('orders', 100, 2);
SELECT scaling.fail_event(5, 'after its end');
SELECT seen.later('100 seconds');
:monitor
:views
:consumer
-- Held by another session: neither failed here nor taken.
RESET ROLE;
:lock_in_other 'SELECT id FROM scaling.event_journal WHERE id = 1 FOR UPDATE' :end_in_other
:consumer
SELECT scaling.fail_event(1, 'in other hands');
SELECT id FROM scaling.drain_events('orders', 100);
RESET ROLE;
:free_in_other
:lock_in_other 'SELECT id FROM scaling.journal_delivery FOR UPDATE' :end_in_other
:consumer
SELECT scaling.fail_event(1, 'its delivery is in other hands');
RESET ROLE;
:free_in_other
:consumer
SELECT scaling.fail_event(1, 'number ' || n) FROM generate_series(4, 9) AS n;
:rows
:consumer
SELECT seen.later('299 seconds');
SELECT scaling.begin_delivery('orders', 100);
SELECT scaling.fail_event(1, 'the last time');
SELECT scaling.fail_event(1, 'once more');
:rows
:monitor
:views
-- The order: due after a failure, waiting since before the clock went back, then those that nobody has tried.
RESET ROLE;
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
:publisher
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', jsonb_build_object('n', n)) FROM generate_series(1, 9) AS n;
RESET ROLE;
UPDATE scaling.event_journal SET attempts = 1, available_at = clock_timestamp() - interval '1 second' WHERE id = 9;
UPDATE scaling.event_journal SET attempts = 1, available_at = clock_timestamp() - interval '2 seconds' WHERE id = 7;
UPDATE scaling.event_journal SET attempts = 2, available_at = clock_timestamp() + interval '309 seconds' WHERE id = 5;
UPDATE scaling.event_journal SET attempts = 1, available_at = clock_timestamp() + interval '311 seconds' WHERE id = 8;
UPDATE scaling.event_journal SET attempts = 1, available_at = clock_timestamp() + interval '320 seconds' WHERE id = 6;
UPDATE scaling.event_journal SET attempts = 3, died = 1, available_at = clock_timestamp() + interval '2 seconds' WHERE id = 3;
UPDATE scaling.event_journal SET attempts = 3, died = 1, available_at = clock_timestamp() + interval '1 second' WHERE id = 4;
:rows
:monitor
:views
-- A suspect that is due has waited, too: longer than what has failed.
RESET ROLE;
BEGIN;
UPDATE scaling.event_journal SET available_at = clock_timestamp() - interval '1 minute' WHERE id = 4;
SET LOCAL ROLE freshplan_scaling_monitor;
:views
ROLLBACK;
-- The clock goes back: of a territory the newest event that was never tried is ahead of it, and nothing else counts.
RESET ROLE;
BEGIN;
UPDATE scaling.event_journal SET pending_since = pending_since + id * interval '1 minute' WHERE id < 5;
UPDATE scaling.event_journal SET attempts = 1 WHERE id = 2;
UPDATE scaling.event_journal SET attempts = 0, died = 0, delivered_at = clock_timestamp() WHERE id = 3;
UPDATE scaling.event_journal SET attempts = 0, died = 0, failed_at = clock_timestamp() WHERE id = 4;
SELECT seen.later('10 minutes');
SET LOCAL ROLE freshplan_scaling_publisher;
SET LOCAL app.territory = 'CH';
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{}');
SELECT seen.later('-1 hour');
SET LOCAL ROLE freshplan_scaling_monitor;
:views
ROLLBACK;
SELECT seen.later('50 minutes');
BEGIN;
SET LOCAL ROLE freshplan_scaling_consumer;
SELECT scaling.begin_delivery('orders', n) FROM generate_series(1, 5) AS n;
RESET ROLE;
SELECT id, events FROM scaling.journal_delivery ORDER BY id;
ROLLBACK;
SELECT seen.later('3 seconds');
BEGIN;
SET LOCAL ROLE freshplan_scaling_consumer;
SELECT scaling.begin_delivery('orders', 5) FROM generate_series(1, 4) AS n;
RESET ROLE;
SELECT id, events FROM scaling.journal_delivery ORDER BY id;
ROLLBACK;
BEGIN;
SET LOCAL ROLE freshplan_scaling_consumer;
SELECT array_agg(id) FROM scaling.drain_events('orders', 3);
SELECT array_agg(id) FROM scaling.drain_events('orders', 3);
SELECT array_agg(id) FROM scaling.drain_events('orders', 3);
SELECT array_agg(id) FROM scaling.drain_events('orders', 3);
ROLLBACK;
-- Each held by another session in turn: the next one of its kind is taken, and nobody waits.
:lock_in_other 'SELECT id FROM scaling.event_journal WHERE id IN (2, 4, 6, 7) FOR UPDATE' :end_in_other
BEGIN;
SET LOCAL ROLE freshplan_scaling_consumer;
SELECT array_agg(id) FROM scaling.drain_events('orders', 9);
SELECT array_agg(id) FROM scaling.drain_events('orders', 9);
SELECT array_agg(id) FROM scaling.drain_events('orders', 9);
ROLLBACK;
:free_in_other

\echo -- deliveries that died
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
:publisher
:in_ch
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 1}');
:in_de
SELECT scaling.publish_event('DE', 'stock', 'order.created', '{"n": 2}');
SELECT scaling.publish_event('DE', 'orders', 'order.created', jsonb_build_object('n', n)) FROM generate_series(3, 7) AS n;
:consumer
SELECT scaling.fail_event(3, 'a word of before');
:in_ch
SELECT scaling.begin_delivery('orders', 100);
:in_de
SELECT scaling.begin_delivery('stock', 100);
SELECT seen.later('1 second');
SELECT scaling.begin_delivery('orders', 2);
SELECT scaling.begin_delivery('orders', 1);
SELECT scaling.begin_delivery('orders', 1);
SELECT scaling.begin_delivery('orders', 1);
SELECT seen.later('30 seconds');
SELECT scaling.begin_delivery('orders', 1);
:rows
-- One of them lives: it has its row in hand. Of another the event is.
:lock_in_other 'SELECT id FROM scaling.journal_delivery WHERE id = 4 FOR UPDATE' :end_in_other
SELECT * FROM dblink('other', 'SELECT id FROM scaling.event_journal WHERE id = 6 FOR UPDATE') AS t (answer text);
SELECT seen.later('0.001 seconds');
:consumer
SELECT scaling.begin_delivery('orders', 1);
:rows
:free_in_other
:consumer
SELECT scaling.begin_delivery('orders', 1);
SELECT seen.later('32 seconds');
SELECT scaling.begin_delivery('orders', 9);
SELECT scaling.begin_delivery('orders', 9);
:rows
:monitor
:views
RESET ROLE;
UPDATE scaling.event_journal SET attempts = 8 WHERE died > 0;
:consumer
SELECT seen.later('400 seconds');
SELECT scaling.begin_delivery('orders', 9);
:rows
:consumer
SELECT seen.later('400 seconds');
SELECT scaling.begin_delivery('orders', 9);
SELECT seen.later('400 seconds');
SELECT scaling.begin_delivery('orders', 9);
SELECT id FROM scaling.drain_events('orders', 9);
SELECT seen.later('400 seconds');
SELECT scaling.begin_delivery('orders', 9);
SELECT id FROM scaling.drain_events('orders', 9, 8);
:rows
:monitor
:views
