-- The second part of the behaviour: what on-call, listeners and the janitor do. It goes on in the session of the first.
\echo -- parked events, and what on-call does with them
RESET ROLE;
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
:publisher
:in_ch
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{"n": 1}');
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', jsonb_build_object('n', n)) FROM generate_series(2, 5) AS n;
:oncall
SELECT scaling.fail_event(3, 'no such article', true);
SELECT seen.later('1 second');
SELECT scaling.fail_event(2, 'no such customer', true);
:in_ch
SELECT scaling.fail_event(1, 'no such price', true);
:in_de
SELECT * FROM scaling.parked_events();
SELECT scaling.discard_event(2, NULL);
SELECT scaling.discard_event(2, '  ');
SELECT scaling.discard_event(2, repeat('r', 2001));
SELECT scaling.discard_event(2, 'again');
SELECT scaling.discard_event(1, 'of another territory');
SELECT scaling.discard_event(4, 'not parked');
SELECT * FROM scaling.parked_events();
:rows
:monitor
:views
:oncall
SELECT scaling.requeue_event(1);
SELECT scaling.requeue_event(4);
SELECT scaling.requeue_event(3);
SELECT scaling.requeue_event(2);
SELECT scaling.requeue_event(2);
:rows
:monitor
:views

\echo -- replay
:oncall
SELECT scaling.requeue_events('orders', NULL, clock_timestamp());
SELECT scaling.requeue_events('orders', clock_timestamp(), NULL);
SELECT scaling.requeue_events('orders', clock_timestamp(), clock_timestamp());
SELECT id FROM scaling.drain_events('orders', 9);
:consumer
SELECT id FROM scaling.drain_events('orders', 9);
RESET ROLE;
UPDATE scaling.event_journal SET created_at = clock_timestamp() + id * interval '1 minute' WHERE territory = 'DE';
UPDATE scaling.event_journal SET delivered_at = NULL, failed_at = clock_timestamp() WHERE id IN (3, 4);
UPDATE scaling.event_journal SET discarded_at = clock_timestamp(), discard_reason = 'for good' WHERE id = 4;
:publisher
SELECT scaling.publish_event('DE', 'stock', 'order.created', '{"n": 6}');
:consumer
SELECT id FROM scaling.drain_events('stock', 9);
BEGIN;
SELECT scaling.requeue_events('orders', clock_timestamp() + interval '2 minutes', clock_timestamp() + interval '5 minutes', true);
SELECT * FROM seen.rows();
ROLLBACK;
BEGIN;
SELECT seen.later('1 second');
SELECT scaling.requeue_events('orders', clock_timestamp() + interval '119 seconds', clock_timestamp() + interval '299 seconds');
SELECT * FROM seen.rows();
ROLLBACK;
BEGIN;
SELECT scaling.requeue_events('orders', clock_timestamp() + interval '2 minutes', clock_timestamp() + interval '6 minutes', NULL);
SELECT * FROM seen.rows();
COMMIT;
:monitor
:views

\echo -- waking those that wait
:publisher
SET fake.usage = 0.99;
SELECT scaling.publish_event('DE', 'bills', 'order.created', '{"n": 7}', NULL, true);
SELECT scaling.publish_event('DE', 'stock', 'order.created', '{"n": 8}');
:in_ch
SELECT scaling.publish_event('CH', 'bills', 'order.created', '{"n": 9}');
:oncall
:in_de
SELECT usage, set_config('fake.usage', usage::text, false) IS NULL, scaling.wake_pending()
  FROM unnest(ARRAY[0, 0.69, 0.7, 0.94, 0.95, 1]) AS usage;
RESET app.territory;
SET fake.usage = 0;
SELECT scaling.wake_pending();
UPDATE scaling.journal_settings SET spill_ratio = 0, critical_ratio = 0;
:publisher
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{"n": 10}', NULL, true);
:rows
:monitor
:views
:oncall
UPDATE scaling.journal_settings SET critical_ratio = 0.9, spill_ratio = 0.6, max_attempts = 2, listener_timeout = '1 minute', delivery_grace = '5 seconds';
UPDATE scaling.journal_settings SET singleton = false;
:consumer
SELECT scaling.fail_event(10, 'first');
SELECT scaling.fail_event(10, 'second');
RESET ROLE;

