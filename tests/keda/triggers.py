"""Holds an audit as JSON against what KEDA's own reader of metadata said of each trigger. Arguments: what was said, the audit.
Prints each trigger on which they differ. What a scaler checks beyond its struct's tags is not asked here, so that a finding
about it alone is not a difference."""

import json
import pathlib
import sys

# Said of values and of what is missing, as the struct's tags have it.
BY_TAGS = (" missing: ", " cannot be read: ", " is an error in KEDA ", "is not a number as JSON has them: ")
# Findings of these types can be about several parameters together.
TOGETHER = {"redis", "redis-cluster", "redis-sentinel", "redis-streams", "redis-cluster-streams", "redis-sentinel-streams",
            "postgresql", "azure-servicebus", "kubernetes-workload", "rabbitmq"}  # fmt: skip
CHECKS = {"keda-trigger-not-built", "prometheus-threshold"}

said, audit, *forget = sys.argv[1:]
found = {}
for file in json.loads(pathlib.Path(audit).read_text())["files"]:
    whys = [finding["effect"] for finding in file["findings"] if finding["code"] in CHECKS - set(forget)]
    found[pathlib.Path(file["file"]).name] = [why for why in whys if any(part in why for part in BY_TAGS)]
refused = differ = 0
for line in pathlib.Path(said).read_text().splitlines():
    name, kind, why = line.split("\t")
    refused += bool(why)
    if bool(why) != bool(found[name]) and not (found[name] and kind in TOGETHER):
        differ += 1
        print(f"{name} ({kind}): KEDA says {why or 'nothing'}, audit says {found[name] or 'nothing'}")
print(f"{len(found)} triggers, {refused} refused, {differ} told otherwise")
sys.exit(bool(differ))
