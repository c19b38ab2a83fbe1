"""Holds the scrapes of one service against its settings and against every selector of the rules and scalers. Prints what is
wrong. Arguments: --territory and --workload of its pod, --settings, --scrapes, --rules FILES, and --uncounted if probes and
scrapes must not be among its requests."""

import argparse
import math
import pathlib
import re
import sys

BUCKET = "http_server_requests_seconds_bucket"
# What Prometheus adds to a series when it scrapes it, and what the pod's variables say.
OF_THE_SCRAPE, OF_THE_POD = {"job", "app"}, {"territory", "workload"}


def buckets(settings):
    """The ends of buckets, in seconds."""
    for line in settings.splitlines():
        key, _, value = line.partition("=")
        if key == "seasonscale.metrics.buckets-seconds":
            return [float(end) for end in value.split(",")]
        if key == "management.metrics.distribution.slo[http.server.requests]":
            return [int(end.removesuffix("ms")) / 1000 for end in value.split(",")]
    sys.exit("the settings name no buckets")


def series(scrape):
    """The name and the labels of each series."""
    found = []
    for line in scrape.splitlines():
        if line and not line.startswith("#"):
            name, labels = re.match(r'([\w:]+)(?:\{((?:[^"}]|"(?:[^"\\]|\\.)*")*)\})? ', line).groups()
            found.append((name, dict(re.findall(r'(\w+)="((?:[^"\\]|\\.)*)"', labels or ""))))
    return found


def selectors(rules):
    """The name and the matchers of each selector of something that a service measures, once each."""
    found = {}
    for text, name, inside in re.findall(r"(?<![\w:])((http_server_requests_\w+|process_\w+)\{([^}]*)\})", rules):
        found[text] = (name, re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', inside))
    return found


def matches(labels, label, how, value):
    """As Prometheus matches: texts, whole, and a label that is not there is empty."""
    text = labels.get(label, "")
    same = bool(re.fullmatch(value, text)) if "~" in how else text == value
    return same != how.startswith("!")


def unmet(name, matchers, found):
    """What of a selector is not in the series."""
    mine = [labels for other, labels in found if other == name]
    asked = [matcher for matcher in matchers if matcher[0] not in OF_THE_SCRAPE | OF_THE_POD]
    for label, how, value in asked:
        # Each method of a list is one that was asked for; a bucket is listed in every way that it may be written.
        wanted = value.split("|") if how == "=~" and label != "le" else [value]
        for text in wanted:
            # What a selector leaves out must be there too, or it leaves out nothing.
            if not any(matches(labels, label, "=~" if "~" in how else "=", text) for labels in mine):
                yield f'no {name} has {label} {how} "{text}"'
    if not any(all(matches(labels, *matcher) for matcher in asked) for labels in mine):
        yield f"no {name} has all of {asked}"


def wrong(found, asked, said):
    """What is, in one scrape."""
    for name, labels in found:
        for label in OF_THE_POD:
            if labels.get(label, "") != vars(said)[label]:
                yield f"{name} has {label} {labels.get(label)!r}, not {vars(said)[label]!r}"
        for label in OF_THE_SCRAPE & labels.keys():
            yield f"{name} has a label {label} of its own"
        uri = labels.get("uri", "/things")
        if said.uncounted and name == "http_server_requests_seconds_count" and not uri.startswith("/things"):
            yield f"what asks for {uri} is counted as a request"
    ends = {}
    for name, labels in found:
        if name == BUCKET:
            others = tuple(sorted(pair for pair in labels.items() if pair[0] != "le"))
            ends.setdefault(others, []).append(labels["le"])
    wanted = [*sorted(buckets(said.settings.read_text())), math.inf]
    for others, texts in ends.items():
        if sorted(map(float, texts)) != wanted:
            yield f"the buckets of {dict(others)} end at {texts}, not at {wanted}"
    if not ends:
        yield f"no {BUCKET}"
    for name, matchers in asked.values():
        yield from unmet(name, matchers, found)


parser = argparse.ArgumentParser()
parser.add_argument("--territory", default="")
parser.add_argument("--workload", required=True)
parser.add_argument("--settings", type=pathlib.Path, required=True)
parser.add_argument("--scrapes", type=pathlib.Path, required=True)
parser.add_argument("--rules", type=pathlib.Path, nargs="+", required=True)
parser.add_argument("--uncounted", action="store_true")
said = parser.parse_args()

asked = {}
for rules in said.rules:
    asked |= selectors(rules.read_text())
names = {name for name, _ in asked.values()}
if not {BUCKET, "http_server_requests_seconds_count", "process_uptime_seconds"} <= names:
    sys.exit(f"the rules select only {names}")
faults = {}
for scrape in sorted(said.scrapes.iterdir()):
    faults |= {fault: scrape.name for fault in wrong(series(scrape.read_text()), asked, said)}
for fault, form in faults.items():
    print(f"{form}: {fault}")
print(f"{len(asked)} selectors")
sys.exit(bool(faults))