\echo -- listeners
SELECT dblink_exec('other', 'SET fake.now = ''2100-01-02 00:00:00+00''');
SET fake.now = '2100-01-02 00:00:00+00';
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
SELECT dblink_exec('other', 'LISTEN stock');
SELECT dblink_exec('other', 'SET ROLE freshplan_scaling_consumer');
SELECT * FROM dblink('other', 'SELECT scaling.listener_alive()') AS t (answer text);
SELECT seen.later('30 seconds');
:consumer
SELECT scaling.listener_alive();
SET application_name = 'renamed worker';
SELECT seen.later('1 second');
SELECT scaling.listener_alive();
:rows
:monitor
:views
RESET ROLE;
SELECT seen.later('28.999 seconds');
:monitor
SELECT * FROM scaling.listener_status ORDER BY 1;
RESET ROLE;
SELECT seen.later('0.001 seconds');
:monitor
SELECT * FROM scaling.listener_status ORDER BY 1;
RESET ROLE;
INSERT INTO scaling.journal_listener VALUES
  ('orders', 0, 'gone', clock_timestamp() - interval '1 day'), ('orders', -1, 'long gone', clock_timestamp() - interval '1 day 1 second'),
  ('retired', -1, 'long gone', clock_timestamp() - interval '2 days'), ('bills', -2, 'long gone', clock_timestamp() - interval '2 days');
:publisher
:in_de
SELECT scaling.publish_event('DE', 'unheard', 'order.created', '{"n": 1}');
SELECT scaling.publish_event('DE', 'retired', 'order.created', '{"n": 2}');
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{"n": 3}');
:monitor
:views
RESET ROLE;
:lock_in_other 'RESET ROLE' :end_in_other
SELECT * FROM dblink('other', 'SELECT channel FROM scaling.journal_listener WHERE backend_pid = -2 FOR UPDATE') AS t (answer text);
SELECT * FROM dblink('other', 'SELECT channel FROM scaling.journal_tally WHERE channel = ''orders'' FOR UPDATE') AS t (answer text);
:consumer
SELECT scaling.listener_alive();
:rows
:free_in_other
:oncall
SELECT scaling.forget_channel('retired');
SELECT scaling.forget_channel('unheard');
SELECT scaling.forget_channel('nothing');
:consumer
SELECT id FROM scaling.drain_events('retired', 9);
:oncall
SELECT scaling.forget_channel('retired');
SELECT scaling.forget_channel('bills');
:rows
:monitor
:views
RESET ROLE;
UNLISTEN *;
:consumer
SELECT scaling.listener_alive();
RESET ROLE;

\echo -- the tally is folded
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
SELECT setval('scaling.event_journal_id_seq', 997);
:publisher
:in_de
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{}', NULL, n = 1) FROM generate_series(1, 2) AS n;
SELECT count(*) FROM seen.rows();
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{}');
SELECT * FROM seen.rows();
SELECT scaling.publish_event('DE', 'orders', 'order.created', '{}') FROM generate_series(1, 2) AS n;
:in_ch
SELECT scaling.publish_event('CH', 'orders', 'order.created', '{}');
:rows
:consumer
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT scaling.listener_alive();
COMMIT;
:rows
BEGIN ISOLATION LEVEL SERIALIZABLE;
SELECT scaling.listener_alive();
COMMIT;
SELECT count(*) FROM scaling.journal_tally;
:consumer
SELECT scaling.listener_alive();
:rows
:consumer
SELECT id FROM scaling.drain_events('orders', 9);
SELECT scaling.listener_alive();
:rows
-- Each column alone keeps a sum from going.
INSERT INTO scaling.journal_tally VALUES ('DE', 'pending', 1, 0, 0, 0, 0, 0), ('DE', 'critical', 0, 1, 0, 0, 0, 0), ('DE', 'spilled', 0, 0, 1, 0, 0, 0),
  ('DE', 'retried', 0, 0, 0, 1, 0, 0), ('DE', 'parked', 0, 0, 0, 0, 1, 0), ('DE', 'discarded', 0, 0, 0, 0, 0, 1), ('DE', 'none', 0, 0, 0, 0, 0, 0);
SELECT scaling.fold_tally();
:rows

\echo -- rows that somebody changes by hand
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
INSERT INTO scaling.event_journal (territory, channel, event_type, payload, critical, route, queue_usage, attempts, delivered_at, failed_at, discarded_at, discard_reason)
SELECT 'DE', 'c' || n, 'e', '{}', n % 2 = 0, CASE WHEN n % 3 = 0 THEN 'journal' ELSE 'notify' END, 0, n % 4,
       CASE WHEN n % 5 = 0 THEN clock_timestamp() END, CASE WHEN n % 5 = 1 THEN clock_timestamp() END,
       CASE WHEN n % 10 = 1 THEN clock_timestamp() END, CASE WHEN n % 10 = 1 THEN 'why' END
  FROM generate_series(1, 30) AS n;
