"""Prometheus goes away and comes back: floors stay, nothing scales down, and the fallback holds what was there."""

import time

from world import World

PHASE = "prometheus"
# Three failures of KEDA's poll, and a round of the HPA.
AWAY = 150


def run(world: World) -> None:
    names = sorted(world.scaled_objects())
    before = {name: world.replicas(name) for name in names}

    def replicas() -> str:
        now = {name: world.replicas(name) for name in names}
        return ", ".join(f"{name} {now[name]}" for name in names if now[name] != before[name]) or "as before"

    world.prometheus.stop()
    world.stays(PHASE, "replicas without Prometheus", "as before", replicas, AWAY)
    name = names[0]
    world.until(PHASE, f"`{name}` falls back", "True", lambda: condition(world, name, "Fallback"), 60)
    world.prometheus.again()
    back = time.monotonic()
    world.until(PHASE, f"`{name}` no longer falls back", "False", lambda: condition(world, name, "Fallback"), 120, back)
    world.until(PHASE, "HPAs that read all their metrics", len(names), lambda: reading(world), 120, back)
    world.stays(PHASE, "replicas with Prometheus again", "as before", replicas, 30)


def condition(world: World, name: str, kind: str) -> str:
    conditions = world.scaled_objects()[name]["status"]["conditions"]
    return next(one["status"] for one in conditions if one["type"] == kind)


def reading(world: World) -> int:
    """HPAs with a value for each of their metrics."""
    read = 0
    for hpa in world.hpas().values():
        values = [one for one in hpa["status"].get("currentMetrics") or [] if one.get("external")]
        read += len(values) == len(hpa["spec"]["metrics"])
    return read
