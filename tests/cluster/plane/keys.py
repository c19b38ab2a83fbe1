"""Keys and certificates, made by openssl for one run."""

import pathlib
import subprocess

# An address of the run's own network that is not a loopback one: an EndpointSlice takes none of those.
ADDRESS = "10.77.0.1"
OPERATOR = "keda-operator.keda.svc.cluster.local"
METRICS = "keda-metrics-apiserver.keda.svc"

CERTIFICATES = {
    # name: authority, subject, names that it is good for
    "apiserver": ("ca", "/CN=kube-apiserver", f"IP:127.0.0.1,IP:{ADDRESS},DNS:kubernetes.default.svc"),
    "admin": ("ca", "/O=system:masters/CN=admin", "DNS:admin"),
    "front-proxy-client": ("front-proxy-ca", "/CN=front-proxy-client", "DNS:front-proxy-client"),
    "keda/tls": ("ca", "/CN=keda", f"DNS:{OPERATOR},DNS:{METRICS},DNS:localhost,IP:127.0.0.1,IP:{ADDRESS}"),
}


def openssl(*words: str) -> None:
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def make(folder: pathlib.Path) -> None:
    (folder / "keda").mkdir(parents=True)
    for authority in ("ca", "front-proxy-ca"):
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={authority}",
                "-keyout", str(folder / f"{authority}.key"), "-out", str(folder / f"{authority}.crt"))
    for name, (authority, subject, names) in CERTIFICATES.items():
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject,
                "-addext", f"subjectAltName={names}", "-addext", "basicConstraints=critical,CA:FALSE",
                "-CA", str(folder / f"{authority}.crt"), "-CAkey", str(folder / f"{authority}.key"),
                "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt"))
    # KEDA looks for its certificate and for who signed it in one folder.
    (folder / "keda/ca.crt").write_bytes((folder / "ca.crt").read_bytes())
    openssl("genrsa", "-out", str(folder / "accounts.key"), "2048")
    openssl("rsa", "-in", str(folder / "accounts.key"), "-pubout", "-out", str(folder / "accounts.pub"))
