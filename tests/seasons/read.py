"""Reads seasons.ics with a reader of its own, expands every event over the plan, and holds the floors that come of it
against those of `seasonscale review --format json`, at every step of every target. Arguments: the feed, the review."""

import datetime
import json
import sys
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events


def field(event, key):
    """The value of a line `key: value` of the description."""
    lines = str(event["DESCRIPTION"]).split("\n")
    return next((line.removeprefix(key + ": ") for line in lines if line.startswith(key + ": ")), None)


def windows(feed, review):
    """Place, workload, floor, start and end, in UTC."""
    found = []
    day = datetime.timedelta(days=2)
    span = [datetime.datetime.fromisoformat(review[key]) for key in ("from", "until")]
    for event in recurring_ical_events.of(feed).between(span[0] - day, span[1] + day):
        start, end = (event[key].dt.astimezone(datetime.timezone.utc) for key in ("DTSTART", "DTEND"))
        for floor in (field(event, "floor") or "").split():
            workload, replicas = floor.split("=")
            found.append((field(event, "territory"), workload, int(replicas), start, end))
    return found


def wrong(target, found):
    """Steps at which the feed has another floor."""
    place = target["territory"] or "everywhere"
    mine = [window for window in found if window[:2] == (place, target["workload"])]
    for step in target["steps"]:
        local = datetime.datetime.fromisoformat(step["local"]).replace(tzinfo=ZoneInfo(target["zone"]))
        at = local.astimezone(datetime.timezone.utc)
        floors = [floor for _, _, floor, start, end in mine if start <= at < end]
        if max([target["min"], *floors]) != step["floor"]:
            yield f"{target['name']} at {step['local']}: the plan {step['floor']}, the feed {floors}"


def differences(text, review):
    feed = icalendar.Calendar.from_ical(text)
    found = windows(feed, review)
    return [line for target in review["targets"] for line in wrong(target, found)]


with open(sys.argv[1], newline="") as file:
    text = file.read()
with open(sys.argv[2]) as file:
    review = json.load(file)
steps = sum(len(target["steps"]) for target in review["targets"])
different = differences(text, review)
if different or steps < 100:
    sys.exit("\n".join(different[:10]) or "no steps")
for good, bad in (("COUNT=91", "COUNT=90"), ("T080000", "T090000"), ("queries=6", "queries=5")):
    if not differences(text.replace(good, bad), review):
        sys.exit(f"`{bad}` in the place of `{good}` was not noticed")
print(f"{steps} steps agree")
