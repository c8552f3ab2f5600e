"""What the footnotes say of the classifiers that the figures were heard through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiogan.report.formatting import one_line


def classifier_sentences(protocol: Mapping[str, Any]) -> list[str]:
    """A sentence for each classifier in a merged protocol, in which every metric has a table of its own by its name.

    The inception score's protocol is not in a table; its classifier is not named again where others share it.
    """
    scoring = _scoring_classifier(protocol)
    others = _classifiers_of_metrics(protocol)
    others.pop(protocol.get("classifier") if scoring else None, None)
    return scoring + [_sentence(metrics, accuracy) for metrics, accuracy in others.values()]


def _scoring_classifier(protocol: Mapping[str, Any]) -> list[str]:
    accuracy, classes = protocol.get("classifier_held_out_accuracy"), protocol.get("classifier_classes")
    if not isinstance(accuracy, int | float) or not isinstance(classes, list) or len(classes) < 2:
        return []
    return [
        f"The classifier tells {len(classes)} classes apart ({one_line(str(classes[0]))}, "
        f"{one_line(str(classes[1]))}, …) and is right on {accuracy:.1%} of held-out windows; scores given by "
        "different classifiers, the published ones included, do not compare."
    ]


def _classifiers_of_metrics(protocol: Mapping[str, Any]) -> dict[object, tuple[list[str], object]]:
    found: dict[object, tuple[list[str], object]] = {}
    for metric, own in protocol.items():
        if isinstance(own, dict) and isinstance(own.get("classifier"), str):
            metrics, _ = found.setdefault(own["classifier"], ([], own.get("classifier_held_out_accuracy")))
            metrics.append(metric)
    return found


def _sentence(metrics: list[str], accuracy: object) -> str:
    known = isinstance(accuracy, int | float)
    right = f"right on {accuracy:.1%} of held-out windows" if known else "of unknown accuracy"
    named = one_line(", ".join(metrics))
    return f"The classifier of {named} is {right}; figures by different classifiers do not compare."
