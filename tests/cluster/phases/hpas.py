"""Each HPA that KEDA has made says what its manifest means."""

import re

from world import World

PHASE = "hpas"


def run(world: World) -> None:
    hpas = world.hpas()
    for name, scaled in world.scaled_objects().items():
        world.holds(PHASE, f"`keda-hpa-{name}`", meant(scaled["spec"]), made(hpas[f"keda-hpa-{name}"]["spec"]))


def meant(spec: dict) -> str:
    behavior = spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    metrics = [trigger(one) for one in spec["triggers"]]
    return shown(spec["scaleTargetRef"]["name"], spec["minReplicaCount"], spec["maxReplicaCount"], behavior, metrics)


def made(spec: dict) -> str:
    metrics = [metric(one["external"]["target"]) for one in spec["metrics"]]
    return shown(spec["scaleTargetRef"]["name"], spec["minReplicas"], spec["maxReplicas"], spec["behavior"], metrics)


def trigger(one: dict) -> str:
    """A cron trigger asks for a number of replicas by a metric of which each replica stands for 1."""
    if one["type"] == "cron":
        return "AverageValue 1"
    return f"{one.get('metricType', 'AverageValue')} {float(one['metadata']['threshold']):g}"


def metric(target: dict) -> str:
    value = target.get("averageValue") or target["value"]
    number = re.fullmatch(r"(\d+)(m?)", value)
    return f"{target['type']} {int(number[1]) / (1000 if number[2] else 1):g}"


def shown(target: str, least: int, most: int, behavior: dict, metrics: list[str]) -> str:
    def rules(of: dict) -> str:
        policies = ", ".join(f"{one['type']} {one['value']} in {one['periodSeconds']} s" for one in of["policies"])
        return f"{of['selectPolicy']} of {policies}, window {of['stabilizationWindowSeconds']} s"

    counted = ", ".join(f"{metrics.count(one)} x {one}" for one in sorted(set(metrics)))
    return f"{target} {least} to {most}; up {rules(behavior['scaleUp'])}; down {rules(behavior['scaleDown'])}; {counted}"
