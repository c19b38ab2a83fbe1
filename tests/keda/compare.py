"""Holds an audit as JSON against what the API server and KEDA's webhook said of the same files. Arguments: what was said,
audits, and --forget ID to see that a finding that is not there is missed. Prints each file on which they differ."""

import argparse
import collections
import json
import pathlib
import sys

# Findings that mean: the API server or the webhook refuses the object.
REFUSED = {
    "keda-target-unknown", "keda-field-unknown", "keda-field-missing", "keda-field-type", "keda-replica-range", "keda-name-refused",
    "keda-name-too-long", "keda-fallback-refused", "keda-triggers-refused", "keda-trigger-names", "keda-modifiers-refused",
    "yaml-broken", "keda-request-missing", "keda-second-autoscaler",
}  # fmt: skip

# The object is taken, and the API server refuses its HPA.
OF_HPA = {"hpa-behavior-refused"}

# Where the readers here see less than the real ones, by the beginning of a variant's comment or the name of a file.
LESS = {
    # Found by the kind's name alone, which an API server does not know.
    "api-group-of-keda-1.yaml", "kind-in-lower-case.yaml", "no-api-version.yaml",
    # Scalers of other projects, which the webhook does not look for.
    "scalers-of-others.yaml",
}  # fmt: skip


def other_version(path):
    """Whether a manifest is about another KEDA than the one that is asked."""
    return any(line.startswith("# keda:") for line in path.read_text(errors="replace").splitlines()[:12])


parser = argparse.ArgumentParser()
parser.add_argument("said", type=pathlib.Path)
parser.add_argument("audits", type=pathlib.Path, nargs="+")
parser.add_argument("--forget", default="")
given = parser.parse_args()

said = collections.defaultdict(list)
for line in given.said.read_text().splitlines():
    file, _, _, why = line.split("\t")
    said[file].append(why)
compared, differ = collections.Counter(), 0
files = [file for audit in given.audits for file in json.loads(audit.read_text())["files"]]
for file in files:
    path = pathlib.Path(file["file"])
    if path.name in LESS or path.name not in said or other_version(path):
        continue
    ids = {finding["code"] for finding in file["findings"]} - {given.forget}
    of_hpa = [why for why in said[path.name] if why.startswith("HPA: ")]
    reasons = [why for why in said[path.name] if why and why not in of_hpa]
    # Two objects of one file; across files that are audited together they are another cluster's.
    refused = REFUSED | ({"keda-same-target"} if len(files) == 1 or len(given.audits) > 1 else set())
    compared[bool(reasons)] += 1
    # The HPA is made only of what was taken.
    agree = bool(reasons) == bool(ids & refused) and (bool(reasons) or bool(of_hpa) == bool(ids & OF_HPA))
    if not agree:
        differ += 1
        about = path.read_text(errors="replace").splitlines()[0]
        ours = sorted(ids & (refused | OF_HPA))
        print(f"{path.name} ({about}): KEDA says {reasons + of_hpa or 'nothing'}, audit says {ours or 'nothing'}")
print(f"{compared[True]} refused, {compared[False]} taken, {differ} told otherwise")
sys.exit(bool(differ))
