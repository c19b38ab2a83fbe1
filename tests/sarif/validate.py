"""SARIF from standard input against the schema of OASIS, then against a copy with one mistake, which must be refused.

The schema is that of the SARIF repository (oasis-tcs/sarif-spec, Schemata/sarif-schema-2.1.0.json), unchanged."""

import json
import pathlib
import sys

import fastjsonschema

schema = json.loads(pathlib.Path(__file__).with_name("sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
# Draft 7 knows it; the validator takes it for unknown unless it is named.
valid = fastjsonschema.compile(schema, formats={"uri-reference": lambda text: not set(text) & set(' "<>\\^`{|}')})
log = json.load(sys.stdin)
valid(log)
results = log["runs"][0]["results"]
assert results, "a log without results shows nothing"
results[0]["level"] = "fatal"
try:
    valid(log)
except fastjsonschema.JsonSchemaException:
    print(f"{len(results)} results, valid SARIF 2.1.0; one with a level that there is not is refused")
else:
    sys.exit("the schema lets a wrong level pass: it was not looked at")
