"""Annotations that pause, what each does, and the runbook's way back; `paused-replicas` has a phase of its own, `held`."""

from world import World, since

PHASE = "pauses"
TARGET = "freshplan-api-commands-at"
HPA = f"keda-hpa-{TARGET}"
# KEDA sees an annotation at once; then the HPA looks every 15 s.
SOON = 60


def run(world: World) -> None:
    floor = world.floor(TARGET)
    pause(world, PHASE, TARGET, "paused", "true")
    world.until(PHASE, "`paused` removes the HPA", False, lambda: HPA in world.hpas(), SOON)
    world.holds(PHASE, "`paused` leaves the replicas", floor, world.replicas(TARGET))
    release(world, PHASE, TARGET)
    world.until(PHASE, "the HPA is back", True, lambda: HPA in world.hpas(), SOON)
    if since("keda", "PAUSE_BY_DIRECTION"):
        by_direction(world, floor)
    else:
        nothing(world)


def by_direction(world: World, floor: int) -> None:
    pause(world, PHASE, TARGET, "paused-scale-out", "true")
    world.until(PHASE, "`paused-scale-out` keeps the HPA, which may not add", "Disabled", lambda: policy(world, "scaleUp"), SOON)
    release(world, PHASE, TARGET)
    world.until(PHASE, "the HPA may add again", "Max", lambda: policy(world, "scaleUp"), SOON)

    pause(world, PHASE, TARGET, "paused-scale-in", "true")
    world.until(PHASE, "`paused-scale-in` keeps the HPA, which may not remove", "Disabled", lambda: policy(world, "scaleDown"), SOON)
    world.until(PHASE, "ScaledObjectPausedInSeason", floor > least(world), lambda: told(world), 450)
    release(world, PHASE, TARGET)
    world.until(PHASE, "the HPA may remove again", "Max", lambda: policy(world, "scaleDown"), SOON)
    world.until(PHASE, "ScaledObjectPausedInSeason ends", False, lambda: told(world), 120)


def nothing(world: World) -> None:
    """Before them an annotation of this name is nobody's."""
    for annotation, direction in (("paused-scale-out", "scaleUp"), ("paused-scale-in", "scaleDown")):
        pause(world, PHASE, TARGET, annotation, "true")
        world.stays(PHASE, f"`{annotation}` changes nothing", "Max", lambda direction=direction: policy(world, direction), 30)
        release(world, PHASE, TARGET)


def pause(world: World, phase: str, target: str, annotation: str, value: str) -> None:
    done = world.run(f"kubectl -n {world.namespace} annotate scaledobject {target} autoscaling.keda.sh/{annotation}={value} --overwrite")
    world.holds(phase, f"annotated `{annotation}={value}`", 0, done.returncode)


def release(world: World, phase: str, target: str) -> None:
    """The runbook's own command, which takes any of the four away."""
    command = world.runbook().commands("ScaledObjectPausedInSeason", "**Act**: ", "(the minus")[0]
    done = world.run(command.replace("<name>", target))
    world.holds(phase, "the runbook's command to unpause", 0, done.returncode)


def policy(world: World, direction: str) -> str:
    return world.hpas()[HPA]["spec"]["behavior"][direction]["selectPolicy"]


def least(world: World) -> int:
    return world.scaled_objects()[TARGET]["spec"]["minReplicaCount"]


def told(world: World) -> bool:
    return "ScaledObjectPausedInSeason" in world.prometheus.firing()
