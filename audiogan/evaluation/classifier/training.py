"""Training the classifier on a labelled dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from audiogan.errors import TrainingError
from audiogan.evaluation.classifier.features import LabelledFeatures
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.split import Split, check_classes, split_windows
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.interfaces import Dataset

_EVALUATION_BATCH_SIZE = 64


def train_classifier(
    dataset: Dataset, options: ClassifierOptions, *, device: str, tell: Callable[[str], None]
) -> TrainedClassifier:
    """A classifier of the dataset's labels, deterministic on the CPU for its options.

    Adam minimises the cross-entropy until a budget is spent or the held-out accuracy has stood still for
    ``options.patience`` epochs; the epoch of the best held-out accuracy is kept, as in the original, so that the stated
    accuracy is that of a chosen epoch and slightly favourable. What is held out is ``dataset.held_out()``, or a tenth
    of the windows drawn by the seed where that is ``None``. ``tell`` receives a line an epoch.

    :raises DataError: the dataset has no labels, a single class, or too few windows.
    :raises TrainingError: the loss is no longer finite.
    """
    check_classes(dataset)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(options.seed)
        network = AudioClassifier(
            options,
            class_count=len(dataset.class_names),
            sample_rate=dataset.sample_rate,
            window_length=dataset.window_length,
        ).to(device)
    split = split_windows(dataset, network, options, tell=tell)
    tell(
        f"classifier: training on {len(split.passes[0])} windows of {len(dataset.class_names)} classes, "
        f"{len(split.held_out)} held out"
    )
    best = _fit(network, split, options, tell)
    network.load_state_dict(best.weights)
    protocol = {
        "dataset": dataset.fingerprint(),
        "training_windows": len(split.passes[0]),
        "held_out_windows": len(split.held_out),
        "held_out_split": split.origin,
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


def _fit(network: AudioClassifier, split: Split, options: ClassifierOptions, tell: Callable[[str], None]) -> _Best:
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    order = torch.Generator().manual_seed(options.seed)
    best, steps, loss = _Best(), 0, float("nan")
    for epoch in range(1, options.epochs + 1):
        network.train()
        for batch in _batches(split.passes[(epoch - 1) % len(split.passes)], options.batch_size, order):
            loss = _train_step(network, optimizer, batch)
            steps += 1
            if steps == options.steps:
                break
        accuracy, held_out_loss = _evaluate(network, split.held_out)
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
            batch = held_out.take(slice(start, start + _EVALUATION_BATCH_SIZE))
            logits = network.classify(batch.features.to(device)).cpu()
            correct += int((logits.argmax(dim=1) == batch.labels).sum())
            loss += float(F.cross_entropy(logits.double(), batch.labels, reduction="sum"))
    return correct / len(held_out), loss / len(held_out)


def _batches(windows: LabelledFeatures, batch_size: int, order: torch.Generator) -> Iterator[LabelledFeatures]:
    """Full batches in random order; the remainder, too small for the moments of batch norm, waits for its turn."""
    batch_size = min(batch_size, len(windows))
    shuffled = torch.randperm(len(windows), generator=order)
    for start in range(0, len(windows) - batch_size + 1, batch_size):
        yield windows.take(shuffled[start : start + batch_size])
