"""Puts the table of a full run into the document, between its two marks; the words around it are written by hand."""

import datetime
import os
import pathlib
import re
import subprocess

MARKS = ("<!-- run:begin -->", "<!-- run:end -->")


def write(document: pathlib.Path, table: str, seconds: float) -> None:
    prometheus = re.search(r"version (\S+)", subprocess.run(["prometheus", "--version"], capture_output=True, text=True).stdout)
    kubectl = re.search(r"v(\d+\.\d+\.\d+)", subprocess.run(["kubectl", "version", "--client"], capture_output=True, text=True).stdout)
    head = (
        f"{datetime.date.today()}: KEDA {os.environ['KEDA']}, Kubernetes {os.environ['KUBERNETES']}, "
        f"Prometheus {prometheus[1]}, kubectl {kubectl[1]}; {seconds / 60:.0f} minutes.\n"
    )
    text = document.read_text()
    before, rest = text.split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    document.write_text(f"{before}{MARKS[0]}\n{head}\n{table}{MARKS[1]}{after}")
