"""What Prometheus scrapes here: the services with their traffic, the journal's exporter, and kube-state-metrics.

The services are played: each phase sets what comes in, and every ready pod of the cluster reports its share. Deployments and
HPAs are those of the API server, under the names that kube-state-metrics gives them.
"""

import http.server
import threading
import time

from plane.kubernetes import Kubernetes
from plane.nodes import ready

PORT = 9300
LIMITS = ("0.05", "0.1", "0.2", "0.22", "0.25", "0.3", "0.35", "0.4", "0.5", "0.6", "1", "+Inf")
METHODS = {"queries": "GET", "commands": "POST"}


class Traffic:
    """What comes in, by Deployment; a phase changes it, and puts it back."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.requests: dict[str, float] = {}  # in a second
        self.seconds: dict[str, float] = {}  # that an answer takes
        self.silent: set[str] = set()  # Deployments whose pods nobody sees
        self.pending = 0.0
        self.counted: dict[str, float] = {}
        self.slow: dict[tuple[str, str], float] = {}
        self.at = time.monotonic()

    def count(self, names: list[str]) -> None:
        """Adds what has come in since the last time."""
        now = time.monotonic()
        for name in names:
            more = self.requests.get(name, 1.0) * (now - self.at)
            self.counted[name] = self.counted.get(name, 0.0) + more
            for limit in LIMITS:
                inside = self.seconds.get(name, 0.08) <= float(limit)
                self.slow[name, limit] = self.slow.get((name, limit), 0.0) + (more if inside else 0.0)
        self.at = now


def line(name: str, value: float, **labels: str) -> str:
    written = ",".join(f'{key}="{value}"' for key, value in labels.items())
    return f"{name}{{{written}}} {value}"


class Exporter(threading.Thread):
    def __init__(self, kubernetes: Kubernetes, namespace: str, traffic: Traffic):
        super().__init__(name="exporter", daemon=True)
        self.kubernetes = kubernetes
        self.namespace = namespace
        self.traffic = traffic

    def run(self) -> None:
        pages = {"/services": self.services, "/journal": self.journal, "/kube-state": self.kube_state}

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = "\n".join(pages[self.path]()) + "\n"
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                pass

        http.server.ThreadingHTTPServer(("127.0.0.1", PORT), Page).serve_forever()

    def services(self) -> list[str]:
        said = []
        pods = [pod for pod in self.kubernetes.get(f"/api/v1/namespaces/{self.namespace}/pods")["items"] if ready(pod)]
        with self.traffic.lock:
            self.traffic.count(sorted({pod["metadata"]["labels"]["app.kubernetes.io/name"] for pod in pods}))
            first = set()
            for pod in pods:
                labels = pod["metadata"]["labels"]
                name, workload = labels["app.kubernetes.io/name"], labels["workload"]
                if name in self.traffic.silent:
                    continue
                tags = {"app": "api", "pod": pod["metadata"]["name"], "workload": workload}
                if "territory" in labels:
                    tags["territory"] = labels["territory"]
                said.append(line("process_uptime_seconds", 60, **tags))
                # All requests of a Deployment are counted by one series, which outlives its pods: no counter starts anew.
                if workload in METHODS and name not in first:
                    first.add(name)
                    tags = {**tags, "pod": f"{name}-all", "method": METHODS[workload], "status": "200", "uri": "/"}
                    said.append(line("http_server_requests_seconds_count", self.traffic.counted[name], **tags))
                    said += [line("http_server_requests_seconds_bucket", self.traffic.slow[name, limit], **tags, le=limit) for limit in LIMITS]
        return said

    def journal(self) -> list[str]:
        waiting = self.traffic.pending
        territories = ("DE", "CH", "AT")
        return [
            *(line("freshplan_scaling_outbox_pending_events", waiting / len(territories), territory=one) for one in territories),
            *(line("freshplan_scaling_outbox_lag_seconds", 0, territory=one) for one in territories),
            *(line("freshplan_scaling_outbox_parked_events", 0, territory=one) for one in territories),
            line("freshplan_scaling_notify_queue_usage_ratio", 0.01),
            line("freshplan_scaling_oldest_delivered_seconds", 3600),
            line("freshplan_scaling_listeners", 2, channel="orders"),
        ]

    def kube_state(self) -> list[str]:
        said = []
        for name, one in self.kubernetes.items(f"/apis/apps/v1/namespaces/{self.namespace}/deployments").items():
            tags = {"namespace": self.namespace, "deployment": name}
            said.append(line("kube_deployment_status_replicas_ready", one["status"].get("readyReplicas", 0), **tags))
            said.append(line("kube_deployment_spec_replicas", one["spec"]["replicas"], **tags))
        for name, one in self.kubernetes.items(f"/apis/autoscaling/v2/namespaces/{self.namespace}/horizontalpodautoscalers").items():
            tags = {"namespace": self.namespace, "horizontalpodautoscaler": name}
            said.append(line("kube_horizontalpodautoscaler_spec_max_replicas", one["spec"]["maxReplicas"], **tags))
            said.append(line("kube_horizontalpodautoscaler_spec_min_replicas", one["spec"]["minReplicas"], **tags))
            said.append(line("kube_horizontalpodautoscaler_status_desired_replicas", one["status"].get("desiredReplicas", 0), **tags))
            for condition in one["status"].get("conditions", []):
                for status in ("true", "false", "unknown"):
                    value = int(condition["status"].lower() == status)
                    said.append(line("kube_horizontalpodautoscaler_status_condition", value, **tags, condition=condition["type"], status=status))
        return said
