"""KEDA: its definitions, its webhook, its operator and its metrics adapter, each as a process of this machine."""

import base64
import json
import pathlib
import subprocess
import time

from plane.keys import ADDRESS, OPERATOR
from plane.kubernetes import Kubernetes, Refused
from plane.processes import Processes

ADAPTER_PORT = 6444
WEBHOOK = "https://127.0.0.1:9443"
PROMETHEUS_METRICS = "127.0.0.1:8180"
ENVIRONMENT = {"POD_NAMESPACE": "keda", "KEDA_CLUSTER_OBJECT_NAMESPACE": "keda", "WATCH_NAMESPACE": ""}


def define(kubernetes: Kubernetes, definitions: pathlib.Path) -> None:
    """KEDA's definitions are too big for the annotation of a plain apply."""
    names = [str(file) for file in sorted(definitions.glob("*.yaml")) if file.name != "validation_webhooks.yaml"]
    files = [word for name in names for word in ("-f", name)]
    # A program that starts before they are served ends: KEDA's webhook from 2.21 on.
    for verb in (["apply", "--server-side"], ["wait", "--for=condition=Established", "--timeout=60s"]):
        subprocess.run(["kubectl", f"--kubeconfig={kubernetes.kubeconfig}", *verb, *files], check=True, capture_output=True, text=True)


def start(binaries: pathlib.Path, definitions: pathlib.Path, scratch: pathlib.Path, kubernetes: Kubernetes, processes: Processes) -> None:
    keys = scratch / "keys/keda"
    environment = {**ENVIRONMENT, "KUBECONFIG": str(kubernetes.kubeconfig)}
    processes.start("webhooks", [
        str(binaries / "webhooks"), f"--cert-dir={keys}", "--port=9443", "--metrics-bind-address=127.0.0.1:8181",
        "--health-probe-bind-address=127.0.0.1:8182",
    ], **environment)
    processes.start("operator", [
        str(binaries / "operator"), f"--cert-dir={keys}", f"--metrics-bind-address={PROMETHEUS_METRICS}",
        "--health-probe-bind-address=127.0.0.1:8183", "--metrics-service-bind-address=127.0.0.1:9666",
    ], **environment)
    processes.start("adapter", [
        str(binaries / "adapter"), f"--secure-port={ADAPTER_PORT}", f"--bind-address={ADDRESS}", "--port=8184",
        f"--cert-dir={keys}", f"--tls-cert-file={keys}/tls.crt", f"--tls-private-key-file={keys}/tls.key",
        f"--client-ca-file={keys}/ca.crt", f"--metrics-service-address={OPERATOR}:9666",
        *(f"--{purpose}={kubernetes.kubeconfig}" for purpose in
          ("kubeconfig", "lister-kubeconfig", "authentication-kubeconfig", "authorization-kubeconfig")),
    ], **environment)
    authority = base64.b64encode((keys / "ca.crt").read_bytes()).decode()
    serve_metrics(kubernetes, authority)
    ask_webhook(kubernetes, definitions, authority)
    ready(kubernetes)


def serve_metrics(kubernetes: Kubernetes, authority: str) -> None:
    """The adapter behind a Service without a selector, as the API that the HPA asks."""
    port = {"name": "https", "port": 443, "targetPort": ADAPTER_PORT}
    kubernetes.post("/api/v1/namespaces/keda/services", {"metadata": {"name": "keda-metrics-apiserver"}, "spec": {"ports": [port]}})
    kubernetes.post("/apis/discovery.k8s.io/v1/namespaces/keda/endpointslices", {
        "metadata": {"name": "keda-metrics-apiserver", "labels": {"kubernetes.io/service-name": "keda-metrics-apiserver"}},
        "addressType": "IPv4", "ports": [{"name": "https", "port": ADAPTER_PORT, "protocol": "TCP"}],
        "endpoints": [{"addresses": [ADDRESS], "conditions": {"ready": True}}],
    })
    # Where the API server of Kubernetes 1.30 looks.
    kubernetes.post("/api/v1/namespaces/keda/endpoints", {
        "metadata": {"name": "keda-metrics-apiserver"},
        "subsets": [{"addresses": [{"ip": ADDRESS}], "ports": [{"name": "https", "port": ADAPTER_PORT}]}],
    })
    kubernetes.post("/apis/apiregistration.k8s.io/v1/apiservices", {
        "metadata": {"name": "v1beta1.external.metrics.k8s.io"},
        "spec": {
            "service": {"name": "keda-metrics-apiserver", "namespace": "keda", "port": 443}, "caBundle": authority,
            "group": "external.metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
        },
    })


def ask_webhook(kubernetes: Kubernetes, definitions: pathlib.Path, authority: str) -> None:
    """KEDA's own configuration, with an address in place of its Service."""
    described = subprocess.run(
        ["kubectl", f"--kubeconfig={kubernetes.kubeconfig}", "create", "--dry-run=client", "-o", "json",
         "-f", str(definitions / "validation_webhooks.yaml")], check=True, capture_output=True, text=True)
    configuration = json.loads(described.stdout)
    for webhook in configuration["webhooks"]:
        webhook["clientConfig"] = {"url": WEBHOOK + webhook["clientConfig"]["service"]["path"], "caBundle": authority}
        # KEDA's own is Ignore: here nothing may pass by it.
        webhook["failurePolicy"] = "Fail"
    kubernetes.post("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations", configuration)


def ready(kubernetes: Kubernetes) -> None:
    until = time.monotonic() + 120
    while True:
        try:
            kubernetes.get("/apis/external.metrics.k8s.io/v1beta1")
            return
        except (OSError, Refused):
            if time.monotonic() > until:
                raise
            time.sleep(1)
