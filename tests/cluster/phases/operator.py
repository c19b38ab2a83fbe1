"""KEDA's operator is down while a season begins: the floor is late, the HPA says nothing of it, and an alert does."""

import time

from phases import campaign
from world import World

PHASE = "operator"
TARGET = "freshplan-outbox-worker"


def run(world: World) -> None:
    before = world.floor(TARGET)
    start, _, policies, out = campaign.planned(world, PHASE, before + 3, minutes=15)
    campaign.apply(world, PHASE, out)
    time.sleep(max(0, campaign.left(start) - 30))
    world.processes.stop("operator")
    down = campaign.at(start)
    world.until(PHASE, f"`explain` of {TARGET} at the start", before + 3, lambda: world.floor(TARGET, policies), 60, down)
    world.stays(PHASE, f"`{TARGET}` without the operator", before, lambda: world.replicas(TARGET), 45)
    world.until(PHASE, "KedaMetricsAbsent, critical", True, lambda: critical(world), 420, down)
    act(world, before + 3)
    world.processes.again("operator")
    back = time.monotonic()
    world.until(PHASE, "HPAs that can scale, since the operator is back", len(world.hpas()), lambda: able(world), 180, back)
    world.until(PHASE, "KedaMetricsAbsent ends", False, lambda: "KedaMetricsAbsent" in world.prometheus.firing(), 180, back)
    world.until(PHASE, f"the HPA of `{TARGET}` asks for the floor itself", before + 3, lambda: desired(world), 60)
    campaign.apply(world, PHASE, world.generated)
    # Outages that were over soon, of Prometheus and of one target's pods, have not been told afterwards.
    fired = 'max_over_time(ALERTS{alertname="ScalerErrors", alertstate="firing"}[1h])'
    world.holds(PHASE, "ScalerErrors in the whole run", [], world.prometheus.query(fired))


def act(world: World, floor: int) -> None:
    """What the runbook says while the operator stays down."""
    command = next(one for one in world.runbook().commands("KedaMetricsAbsent", "**Act**", "**Way back**") if "scale deployment" in one)
    done = world.run(command.replace("<name>", TARGET).replace("<floor>", str(floor)))
    world.holds(PHASE, f"`{command}`", 0, done.returncode)
    world.stays(PHASE, f"`{TARGET}` as scaled by hand", floor, lambda: world.replicas(TARGET), 45)


def critical(world: World) -> bool:
    return bool(world.prometheus.query('ALERTS{alertname="KedaMetricsAbsent", severity="critical", alertstate="firing"}'))


def desired(world: World) -> int:
    return world.hpas()[f"keda-hpa-{TARGET}"]["status"]["desiredReplicas"]


def able(world: World) -> int:
    def active(hpa: dict) -> bool:
        return any(one["type"] == "ScalingActive" and one["status"] == "True" for one in hpa["status"].get("conditions", []))

    return sum(map(active, world.hpas().values()))


