"""Prometheus, at the address that the manifests name, with the generated rules."""

import json
import pathlib
import time
import urllib.error
import urllib.parse
import urllib.request

from plane.exporter import PORT
from plane.keda import PROMETHEUS_METRICS
from plane.processes import Processes

ADDRESS = "http://127.0.0.1:9090"


def jobs(rules: pathlib.Path) -> dict:
    def job(name: str, path: str, every: str, address: str, **labels: str) -> dict:
        target = {"targets": [address], "labels": labels}
        return {"job_name": name, "metrics_path": path, "scrape_interval": every, "static_configs": [target]}

    here = f"127.0.0.1:{PORT}"
    return {
        "global": {"scrape_interval": "15s", "evaluation_interval": "15s"},
        "rule_files": [str(rules)],
        "scrape_configs": [
            job("freshplan", "/services", "15s", here),
            job("journal", "/journal", "15s", here),
            {**job("kube-state-metrics", "/kube-state", "15s", here), "honor_labels": True},
            # With a namespace of its own on the target, what KEDA says of an object's is `exported_namespace`.
            job("keda-operator", "/metrics", "15s", PROMETHEUS_METRICS, namespace="keda"),
        ],
    }


class Prometheus:
    def __init__(self, scratch: pathlib.Path, rules: pathlib.Path, processes: Processes):
        self.processes = processes
        (scratch / "prometheus.json").write_text(json.dumps(jobs(rules)))
        processes.start("prometheus", [
            "prometheus", f"--config.file={scratch}/prometheus.json", f"--storage.tsdb.path={scratch}/prometheus",
            "--web.listen-address=127.0.0.1:9090", "--web.enable-lifecycle", "--log.level=warn",
        ])
        self.ready()

    def ready(self) -> None:
        until = time.monotonic() + 60
        while True:
            try:
                urllib.request.urlopen(f"{ADDRESS}/-/ready", timeout=5).close()
                return
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.5)

    def stop(self) -> None:
        self.processes.stop("prometheus")

    def again(self) -> None:
        self.processes.again("prometheus")
        self.ready()

    def reload(self) -> None:
        urllib.request.urlopen(urllib.request.Request(f"{ADDRESS}/-/reload", method="POST"), timeout=30).close()

    def query(self, expression: str) -> list[dict]:
        asked = urllib.parse.urlencode({"query": expression})
        with urllib.request.urlopen(f"{ADDRESS}/api/v1/query?{asked}", timeout=10) as answer:
            return json.load(answer)["data"]["result"]

    def firing(self) -> set[str]:
        """The alerts that fire; those that are only pending do not."""
        return {one["metric"]["alertname"] for one in self.query('ALERTS{alertstate="firing"}')}
