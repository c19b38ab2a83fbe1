"""A campaign that begins in two minutes and lasts for two: the floor rises at its start and falls after its end."""

import datetime
import pathlib
import shutil
import subprocess
import time
import zoneinfo

from world import World

PHASE = "campaign"
TARGET = "freshplan-api-commands-ch"


def run(world: World) -> None:
    before = world.floor(TARGET)
    floor = before + 2
    start, end, policies, out = planned(world, PHASE, floor, "commands", "CH")
    apply(world, PHASE, out)
    world.stays(PHASE, f"`{TARGET}` before the start", before, lambda: world.replicas(TARGET), left(start) - 2)
    world.until(PHASE, f"`explain` of {TARGET} at the start", floor, lambda: world.floor(TARGET, policies), 60)
    world.until(PHASE, f"`{TARGET}` raised, since the start", floor, lambda: world.replicas(TARGET), 60, at(start))
    world.until(PHASE, f"`{TARGET}` ready, since the start", floor, lambda: world.ready(TARGET), 60, at(start))
    # The HPA looks back over the scale-down window of 300 s; then half of the replicas may go at once.
    time.sleep(max(0, left(end)))
    world.until(PHASE, f"`{TARGET}` lowered, since the end", before, lambda: world.replicas(TARGET), 420, at(end), not_before=280)
    apply(world, PHASE, world.generated)


def planned(world: World, phase: str, floor: int, workload: str = "outbox-worker", territory: str = "", minutes: int = 2) \
        -> tuple[datetime.datetime, datetime.datetime, pathlib.Path, pathlib.Path]:
    """The reference policy with one campaign more, generated: its start, its end, the policy, the files."""
    start = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Berlin")).replace(second=0, microsecond=0) + datetime.timedelta(minutes=2)
    end = start + datetime.timedelta(minutes=minutes)
    policies, out = world.scratch / phase / "policies", world.scratch / phase / "generated"
    shutil.copytree(world.project / "policies", policies)
    text = [
        "", "[campaigns.to-the-minute]", 'title = "To the minute"', 'owner = "SalesOps"',
        f"from = {start:%Y-%m-%dT%H:%M}", f"to = {end:%Y-%m-%dT%H:%M}", f"floor = {{ {workload} = {floor} }}",
        *([f'territories = ["{territory}"]'] if territory else []), "",
    ]
    with open(policies / "calendar.toml", "a") as calendar:
        calendar.write("\n".join(text))
    subprocess.run([str(world.seasonscale), "generate", "--policies", str(policies), "--out", str(out), "--today", str(start.date())],
                   check=True, capture_output=True, text=True)
    return start, end, policies, out


def apply(world: World, phase: str, folder: pathlib.Path) -> None:
    """As the runbook has it for a campaign: the scalers and the rules of one commit."""
    with world.applying:
        done = world.kubernetes.shell("kubectl apply -f keda-scalers.yaml -f prometheus-rule.yaml", folder)
        shutil.copyfile(folder / "alerts-scaling.yml", world.scratch / "rules.yml")
        world.prometheus.reload()
    world.holds(phase, "scalers and rules are applied", "0, without a warning", f"{done.returncode}, {done.stderr.strip() or 'without a warning'}")


def left(moment: datetime.datetime) -> float:
    return moment.timestamp() - time.time()


def at(moment: datetime.datetime) -> float:
    """A moment on the clock that waiting is measured by."""
    return time.monotonic() + left(moment)
