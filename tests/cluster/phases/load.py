"""Load rises to more than the maximum carries, and is gone again: up at once, down after the window, by halves, to the floor."""

import time

from world import World

PHASE = "load"
TARGET = "freshplan-api-queries-de"
CARRIES = 80


def run(world: World) -> None:
    floor = world.floor(TARGET)
    most = world.scaled_objects()[TARGET]["spec"]["maxReplicaCount"]
    window = world.hpas()[f"keda-hpa-{TARGET}"]["spec"]["behavior"]["scaleDown"]["stabilizationWindowSeconds"]
    set_load(world, CARRIES * most * 1.2)
    since = time.monotonic()
    # A rate over two minutes has to rise first, and replicas at most double in a minute.
    world.until(PHASE, f"`{TARGET}` at its maximum", most, lambda: world.replicas(TARGET), 240, since)
    world.until(PHASE, f"`{TARGET}` ready", most, lambda: world.ready(TARGET), 270, since)
    set_load(world, 1.0)
    since = time.monotonic()
    world.until(PHASE, f"`{TARGET}` at its floor, since the load is gone", floor, lambda: world.replicas(TARGET),
                window + 330, since, not_before=window)


def set_load(world: World, requests: float) -> None:
    with world.traffic.lock:
        world.traffic.requests[TARGET] = requests
