"""The original's inception-score classifier as a folder that ``classifier_path`` takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from audiogan.errors import CheckpointError
from audiogan.evaluation.classifier import AudioClassifier, ClassifierOptions, TrainedClassifier
from audiogan_tensorflow.bundle import Bundle
from audiogan_tensorflow.inventory import misfits_told, weights_of

NETWORK = "classifier"
SC09_CLASSES = ("Zero", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")
"""The classes of the published classifier, in the order of its graph's constant ``labels``."""

_KERNEL, _DENSE = "classifier/conv2d/kernel", "classifier/dense/kernel"
_BANDS = 8
"""What four poolings leave of 128 mel bands."""
_SAMPLES_A_ROW = 2048
"""What one row that four poolings leave spans: 16 hops of 128 samples."""


def import_classifier(
    bundle: Bundle, *, sample_rate: int, class_names: Sequence[str], source: dict[str, Any]
) -> TrainedClassifier:
    """The classifier among the variables of ``bundle``, in evaluation mode; ``source`` goes into its protocol.

    :raises CheckpointError: there is no classifier of the original, or it has another number of classes.
    """
    names = weights_of(NETWORK, bundle.shapes)
    with misfits_told(bundle.prefix, bundle.shapes):
        dim, rows, class_count = _layout(bundle)
        if len(class_names) != class_count:
            raise CheckpointError(
                f"the classifier tells {class_count} classes apart, and {len(class_names)} names are given for them; "
                "name them with --classes, in their order and separated by commas"
            )
        options = ClassifierOptions(dim=dim)
        network = AudioClassifier(
            options, class_count=class_count, sample_rate=sample_rate, window_length=rows * _SAMPLES_A_ROW
        )
    variables = bundle.read(names)
    with misfits_told(bundle.prefix, bundle.shapes):
        network.load_tensorflow_variables(variables)
    protocol = {
        "protocol": "imported",
        "training_windows": None,
        "held_out_windows": 0,
        "held_out_split": "trained elsewhere",
        "steps": bundle.step(),
        "mel_hz": [network.mel_lower_hz, network.mel_upper_hz],
        "import": source,
    }
    return TrainedClassifier(network.eval(), options, tuple(class_names), None, protocol)


def _layout(bundle: Bundle) -> tuple[int, int, int]:
    """Channels of a convolution, rows behind the last pooling, and classes."""
    kernel, dense = (bundle.shapes.get(name, ()) for name in (_KERNEL, _DENSE))
    if len(kernel) != 4 or len(dense) != 2:
        raise CheckpointError(f"there is no '{_KERNEL}' or no '{_DENSE}', which the original's classifier has")
    dim, (features, class_count) = kernel[3], dense
    rows, remainder = divmod(features, _BANDS * dim)
    if remainder or not rows:
        raise CheckpointError(
            f"'{_DENSE}' has shape {dense}: {features} features are no multiple of {_BANDS} bands with {dim} channels"
        )
    return dim, rows, class_count
