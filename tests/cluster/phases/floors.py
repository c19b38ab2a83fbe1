"""Every target gets the replicas that the plan asks for at this minute, counted from the apply."""

import re

from world import World

PHASE = "floors"
# KEDA's first ask and two rounds of the HPA: a new Deployment has one replica, one whose minimum is higher first gets that.
# The way to the floor is one step. A pod here is ready five seconds after it has a node.
WITHIN = 60


def run(world: World) -> None:
    text = (world.generated / "keda-scalers.yaml").read_text()
    floors = {name: world.floor(name) for name in re.findall(r"^  name: (\S+)$", text, re.M)}
    if not world.applies.wait(120):
        raise TimeoutError("nothing has been applied")

    def replicas() -> dict[str, int]:
        seen = {}
        for name, one in world.kubernetes.items(f"/apis/apps/v1/namespaces/{world.namespace}/deployments").items():
            seen[f"`{name}` asked for"] = one["spec"]["replicas"]
            seen[f"`{name}` ready"] = one["status"].get("readyReplicas", 0)
        return seen

    planned = {f"`{name}` {what}": floor for name, floor in floors.items() for what in ("asked for", "ready")}
    world.each(PHASE, planned, replicas, WITHIN, world.applied)
    series = world.guide().commands("Rules", "then in Prometheus ", " has ")[0]

    def told() -> str:
        seen = {one["metric"]["scaledObject"]: int(float(one["value"][1])) for one in world.prometheus.query(series)}
        return ", ".join(f"{name} {seen.get(name)}" for name in floors if seen.get(name) != floors[name]) or "the same floors"

    world.until(PHASE, f"`{series}`", "the same floors", told, 90)