:rows
UPDATE scaling.event_journal SET attempts = attempts + 1, critical = NOT critical WHERE id % 2 = 0;
UPDATE scaling.event_journal SET route = 'journal' WHERE id % 7 = 0;
UPDATE scaling.event_journal SET delivered_at = NULL WHERE id % 5 = 0 AND id > 15;
UPDATE scaling.event_journal SET failed_at = NULL, discarded_at = NULL WHERE id = 6;
UPDATE scaling.event_journal SET delivered_to = 'nobody' WHERE id = 8;
SELECT concat_ws(' ', t.*) FROM scaling.journal_tally AS t ORDER BY 1;
DELETE FROM scaling.event_journal WHERE id > 12;
SELECT concat_ws(' ', t.*) FROM scaling.journal_tally AS t ORDER BY 1;
DELETE FROM scaling.event_journal;
SELECT scaling.fold_tally();
:rows

\echo -- more than one batch, and retention
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
:in_de
SET session_replication_role = replica;
INSERT INTO scaling.event_journal (territory, channel, event_type, payload, critical, route, queue_usage)
SELECT 'DE', 'orders', 'e', '{}', false, 'notify', 0 FROM generate_series(1, 111);
SET session_replication_role = origin;
:consumer
SELECT count(*) FROM scaling.drain_events('orders');
SELECT count(*) FROM scaling.drain_events('orders', 5000);
RESET ROLE;
UPDATE scaling.event_journal SET delivered_at = clock_timestamp() - interval '30 days' - (5 - id) * interval '1 second' WHERE id <= 8;
:monitor
:views
:janitor
SELECT scaling.purge_delivered(0);
SELECT scaling.purge_delivered(2);
SELECT count(id), min(id) FROM scaling.event_journal WHERE id < 10;
SELECT scaling.purge_delivered();
SELECT scaling.purge_delivered();
SELECT count(id), min(id) FROM scaling.event_journal WHERE id < 10;
UPDATE scaling.journal_settings SET retention = '1 hour';
DELETE FROM scaling.event_journal WHERE delivered_at IS NULL;
SELECT count(*) FROM scaling.event_journal;
RESET ROLE;
SELECT seen.later('2 hours');
:janitor
SELECT scaling.purge_delivered(NULL), scaling.purge_delivered(100), scaling.purge_delivered(NULL);
:monitor
:views
RESET ROLE;
SET fake.now = '2099-12-31 00:00:00+00';
:monitor
:views
RESET ROLE;

\echo -- sums that are wrong, put right
TRUNCATE scaling.event_journal, scaling.journal_delivery, scaling.journal_tally RESTART IDENTITY;
SET session_replication_role = replica;
INSERT INTO scaling.event_journal (territory, channel, event_type, payload, critical, route, queue_usage, attempts, delivered_at, failed_at, discarded_at, discard_reason)
SELECT CASE WHEN n > 40 THEN 'CH' ELSE 'DE' END, CASE WHEN n > 36 THEN 'stock' ELSE 'orders' END, 'e', '{}', n % 3 = 0,
       CASE WHEN n % 5 = 0 THEN 'journal' ELSE 'notify' END, 0, CASE WHEN n % 7 = 0 THEN 1 ELSE 0 END,
       CASE WHEN n <= 4 THEN clock_timestamp() END, CASE WHEN n BETWEEN 5 AND 15 THEN clock_timestamp() END,
       CASE WHEN n BETWEEN 5 AND 9 THEN clock_timestamp() END, CASE WHEN n BETWEEN 5 AND 9 THEN 'why' END
  FROM generate_series(1, 43) AS n;
SET session_replication_role = origin;
INSERT INTO scaling.journal_tally VALUES ('DE', 'orders', 1, 2, 3, 4, 5, 6), ('DE', 'bills', 6, 5, 4, 3, 2, 1), ('AT', 'orders', 1, 1, 1, 1, 1, 1);
:in_de
:oncall
SELECT scaling.recount_events();
SELECT scaling.recount_events();
:rows
-- One wrong sum is enough.
INSERT INTO scaling.journal_tally VALUES ('DE', 'a', 1, 0, 0, 0, 0, 0), ('DE', 'b', 0, 1, 0, 0, 0, 0), ('DE', 'c', 0, 0, 1, 0, 0, 0),
  ('DE', 'd', 0, 0, 0, 1, 0, 0), ('DE', 'e', 0, 0, 0, 0, 1, 0), ('DE', 'f', 0, 0, 0, 0, 0, 1);
SELECT scaling.recount_events();
:rows
BEGIN;
SELECT scaling.publish_event('DE', 'orders', 'e', '{}');
SELECT scaling.recount_events();
COMMIT;
SELECT scaling.recount_events();
BEGIN ISOLATION LEVEL REPEATABLE READ;
SELECT scaling.recount_events();
ROLLBACK;
SELECT dblink_exec('other', 'BEGIN');
SELECT dblink_exec('other', 'SET LOCAL app.territory = ''DE''');
SELECT * FROM dblink('other', 'SELECT scaling.recount_events()::text' :end_in_other
SELECT scaling.recount_events();
:in_ch
SELECT scaling.recount_events();
:free_in_other
RESET app.territory;
SELECT scaling.recount_events();
:rows
