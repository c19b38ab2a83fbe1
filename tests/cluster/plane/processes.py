"""Programs that run in the background, each with a log of its own in the cache."""

import os
import pathlib
import subprocess


class Processes:
    def __init__(self, logs: pathlib.Path):
        self.logs = logs
        self.commands: dict[str, tuple[list[str], dict[str, str]]] = {}
        self.running: dict[str, subprocess.Popen] = {}

    def start(self, name: str, command: list[str], **environment: str) -> None:
        self.commands[name] = (command, environment)
        with open(self.logs / f"{name}.log", "ab") as log:
            self.running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **environment})

    def stop(self, name: str) -> None:
        process = self.running.pop(name)
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def again(self, name: str) -> None:
        command, environment = self.commands[name]
        self.start(name, command, **environment)

    def ended(self) -> list[str]:
        """Those that nobody stopped and that are gone all the same."""
        return [name for name, process in self.running.items() if process.poll() is not None]
