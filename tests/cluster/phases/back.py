"""The objects as the cluster gives them back: audit and import find nothing that is not so, and a floor that was raised by hand goes back."""

import json
import subprocess
import time

from world import World, minor

PHASE = "back"
TARGET = "freshplan-api-commands-at"
# What an import begins a part of its report with.
REMARKS = ("not looked at:", "left alone:", "carried over", "added, though", "not kept:", "left out:")


def run(world: World) -> None:
    read = world.run(f"kubectl -n {world.namespace} get scaledobjects -o yaml").stdout
    keda = ["--keda", minor("keda")]
    made = (world.generated / "keda-scalers.yaml").read_text()
    world.holds(PHASE, "findings of `audit` about our own objects, as in their file", found(world, made), found(world, read))
    for owned in ([], ["--owned"]):
        out = world.scratch / f"import{len(owned)}"
        ask = [str(world.seasonscale), "import", *keda, *owned, "--out", str(out), "-"]
        done = subprocess.run(ask, input=read, capture_output=True, text=True)
        remarks = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith(REMARKS)]
        world.holds(PHASE, f"`import {' '.join([*owned, '-'])}`", "0, no remark", f"{done.returncode}, {', '.join(remarks) or 'no remark'}")
    undo(world)
    raise_by_hand(world)


def found(world: World, objects: str) -> list[str]:
    ask = [str(world.seasonscale), "audit", "--keda", minor("keda"), "--kubernetes", minor("kubernetes"), "--format", "json", "-"]
    audited = subprocess.run(ask, input=objects, capture_output=True, text=True)
    return sorted({one["code"] for file in json.loads(audited.stdout)["files"] for one in file["findings"]})


def undo(world: World) -> None:
    """The runbook says what a way back says that has nowhere to go."""
    command, says = world.runbook().commands("Rollback", "| a release of a service |", "\n")
    done = world.run(command.replace("<name>", TARGET))
    world.holds(PHASE, f"`{command}` after a first apply says `{says}`", True, says in done.stderr)


def raise_by_hand(world: World) -> None:
    """The runbook's safe way, and its way back, which does not wait for the window."""
    floor = world.floor(TARGET)
    guide = world.runbook()
    command = guide.block("Raise a floor today").replace("<name>", TARGET).replace("<n>", str(floor + 1))
    back = guide.commands("Raise a floor today", "Way back: ", ". ")[0]
    world.holds(PHASE, "the runbook's command to raise a floor", 0, world.run(command).returncode)
    world.until(PHASE, f"`{TARGET}` raised by hand", floor + 1, lambda: world.replicas(TARGET), 45)
    world.holds(PHASE, f"its way back, `{back}`", 0, world.run(back).returncode)
    since = time.monotonic()
    world.until(PHASE, f"`{TARGET}` lowered again", floor, lambda: world.replicas(TARGET), 420, since)
