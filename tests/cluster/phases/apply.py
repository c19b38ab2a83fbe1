"""The folder is applied by the guide's own commands."""

import re
import time

from world import World

PHASE = "apply"


def run(world: World) -> None:
    guide = world.guide()
    look = guide.commands("Cluster", "Look first: ", "\n")[0]
    do = guide.commands("Cluster", " Do: ", "\n")[0]
    sees = guide.commands("Cluster", " See: ", " Back: ")

    # `kubectl diff` ends in 1 where something would change.
    world.holds(PHASE, f"`{look}` sees a change", 1, world.run(look).returncode)
    strict(world, f"{do} --dry-run=server --validate=strict")
    world.applied = time.monotonic()
    world.applies.set()
    applied = world.run(do)
    world.holds(PHASE, f"`{do}`", "0, without a warning", ended(applied))
    planned = int(re.search(r"shows (\d+) objects, READY True", guide.section("Cluster"))[1])
    world.until(PHASE, "ScaledObjects that are READY", planned, lambda: ready(world), 60, world.applied)
    for command in sees:
        if command.startswith("kubectl") and "|" not in command:
            world.holds(PHASE, f"`{command}`", "0, without a warning", ended(world.run(command)))
    check = next(command for command in sees if "seasonscale check" in command)
    world.holds(PHASE, "`seasonscale check --cluster`", "0", read_back(world, check))
    second(world, do)
    webhook(world, planned)


def ended(done) -> str:
    said = done.stderr.strip()
    return f"{done.returncode}, {said}" if said else f"{done.returncode}, without a warning"


def strict(world: World, command: str) -> None:
    """Everything is taken as it is written: an unknown field would be an error, and a doubt a warning."""
    done = world.run(command)
    world.holds(PHASE, f"`{command}`", "0, without a warning", ended(done))
    made = len(done.stdout.splitlines())
    files = re.findall(r"^  - (\S+)$", (world.generated / "kustomization.yaml").read_text(), re.M)
    written = sum(len(re.findall(r"^kind: ", (world.generated / file).read_text(), re.M)) for file in files)
    world.holds(PHASE, "objects that the server would make", written, made)


def ready(world: World) -> int:
    conditions = [one.get("status", {}).get("conditions", []) for one in world.scaled_objects().values()]
    return sum(any(one["type"] == "Ready" and one["status"] == "True" for one in of) for of in conditions)


def read_back(world: World, command: str) -> str:
    """The guide's command stands in the project's folder: the policy is read there."""
    shown = world.run(command.split(" | ")[0]).stdout
    done = world.kubernetes.shell(command.split(" | ")[1], world.project, shown, str(world.seasonscale.parent))
    said = [line for line in (done.stdout + done.stderr).splitlines() if "[" in line]
    return ", ".join([str(done.returncode), *said[:3]]) if done.returncode else "0"


def second(world: World, command: str) -> None:
    """Nothing changes; of budgets kubectl says so all the same, as the guide tells, and their generation stays."""
    path = f"/apis/policy/v1/namespaces/{world.namespace}/poddisruptionbudgets"
    before = generations(world, path)
    said = world.run(command).stdout.splitlines()
    others = [line for line in said if not line.endswith(" unchanged") and not line.startswith("poddisruptionbudget.policy/")]
    world.holds(PHASE, "a second apply changes", "nothing", ", ".join(others) or "nothing")
    world.holds(PHASE, "generations of the budgets after it", before, generations(world, path))


def generations(world: World, path: str) -> list[int]:
    return [one["metadata"]["generation"] for one in world.kubernetes.items(path).values()]


def webhook(world: World, least: int) -> None:
    metrics = world.kubernetes.text("GET", "/metrics")
    asked = re.findall(r'^apiserver_admission_webhook_request_total\{.*name="vscaledobject.kb.io".*rejected="false".*\} (\d+)', metrics, re.M)
    world.holds(PHASE, "KEDA's webhook was asked for each", True, sum(map(int, asked)) >= 2 * least)


