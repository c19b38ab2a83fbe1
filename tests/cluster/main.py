"""Makes the cluster, runs the phases, prints the table. It is the first process of its own namespaces: when it ends, all end."""

import argparse
import importlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import traceback

import document
from plane import control, keda, keys
from plane.exporter import Exporter, Traffic
from plane.nodes import Nodes
from plane.processes import Processes
from plane.prometheus import Prometheus
from table import Row, Table
from world import REPOSITORY, World, minor

NAMESPACE = "freshplan"
# One after the other; those of one line touch different targets, and run side by side.
PHASES = [["apply", "floors"], ["hpas", "webhook"], ["back"], ["campaign", "held", "load", "pauses", "pods"],
          ["prometheus"], ["operator"]]


def options() -> argparse.Namespace:
    said = argparse.ArgumentParser()
    said.add_argument("--cache", type=pathlib.Path)
    said.add_argument("--seasonscale", type=pathlib.Path)
    said.add_argument("--only", action="append", default=[])
    said.add_argument("--write", action="store_true")
    said.add_argument("--list", action="store_true")
    chosen = said.parse_args()
    chosen.only = [phase for some in chosen.only for phase in some.split(",")]
    unknown = set(chosen.only) - {phase for step in PHASES for phase in step}
    if unknown:
        said.error(f"no such phase: {', '.join(sorted(unknown))}")
    if chosen.only and chosen.write:
        said.error("--write is for a full run")
    return chosen


def end_with_the_shell() -> None:
    """Standard input is a pipe from the script that started this: its end is the end of that script."""
    def wait() -> None:
        while os.read(0, 1):
            pass
        os._exit(130)

    threading.Thread(target=wait, name="shell", daemon=True).start()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(130))
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))


def isolate(cache: pathlib.Path) -> pathlib.Path:
    """An address of its own, the names that the manifests have, and a folder in memory that nobody else sees."""
    scratch = cache / "run"
    scratch.mkdir(exist_ok=True)
    names = f"127.0.0.1 localhost prometheus-operated.monitoring.svc {keys.OPERATOR}\n"
    for command in (
        ["ip", "link", "set", "lo", "up"],
        ["ip", "address", "add", f"{keys.ADDRESS}/32", "dev", "lo"],
        ["mount", "-t", "tmpfs", "-o", "mode=700", "tmpfs", str(scratch)],
    ):
        subprocess.run(command, check=True)
    (scratch / "hosts").write_text(names)
    subprocess.run(["mount", "--bind", str(scratch / "hosts"), "/etc/hosts"], check=True)
    return scratch


def project(scratch: pathlib.Path, seasonscale: pathlib.Path) -> pathlib.Path:
    """The repository; for other versions than its policy names, a policy that names these, and what is made of it."""
    policy = (REPOSITORY / "policies/territories.toml").read_text()
    changed = policy
    for system in ("keda", "kubernetes"):
        changed = re.sub(rf'^({system} *)= "[0-9.]+"', rf'\g<1>= "{minor(system)}"', changed, flags=re.M)
    if changed == policy:
        return REPOSITORY
    folder = scratch / "project"
    shutil.copytree(REPOSITORY / "policies", folder / "policies")
    (folder / "policies/territories.toml").write_text(changed)
    subprocess.run([str(seasonscale), "generate"], cwd=folder, check=True)
    return folder


def make(chosen: argparse.Namespace) -> World:
    scratch = isolate(chosen.cache)
    logs = chosen.cache / "logs"
    shutil.rmtree(logs, ignore_errors=True)
    logs.mkdir()
    processes = Processes(logs)
    keys.make(scratch / "keys")
    kubernetes_version, keda_version = os.environ["KUBERNETES"], os.environ["KEDA"]
    definitions = chosen.cache / f"definitions-{keda_version}-{os.environ['PROMETHEUS_OPERATOR']}"
    kubernetes = control.start(chosen.cache / f"kubernetes-{kubernetes_version}/bin", scratch, processes)
    control.namespace(kubernetes, NAMESPACE, "restricted")
    control.namespace(kubernetes, "keda", "privileged")
    Nodes(kubernetes).start()
    keda.define(kubernetes, definitions)
    keda.start(chosen.cache / f"keda-{keda_version}/bin", definitions, scratch, kubernetes, processes)
    traffic = Traffic()
    Exporter(kubernetes, NAMESPACE, traffic).start()
    folder = project(scratch, chosen.seasonscale)
    generated = folder / "generated"
    # The rules that Prometheus reads: a phase that applies others puts them here.
    rules = scratch / "rules.yml"
    shutil.copyfile(generated / "alerts-scaling.yml", rules)
    prometheus = Prometheus(scratch, rules, processes)
    return World(folder, scratch, chosen.seasonscale, generated, kubernetes, processes, prometheus, traffic, Table(), NAMESPACE)


def phase(name: str, world: World) -> None:
    try:
        importlib.import_module(f"phases.{name}").run(world)
    except Exception as error:  # the other phases go on, and the table says where this one ended
        traceback.print_exc()
        world.table.add(Row(name, "ran to its end", "yes", f"{type(error).__name__}: {error}"[:200], None, False))


def main() -> int:
    chosen = options()
    if chosen.list:
        print("\n".join(name for step in PHASES for name in step))
        return 0
    end_with_the_shell()
    began = time.monotonic()
    world = make(chosen)
    print(f"the cluster stands after {time.monotonic() - began:.0f} s", flush=True)
    for step in PHASES:
        names = [name for name in step if not chosen.only or name in chosen.only or name in ("apply", "floors")]
        threads = [threading.Thread(target=phase, args=(name, world), name=name) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    world.holds("apply", "processes that have ended", [], world.processes.ended())
    written = world.table.markdown([name for step in PHASES for name in step])
    print(f"\n{written}\n{time.monotonic() - began:.0f} s, {len(world.table.rows)} rows, {len(world.table.failed())} failed", flush=True)
    if chosen.write and not world.table.failed():
        document.write(REPOSITORY / ".docs/cluster.md", written, time.monotonic() - began)
    return 1 if world.table.failed() else 0


if __name__ == "__main__":
    code = main()
    sys.stdout.flush()
    os._exit(code)
