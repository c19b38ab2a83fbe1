"""Makes the go.mod and go.sum of a module whose only use is to build the mains of another one.

Usage: modules.py SOURCE MODULE VERSION INTO, where SOURCE is the folder of MODULE@VERSION in Go's module cache.

`go install MODULE@VERSION` takes no module that has replaces, and `go get` forgets them: those of a dependency do not count.
So they are written over here, with every version that the module's own build has.
"""

import json
import pathlib
import shutil
import subprocess
import sys


def read(source: pathlib.Path) -> dict:
    text = subprocess.run(["go", "mod", "edit", "-json", str(source / "go.mod")], capture_output=True, check=True, text=True)
    return json.loads(text.stdout)


def replaced(old: dict, new: dict, version: str) -> str:
    """Kubernetes has its libraries in its own repository, but not in its module: there they have the same version with a 0."""
    if new["Path"].startswith("./staging/"):
        new = {"Path": old["Path"], "Version": "v0." + version.removeprefix("v1.")}
    return f"replace {old['Path']} => {new['Path']} {new['Version']}"


def main(source: pathlib.Path, module: str, version: str, into: pathlib.Path) -> None:
    theirs = read(source)
    lines = ["module seasonscale/cluster", f"go {theirs['Go']}", f"require {module} {version}"]
    # What Kubernetes keeps in its own repository is required as v0.0.0, a version that only its replace makes real.
    lines += [f"require {row['Path']} {row['Version']}" for row in theirs["Require"]]
    lines += [replaced(row["Old"], row["New"], version) for row in theirs.get("Replace") or []]
    into.mkdir(parents=True, exist_ok=True)
    (into / "go.mod").write_text("\n".join(lines) + "\n")
    shutil.copyfile(source / "go.sum", into / "go.sum")
    (into / "go.sum").chmod(0o644)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2], sys.argv[3], pathlib.Path(sys.argv[4]))
