"""etcd, the API server and Kubernetes' own controllers."""

import pathlib
import time

from plane.keys import ADDRESS
from plane.kubernetes import Kubernetes, Refused
from plane.processes import Processes


def start(binaries: pathlib.Path, scratch: pathlib.Path, processes: Processes) -> Kubernetes:
    keys = scratch / "keys"
    kubernetes = Kubernetes(keys, scratch / "kubeconfig")
    processes.start("etcd", [
        str(binaries / "etcd"), "--data-dir", str(scratch / "etcd"), "--unsafe-no-fsync", "--log-level", "warn",
        "--listen-client-urls", "http://127.0.0.1:2379", "--advertise-client-urls", "http://127.0.0.1:2379",
        "--listen-peer-urls", "http://127.0.0.1:2380",
    ])
    processes.start("kube-apiserver", [
        str(binaries / "kube-apiserver"), "--etcd-servers=http://127.0.0.1:2379", "--secure-port=6443",
        "--bind-address=0.0.0.0", f"--advertise-address={ADDRESS}", "--service-cluster-ip-range=10.78.0.0/24",
        f"--tls-cert-file={keys}/apiserver.crt", f"--tls-private-key-file={keys}/apiserver.key",
        f"--client-ca-file={keys}/ca.crt", "--authorization-mode=RBAC",
        f"--requestheader-client-ca-file={keys}/front-proxy-ca.crt", "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-username-headers=X-Remote-User", "--requestheader-group-headers=X-Remote-Group",
        "--requestheader-extra-headers-prefix=X-Remote-Extra-",
        f"--proxy-client-cert-file={keys}/front-proxy-client.crt", f"--proxy-client-key-file={keys}/front-proxy-client.key",
        "--enable-aggregator-routing=true", "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={keys}/accounts.pub", f"--service-account-signing-key-file={keys}/accounts.key",
        "--profiling=false",
    ])
    ready(kubernetes)
    processes.start("controllers", [str(binaries / "controllers"), f"--kubeconfig={kubernetes.kubeconfig}"])
    return kubernetes


def ready(kubernetes: Kubernetes) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            kubernetes.text("GET", "/readyz")
            return
        except (OSError, Refused):
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def namespace(kubernetes: Kubernetes, name: str, enforced: str) -> None:
    """A namespace with the account that its pods run under: no controller of accounts runs here."""
    labels = {"pod-security.kubernetes.io/enforce": enforced}
    kubernetes.post("/api/v1/namespaces", {"metadata": {"name": name, "labels": labels}})
    kubernetes.post(f"/api/v1/namespaces/{name}/serviceaccounts", {"metadata": {"name": "default"}})
