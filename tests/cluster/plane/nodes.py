"""Stands in for the scheduler and the kubelets: pods get a node, run, are ready after a few seconds, and go when they are deleted."""

import datetime
import threading
import time

from plane.kubernetes import Kubernetes, Refused

# From the moment that a pod has a node until it is ready.
START = 5
NODES = ("node-a", "node-b", "node-c")


def now() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Nodes(threading.Thread):
    def __init__(self, kubernetes: Kubernetes):
        super().__init__(name="nodes", daemon=True)
        self.kubernetes = kubernetes
        self.bound: dict[str, float] = {}
        self.turn = 0
        for name in NODES:
            labels = {"kubernetes.io/hostname": name, "topology.kubernetes.io/zone": name.replace("node", "zone")}
            kubernetes.post("/api/v1/nodes", {"metadata": {"name": name, "labels": labels}})

    def run(self) -> None:
        while True:
            try:
                for pod in self.kubernetes.get("/api/v1/pods")["items"]:
                    self.tend(pod)
            except (OSError, Refused):
                pass  # a pod that has changed in between is seen to in the next round
            time.sleep(0.5)

    def tend(self, pod: dict) -> None:
        meta = pod["metadata"]
        path = f"/api/v1/namespaces/{meta['namespace']}/pods/{meta['name']}"
        if "deletionTimestamp" in meta:
            self.kubernetes.delete(path)
        elif "nodeName" not in pod["spec"]:
            self.turn += 1
            target = {"apiVersion": "v1", "kind": "Node", "name": NODES[self.turn % len(NODES)]}
            self.kubernetes.post(f"{path}/binding", {"metadata": {"name": meta["name"]}, "target": target})
            self.bound[meta["uid"]] = time.monotonic()
        elif pod["status"]["phase"] == "Pending":
            self.status(path, pod, ready=False)
        elif not ready(pod) and time.monotonic() - self.bound.get(meta["uid"], 0) > START:
            self.status(path, pod, ready=True)

    def status(self, path: str, pod: dict, ready: bool) -> None:
        state = "True" if ready else "False"
        kinds = {"PodScheduled": "True", "Initialized": "True", "ContainersReady": state, "Ready": state}
        began = pod["status"].get("startTime", now())
        containers = [
            {"name": one["name"], "image": one["image"], "imageID": "", "ready": ready, "started": ready, "restartCount": 0,
             "state": {"running": {"startedAt": began}}}
            for one in pod["spec"]["containers"]
        ]
        self.kubernetes.merge(f"{path}/status", {"status": {
            "phase": "Running", "startTime": began, "podIP": "10.77.1.1", "podIPs": [{"ip": "10.77.1.1"}],
            "conditions": [{"type": kind, "status": value, "lastTransitionTime": now()} for kind, value in kinds.items()],
            "containerStatuses": containers,
        }})


def ready(pod: dict) -> bool:
    return any(one["type"] == "Ready" and one["status"] == "True" for one in pod["status"].get("conditions", []))
