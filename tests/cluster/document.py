"""Puts the table of a full run into the document, between the two marks of its versions; the words around it are written by hand.

Versions that the document has no marks for get a section of their own at its end.
"""

import datetime
import os
import pathlib
import re
import subprocess


def write(document: pathlib.Path, table: str, seconds: float) -> None:
    pair = f"KEDA {os.environ['KEDA']}, Kubernetes {os.environ['KUBERNETES']}"
    begin, end = f"<!-- {pair}: begin -->\n", f"<!-- {pair}: end -->\n"
    prometheus = re.search(r"version (\S+)", subprocess.run(["prometheus", "--version"], capture_output=True, text=True).stdout)
    kubectl = re.search(r"v(\d+\.\d+\.\d+)", subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True).stdout)
    head = (
        f"{datetime.date.today()}: {pair}, Prometheus {prometheus[1]}, kubectl {kubectl[1]}; {seconds / 60:.0f} minutes.\n"
    )
    text = document.read_text()
    if begin not in text:
        text += f"\n## {pair}\n\n{begin}{end}"
    before, rest = text.split(begin)
    after = rest.split(end)[1]
    document.write_text(f"{before}{begin}{head}\n{table}{end}{after}")
