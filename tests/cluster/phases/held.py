"""`paused-replicas` goes to its number at once; after its release replicas come down only after the scale-down window."""

import time

from phases.pauses import SOON, pause, release
from world import World

PHASE = "held"
TARGET = "freshplan-api-queries-at"
HPA = f"keda-hpa-{TARGET}"


def run(world: World) -> None:
    floor = world.floor(TARGET)
    most = world.scaled_objects()[TARGET]["spec"]["maxReplicaCount"]
    window = world.hpas()[HPA]["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"]
    pause(world, PHASE, TARGET, "paused-replicas", str(most))
    world.until(PHASE, f"`{TARGET}` at {most}", most, lambda: world.replicas(TARGET), SOON)
    # KEDA before 2.17 removes it only once the number is reached.
    world.until(PHASE, "`paused-replicas` removes the HPA", False, lambda: HPA in world.hpas(), SOON)
    # Of a pause that is shorter than a round of the HPA its controller hears nothing, and forgets nothing: it would lower at once.
    world.stays(PHASE, f"`{TARGET}` at {most}", most, lambda: world.replicas(TARGET), 45)
    release(world, PHASE, TARGET)
    released = time.monotonic()
    world.until(PHASE, "the HPA is back", True, lambda: HPA in world.hpas(), SOON, released)
    world.until(PHASE, f"`{TARGET}` at its floor, since the release", floor, lambda: world.replicas(TARGET),
                window + 150, released, not_before=window - 10)
