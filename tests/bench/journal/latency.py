"""From commit to drained: 200 events a second, one listener, and so many idle listeners beside it.
Usage: latency.py SOCKET_FOLDER DATABASE IDLE_LISTENERS [SECONDS]"""

import sys
import threading
import time

import psycopg

RATE = 200
CHANNEL = "latency"


def connect(role):
    connection = psycopg.connect(host=sys.argv[1], dbname=sys.argv[2], user="postgres", autocommit=True)
    connection.execute(f"SET ROLE freshplan_scaling_{role}")
    return connection


def publish(seconds, committed):
    with connect("publisher") as connection:
        start = time.monotonic()
        for number in range(RATE * seconds):
            time.sleep(max(0.0, start + number / RATE - time.monotonic()))
            with connection.transaction():
                connection.execute("SET LOCAL app.territory = 'DE'")
                answer = connection.execute(
                    "SELECT scaling.publish_event('DE', %s, 'order.placed', '{}')", [CHANNEL]
                ).fetchone()
            committed[answer[0]] = time.monotonic()


def drain(connection, drained):
    """One batch, as the head of the migration says; whether anything was due."""
    with connection.transaction():
        connection.execute("SET LOCAL app.territory = 'DE'")
        delivery = connection.execute("SELECT scaling.begin_delivery(%s, 100)", [CHANNEL]).fetchone()[0]
    if delivery is None:
        return False
    with connection.transaction():
        connection.execute("SET LOCAL app.territory = 'DE'")
        rows = connection.execute(
            "SELECT id FROM scaling.drain_events(%s, 100, %s)", [CHANNEL, delivery]
        ).fetchall()
    now = time.monotonic()
    drained.update((row[0], now) for row in rows)
    return True


def consume(drained, is_over):
    with connect("consumer") as listener, connect("consumer") as worker:
        listener.execute(f"LISTEN {CHANNEL}")
        while not is_over.is_set():
            # A wake-up, or the poll of every two seconds.
            for _ in listener.notifies(timeout=2, stop_after=1):
                pass
            while drain(worker, drained):
                pass
            # For those that committed beside the one that woke.
            time.sleep(0.05)
            while drain(worker, drained):
                pass


def main():
    idle = [connect("consumer") for _ in range(int(sys.argv[3]))]
    for number, connection in enumerate(idle):
        connection.execute(f"LISTEN idle_{number}")
    committed, drained, is_over = {}, {}, threading.Event()
    consumer = threading.Thread(target=consume, args=(drained, is_over))
    consumer.start()
    publish(int(sys.argv[4]) if len(sys.argv) > 4 else 20, committed)
    deadline = time.monotonic() + 10
    while len(drained) < len(committed) and time.monotonic() < deadline:
        time.sleep(0.05)
    is_over.set()
    consumer.join()
    waits = sorted(max(0.0, drained[event] - committed[event]) * 1000 for event in committed)
    share = lambda part: waits[min(len(waits) - 1, int(len(waits) * part))]
    print(f"{len(waits)} events, {len(idle)} idle listeners: p50 {share(0.5):.1f} ms, p99 {share(0.99):.1f} ms")


main()
