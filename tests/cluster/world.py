"""What every phase is given: the cluster, the plan, and a way to wait for something and write down when it was seen."""

import dataclasses
import json
import os
import pathlib
import re
import subprocess
import threading
import time
from collections.abc import Callable

from guide import Guide
from plane.exporter import Traffic
from plane.kubernetes import Kubernetes, Refused
from plane.nodes import ready
from plane.processes import Processes
from plane.prometheus import Prometheus
from table import Row, Table

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]


def minor(system: str) -> str:
    """`2.20` of the version of `keda` or `kubernetes` that runs."""
    return ".".join(os.environ[system.upper()].split(".")[:2])


def since(system: str, feature: str) -> bool:
    """Whether the version that runs has something, by the compiler's own table of thresholds."""
    table = (REPOSITORY / "src/features.rs").read_text().split(f"pub mod {system} {{")[1]
    threshold = re.search(rf"const {feature}: Version = Version::new\((\d+), (\d+)\)", table)
    return tuple(map(int, minor(system).split("."))) >= tuple(map(int, threshold.groups()))


@dataclasses.dataclass
class World:
    project: pathlib.Path
    scratch: pathlib.Path
    seasonscale: pathlib.Path
    generated: pathlib.Path
    kubernetes: Kubernetes
    processes: Processes
    prometheus: Prometheus
    traffic: Traffic
    table: Table
    namespace: str
    applied: float = 0.0
    applies: threading.Event = dataclasses.field(default_factory=threading.Event)
    applying: threading.Lock = dataclasses.field(default_factory=threading.Lock)

    def guide(self) -> Guide:
        return Guide(self.generated)

    def runbook(self) -> Guide:
        return Guide(self.generated, "runbook-seasonal.md")

    def run(self, command: str, stdin: str | None = None) -> subprocess.CompletedProcess:
        """A command of a generated document, in the folder of the generated files."""
        return self.kubernetes.shell(command, self.generated, stdin, str(self.seasonscale.parent))

    def scaled_objects(self) -> dict[str, dict]:
        return self.kubernetes.items(f"/apis/keda.sh/v1alpha1/namespaces/{self.namespace}/scaledobjects")

    def hpas(self) -> dict[str, dict]:
        return self.kubernetes.items(f"/apis/autoscaling/v2/namespaces/{self.namespace}/horizontalpodautoscalers")

    def deployment(self, name: str) -> dict:
        return self.kubernetes.get(f"/apis/apps/v1/namespaces/{self.namespace}/deployments/{name}")

    def replicas(self, name: str) -> int:
        """Pods that are wanted: what the HPA decides at once, before any pod has started or ended."""
        return self.deployment(name)["spec"]["replicas"]

    def ready(self, name: str) -> int:
        return self.deployment(name)["status"].get("readyReplicas", 0)

    def pods(self, name: str) -> list[str]:
        listed = self.kubernetes.get(f"/api/v1/namespaces/{self.namespace}/pods")["items"]
        return [pod["metadata"]["name"] for pod in listed
                if pod["metadata"]["labels"]["app.kubernetes.io/name"] == name and ready(pod)]

    def floor(self, name: str, policies: pathlib.Path | None = None) -> int:
        """What the binary says that the plan asks for at this moment."""
        command = [str(self.seasonscale), "explain", name, "--format", "json"]
        if policies is not None:
            command += ["--policies", str(policies)]
        said = subprocess.run(command, cwd=self.project, capture_output=True, text=True, check=True)
        explained = json.loads(said.stdout)
        return explained["target"]["min"] if explained["floor"] is None else explained["floor"]

    def holds(self, phase: str, what: str, planned: object, seen: object) -> bool:
        """Something that must be so now."""
        return self.table.add(Row(phase, what, str(planned), str(seen), None, planned == seen))

    def until(self, phase: str, what: str, planned: object, look: Callable[[], object], within: float, since: float | None = None,
              not_before: float = 0.0) -> bool:
        """Something that must become so, `within` seconds of `since`, and not sooner than `not_before`."""
        began = time.monotonic() if since is None else since
        seen: object = None
        while time.monotonic() - began < within:
            try:
                seen = look()
            except (OSError, Refused) as missing:
                seen = str(missing)[:80]
            if seen == planned:
                break
            time.sleep(1)
        after = time.monotonic() - began
        early = seen == planned and after < not_before
        said = f"{seen}, too early" if early else str(seen)
        return self.table.add(Row(phase, what, str(planned), said, after, seen == planned and not early))

    def each(self, phase: str, planned: dict[str, int], look: Callable[[], dict[str, int]], within: float, since: float) -> None:
        """The same for several things at once, each with the time at which it was first seen."""
        first: dict[str, float] = {}
        seen: dict[str, int] = {}
        while time.monotonic() - since < within and first.keys() != planned.keys():
            seen = look()
            for what in planned:
                if seen.get(what) == planned[what]:
                    first.setdefault(what, time.monotonic() - since)
            time.sleep(0.5)
        for what, value in planned.items():
            shown = value if what in first else seen.get(what)
            self.table.add(Row(phase, what, str(value), str(shown), first.get(what, within), what in first))

    def stays(self, phase: str, what: str, planned: object, look: Callable[[], object], seconds: float) -> bool:
        """Something that must not change for a while."""
        began = time.monotonic()
        seen = planned
        while time.monotonic() - began < seconds and seen == planned:
            time.sleep(1)
            seen = look()
        return self.table.add(Row(phase, f"{what} for {seconds:.0f} s", str(planned), str(seen), time.monotonic() - began, seen == planned))
