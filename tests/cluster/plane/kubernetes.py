"""The API server as Python and kubectl reach it."""

import http.client
import json
import os
import pathlib
import ssl
import subprocess
import threading


class Refused(Exception):
    """The API server has answered, and not with a success."""


class Kubernetes:
    def __init__(self, keys: pathlib.Path, kubeconfig: pathlib.Path):
        self.kubeconfig = kubeconfig
        self.tls = ssl.create_default_context(cafile=str(keys / "ca.crt"))
        self.tls.load_cert_chain(keys / "admin.crt", keys / "admin.key")
        self.connections = threading.local()
        cluster = {"server": "https://127.0.0.1:6443", "certificate-authority": str(keys / "ca.crt")}
        user = {"client-certificate": str(keys / "admin.crt"), "client-key": str(keys / "admin.key")}
        kubeconfig.write_text(json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "run",
            "clusters": [{"name": "run", "cluster": cluster}],
            "users": [{"name": "run", "user": user}],
            "contexts": [{"name": "run", "context": {"cluster": "run", "user": "run"}}],
        }))

    def text(self, method: str, path: str, body: object = None, kind: str = "application/json") -> str:
        """One request on this thread's own connection; one that was closed meanwhile is opened anew."""
        sent = None if body is None else json.dumps(body)
        for attempt in (1, 2):
            if not hasattr(self.connections, "https"):
                self.connections.https = http.client.HTTPSConnection("127.0.0.1", 6443, context=self.tls, timeout=20)
            try:
                self.connections.https.request(method, path, sent, {"Content-Type": kind})
                answer = self.connections.https.getresponse()
                said = answer.read().decode()
                break
            except (http.client.HTTPException, OSError):
                self.connections.https.close()
                del self.connections.https
                if attempt == 2:
                    raise
        if answer.status >= 300:
            raise Refused(f"{method} {path}: {answer.status} {said[:400]}")
        return said

    def get(self, path: str) -> dict:
        return json.loads(self.text("GET", path))

    def items(self, path: str) -> dict[str, dict]:
        return {item["metadata"]["name"]: item for item in self.get(path)["items"]}

    def post(self, path: str, body: object) -> dict:
        return json.loads(self.text("POST", path, body))

    def merge(self, path: str, body: object) -> dict:
        return json.loads(self.text("PATCH", path, body, "application/merge-patch+json"))

    def delete(self, path: str, grace: int = 0) -> None:
        self.text("DELETE", path, {"gracePeriodSeconds": grace})

    def shell(self, command: str, folder: pathlib.Path, stdin: str | None = None, path: str = "") -> subprocess.CompletedProcess:
        """A command of a document, run by a shell in that document's folder."""
        environment = {**os.environ, "KUBECONFIG": str(self.kubeconfig), "PATH": f"{path}:{os.environ['PATH']}"}
        return subprocess.run(["bash", "-c", command], cwd=folder, env=environment, input=stdin,
                              stdin=None if stdin is not None else subprocess.DEVNULL, capture_output=True, text=True)
