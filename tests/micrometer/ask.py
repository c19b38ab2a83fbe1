"""Asks a service that was just started, by every method and for a failure, as the kubelet and as Prometheus would, and keeps
what it then tells Prometheus. Arguments: where it listens, its health path, its metrics path, a folder for the scrapes."""

import pathlib
import sys
import urllib.error
import urllib.request

# What Prometheus 3, Prometheus 2 and a plain reader ask for: each framework tells some OpenMetrics, some text.
FORMS = {
    "prometheus-3": "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,"
    "application/openmetrics-text;version=0.0.1;q=0.5,text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "prometheus-2": "application/openmetrics-text;version=1.0.0;q=0.5,application/openmetrics-text;version=0.0.1;q=0.4,"
    "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
    "any": "*/*",
    "text": "text/plain;version=0.0.4",
}

# The environment may name a proxy, which has no way to this machine's loopback.
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(path, method="GET", accept="*/*"):
    """The status and the body."""
    request = urllib.request.Request(base + path, method=method, headers={"Accept": accept})
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def expect(status, path, **how):
    """The body."""
    found, body = ask(path, **how)
    if found != status:
        sys.exit(f"{path} answers {found}, not {status}")
    return body


base, health, metrics, folder = sys.argv[1:]
for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
    expect(200, "/things", method=method)
for method in ("GET", "POST"):
    expect(500, "/things/broken", method=method)
expect(200, health)
expect(200, metrics)
for form, accept in FORMS.items():
    (pathlib.Path(folder) / form).write_text(expect(200, metrics, accept=accept))
