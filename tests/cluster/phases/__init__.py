"""The phases of a run, one file each. A phase has `run(world)`, and leaves the cluster as it found it."""
