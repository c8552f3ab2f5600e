"""Training the classifier on a labelled dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from audiogan.errors import DataError, TrainingError
from audiogan.evaluation.classifier.features import LabelledFeatures, labelled_features
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.interfaces import Dataset

_HELD_OUT_SHARE = 0.1
_WINDOWS_PER_CLASS = 2
_EVALUATION_BATCH_SIZE = 64


def train_classifier(
    dataset: Dataset, options: ClassifierOptions, *, device: str, tell: Callable[[str], None]
) -> TrainedClassifier:
    """A classifier of the dataset's labels, deterministic on the CPU for its options.

    Adam minimises the cross-entropy until a budget is spent or the held-out accuracy has stood still for
    ``options.patience`` epochs; the epoch of the best held-out accuracy is kept, as in the original, so that the stated
    accuracy is that of a chosen epoch and slightly favourable. What is held out is ``dataset.held_out()``, or a tenth
    of the windows drawn by the seed where that is ``None``.

    :raises DataError: the dataset has no labels, a single class, or too few windows.
    :raises TrainingError: the loss is no longer finite.
    """
    _check_classes(dataset)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network = AudioClassifier(
            options,
            class_count=len(dataset.class_names),
            sample_rate=dataset.sample_rate,
            window_length=dataset.window_length,
        ).to(device)
    training, held_out, split = _split(dataset, network, options, tell)
    tell(
        f"classifier: training on {len(training)} windows of {len(dataset.class_names)} classes, "
        f"{len(held_out)} held out"
    )
    best = _fit(network, training, held_out, options, tell)
    network.load_state_dict(best.weights)
    protocol = {
        "dataset": dataset.fingerprint(),
        "training_windows": len(training),
        "held_out_windows": len(held_out),
        "held_out_split": split,
        "held_out_loss": best.loss,
        "epoch": best.epoch,
        "mel_hz": [network.mel_lower_hz, network.mel_upper_hz],
    }
    return TrainedClassifier(network.eval(), options, dataset.class_names, best.accuracy, protocol)


class _Best:
    """The weights of the epoch with the best held-out accuracy; of equal ones, that with the lower loss."""

    def __init__(self) -> None:
        self.accuracy, self.loss, self.epoch = -1.0, float("inf"), 0
        self.weights: dict[str, Tensor] = {}

    def offer(self, network: AudioClassifier, accuracy: float, loss: float, epoch: int) -> None:
        if (accuracy, -loss) > (self.accuracy, -self.loss):
            self.accuracy, self.loss, self.epoch = accuracy, loss, epoch
            self.weights = {name: value.clone() for name, value in network.state_dict().items()}


def _fit(
    network: AudioClassifier,
    training: LabelledFeatures,
    held_out: LabelledFeatures,
    options: ClassifierOptions,
    tell: Callable[[str], None],
) -> _Best:
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    order = torch.Generator().manual_seed(options.seed)
    best, steps = _Best(), 0
    for epoch in range(1, options.epochs + 1):
        network.train()
        for batch in _batches(training, options.batch_size, order):
            loss = _train_step(network, optimizer, batch)
            steps += 1
            if steps == options.steps:
                break
        accuracy, held_out_loss = _evaluate(network, held_out)
        tell(f"classifier: epoch {epoch} of {options.epochs}: loss {loss:.3f}, held-out accuracy {accuracy:.1%}")
        best.offer(network, accuracy, held_out_loss, epoch)
        if steps == options.steps or epoch - best.epoch >= options.patience:
            break
    return best


def _train_step(network: AudioClassifier, optimizer: torch.optim.Optimizer, batch: LabelledFeatures) -> float:
    device = network.dense.weight.device
    loss = F.cross_entropy(network.classify(batch.features.to(device)), batch.labels.to(device))
    value = float(loss.detach())
    if not torch.isfinite(loss):
        raise TrainingError(
            f"the classifier's loss is {value}: lower its learning_rate, or check that the waveforms lie in [-1, 1]"
        )
    optimizer.zero_grad()
    torch.autograd.backward(loss)
    optimizer.step()
    return value


def _evaluate(network: AudioClassifier, held_out: LabelledFeatures) -> tuple[float, float]:
    network.eval()
    device = network.dense.weight.device
    correct, loss = 0, 0.0
    with torch.no_grad():
        for start in range(0, len(held_out), _EVALUATION_BATCH_SIZE):
            labels = held_out.labels[start : start + _EVALUATION_BATCH_SIZE]
            logits = network.classify(held_out.features[start : start + _EVALUATION_BATCH_SIZE].to(device)).cpu()
            correct += int((logits.argmax(dim=1) == labels).sum())
            loss += float(F.cross_entropy(logits.double(), labels, reduction="sum"))
    return correct / len(held_out), loss / len(held_out)


def _batches(windows: LabelledFeatures, batch_size: int, order: torch.Generator) -> Iterator[LabelledFeatures]:
    """Full batches in random order; the remainder, too small for the moments of batch norm, waits for its turn."""
    batch_size = min(batch_size, len(windows))
    shuffled = torch.randperm(len(windows), generator=order)
    for start in range(0, len(windows) - batch_size + 1, batch_size):
        yield windows.take(shuffled[start : start + batch_size])


def _split(
    dataset: Dataset, network: AudioClassifier, options: ClassifierOptions, tell: Callable[[str], None]
) -> tuple[LabelledFeatures, LabelledFeatures, str]:
    given = dataset.held_out()
    draw: dict[str, Any] = {"memory_mib": options.feature_memory_mib, "seed": options.seed, "tell": tell}
    windows = labelled_features(dataset, network, **draw)
    if given is None:
        order = torch.randperm(len(windows), generator=torch.Generator().manual_seed(options.seed))
        count = max(1, round(len(windows) * _HELD_OUT_SHARE))
        held_out, training = windows.take(order[:count]), windows.take(order[count:])
        split = f"{_HELD_OUT_SHARE:.0%} of the windows, by the seed"
    else:
        _check_alike(dataset, given)
        training, held_out, split = windows, labelled_features(given, network, **draw), "given by the dataset"
    _check_windows(training, held_out, len(dataset.class_names))
    return training, held_out, split


def _check_classes(dataset: Dataset) -> None:
    count = len(dataset.class_names)
    if count == 0:
        raise DataError(
            "the dataset has no labels to train a classifier on; give it labels, or give the metric a classifier "
            "trained elsewhere with 'classifier_path'"
        )
    if count == 1:
        raise DataError(
            f"the dataset has the single class {dataset.class_names[0]!r}; an inception score needs at least two, or a "
            "classifier trained elsewhere, given to the metric with 'classifier_path'"
        )


def _check_alike(dataset: Dataset, held_out: Dataset) -> None:
    for name in ("class_names", "sample_rate", "window_length"):
        ours, theirs = getattr(dataset, name), getattr(held_out, name)
        if ours != theirs:
            raise DataError(f"the dataset's held-out part has {name} {theirs!r}, the dataset itself {ours!r}")


def _check_windows(training: LabelledFeatures, held_out: LabelledFeatures, class_count: int) -> None:
    needed = _WINDOWS_PER_CLASS * class_count
    if len(training) < needed or len(held_out) == 0:
        raise DataError(
            f"{len(training)} labelled windows to train the classifier on and {len(held_out)} held out: at least "
            f"{needed} and 1 are needed for {class_count} classes; use more recordings or shorter windows"
        )
    if len(set(training.labels.tolist())) < 2:
        raise DataError(
            f"all {len(training)} labelled windows have the same label; check how the dataset's labels are read"
        )
