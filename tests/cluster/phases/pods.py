"""All pods of one target are gone: they come back, the floor holds, and the load triggers that read nothing take nothing away."""

import time

from world import World

PHASE = "pods"
TARGET = "freshplan-api-queries-ch"


def run(world: World) -> None:
    floor = world.floor(TARGET)
    gone = world.pods(TARGET)
    for pod in gone:
        world.kubernetes.delete(f"/api/v1/namespaces/{world.namespace}/pods/{pod}")
    since = time.monotonic()
    world.until(PHASE, f"`{TARGET}` ready with new pods", floor, lambda: len(set(world.pods(TARGET)) - set(gone)), 60, since)
    world.holds(PHASE, f"`{TARGET}` wanted", floor, world.replicas(TARGET))
    # Pods that run and that nobody scrapes: the query gives nothing, three times, and the fallback steps in.
    with world.traffic.lock:
        world.traffic.silent.add(TARGET)
    world.stays(PHASE, f"`{TARGET}` while none of its pods reports", floor, lambda: world.replicas(TARGET), 150)
    with world.traffic.lock:
        world.traffic.silent.discard(TARGET)
    world.stays(PHASE, f"`{TARGET}` while they report again", floor, lambda: world.replicas(TARGET), 60)
