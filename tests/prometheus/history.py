"""Makes up a year of history of two targets: history.om in OpenMetrics, for a Prometheus, and load.csv with the same in requests per
second, for `--load`. Usage: history.py CALENDAR FOLDER"""

import datetime
import re
import sys
import zoneinfo

STEP = 300
NAME = "http_server_requests_seconds_count"
TARGETS = [
    ("DE/queries", 'territory="DE",workload="queries",method="GET"', 40, 7919),
    ("CH/commands", 'territory="CH",workload="commands",method="POST"', 9, 104729),
]


def seconds(day):
    """Its first second in Berlin and in Zurich."""
    return int(datetime.datetime.combine(day, datetime.time(), zoneinfo.ZoneInfo("Europe/Berlin")).timestamp())


def per_minute(at, base, prime):
    """Requests in the minute before `at`: more by day than by night, with steps by the hour that repeat nowhere near."""
    hour = at // 3600
    by_day = 3 if 6 <= hour % 24 < 18 else 1
    return base * by_day * 60 + hour * prime % (base * 30) + at % 7


def main(calendar, folder):
    # Newer TOML than Python's own reader takes; `[plan]` comes first.
    with open(calendar) as file:
        days = re.findall(r"^(?:from|until) *= *(\S+)", file.read(), re.MULTILINE)[:2]
    first, end = (seconds(datetime.date.fromisoformat(day)) for day in days)
    points = range(first, end, STEP)
    with open(f"{folder}/history.om", "w") as history, open(f"{folder}/load.csv", "w") as load:
        load.write("time,target,rps\n")
        for target, labels, base, prime in TARGETS:
            # High enough that the rate does not take the counter for one that began just now.
            count = 10**9
            for at in points:
                # Two samples are what `rate(..[2m])` needs: it stretches the minute between them over the two that it looks at.
                more = per_minute(at, base, prime)
                history.write(f'{NAME}{{job="freshplan",app="api",{labels}}} {count} {at - 60}\n')
                count += more
                history.write(f'{NAME}{{job="freshplan",app="api",{labels}}} {count} {at}\n')
                load.write(f"{at},{target},{more * (2 / 120)!r}\n")
        history.write("# EOF\n")
    print(points.start, points[-1])


main(*sys.argv[1:])
