"""Every target gets the replicas that the plan asks for at this minute, counted from the apply."""

import re

from world import World

PHASE = "floors"
# A new Deployment has one replica. KEDA's first ask, a round of the HPA, and one step to the floor.
ASKED = 45
# A pod here is ready five seconds after it has a node.
READY = 60


def run(world: World) -> None:
    text = (world.generated / "keda-scalers.yaml").read_text()
    floors = {name: world.floor(name) for name in re.findall(r"^  name: (\S+)$", text, re.M)}
    if not world.applies.wait(120):
        raise TimeoutError("nothing has been applied")

    def deployed(field: str, part: str) -> dict[str, int]:
        listed = world.kubernetes.items(f"/apis/apps/v1/namespaces/{world.namespace}/deployments")
        return {name: one[part].get(field, 0) for name, one in listed.items()}

    world.each(PHASE, "asked for", floors, lambda: deployed("replicas", "spec"), ASKED, world.applied)
    world.each(PHASE, "ready", floors, lambda: deployed("readyReplicas", "status"), READY, world.applied)
    series = world.guide().commands("Rules", "then in Prometheus ", " has ")[0]

    def told() -> dict[str, int]:
        return {one["metric"]["scaledObject"]: int(float(one["value"][1])) for one in world.prometheus.query(series)}

    world.until(PHASE, f"`{series}`", floors, told, 90)
