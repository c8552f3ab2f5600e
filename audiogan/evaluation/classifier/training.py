"""Training the classifier on a labelled dataset."""

from __future__ import annotations

from collections.abc import Callable
from typing import final

import torch
import torch.nn.functional as F
from torch import Tensor

from audiogan.errors import TrainingError
from audiogan.evaluation.classifier.confusion import confusion_matrix
from audiogan.evaluation.classifier.features import LabelledFeatures
from audiogan.evaluation.classifier.network import AudioClassifier
from audiogan.evaluation.classifier.options import ClassifierOptions
from audiogan.evaluation.classifier.split import Split, check_classes, split_windows
from audiogan.evaluation.classifier.trained import TrainedClassifier
from audiogan.evaluation.progress import Progress, Watch, unwatched
from audiogan.interfaces import Dataset

_EVALUATION_BATCH_SIZE = 64


def train_classifier(
    dataset: Dataset,
    options: ClassifierOptions,
    *,
    device: str,
    tell: Callable[[str], None],
    watch: Watch = unwatched,
) -> TrainedClassifier:
    """A classifier of the dataset's labels, deterministic on the CPU for its options.

    Adam minimises the cross-entropy until a budget is spent or the validation accuracy has stood still for
    ``options.patience`` epochs; the epoch of the best validation accuracy is kept. The validation windows are a share
    of those that are not held out. What is held out, ``dataset.held_out()`` or a tenth of the windows drawn by the seed
    where that is ``None``, is looked at once, after that choice, so that the stated accuracy is not that of the
    luckiest epoch. ``tell`` receives a line an epoch, ``watch`` every batch.

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
    split = split_windows(dataset, network, options, tell=tell, watch=watch)
    tell(
        f"classifier: training on {len(split.passes[0])} windows of {len(dataset.class_names)} classes, "
        f"{len(split.validation)} for validation, {len(split.held_out)} held out"
    )
    best = _fit(network, split, options, tell, watch)
    network.load_state_dict(best.weights)
    held_out_logits = _logits(network, split.held_out)
    labels = split.held_out.labels
    protocol = {
        "dataset": dataset.fingerprint(),
        "training_windows": len(split.passes[0]),
        "validation_windows": len(split.validation),
        "validation_accuracy": best.accuracy,
        "held_out_windows": len(split.held_out),
        "held_out_split": split.origin,
        "held_out_loss": float(F.cross_entropy(held_out_logits, labels)),
        "epoch": best.epoch,
        "mel_hz": [network.mel_lower_hz, network.mel_upper_hz],
    }
    confusion = confusion_matrix(dataset.class_names, labels.numpy(), held_out_logits.argmax(dim=1).numpy())
    return TrainedClassifier(network.eval(), options, dataset.class_names, confusion, protocol)


@final
class _Best:
    """The weights of the epoch with the best validation accuracy; of equal ones, that with the lower loss."""

    def __init__(self) -> None:
        self.accuracy, self.loss, self.epoch = -1.0, float("inf"), 0
        self.weights: dict[str, Tensor] = {}

    def offer(self, network: AudioClassifier, accuracy: float, loss: float, epoch: int) -> None:
        if (accuracy, -loss) > (self.accuracy, -self.loss):
            self.accuracy, self.loss, self.epoch = accuracy, loss, epoch
            self.weights = {name: value.clone() for name, value in network.state_dict().items()}


def _fit(
    network: AudioClassifier, split: Split, options: ClassifierOptions, tell: Callable[[str], None], watch: Watch
) -> _Best:
    optimizer = torch.optim.Adam(network.parameters(), lr=options.learning_rate)
    order = torch.Generator().manual_seed(options.seed)
    best, steps, loss = _Best(), 0, float("nan")
    for epoch in range(1, options.epochs + 1):
        network.train()
        windows = split.passes[(epoch - 1) % len(split.passes)]
        batches = _batches(len(windows), options.batch_size, order)
        activity = f"epoch {epoch} of {options.epochs}"
        for number, rows in enumerate(batches, start=1):
            loss = _train_step(network, optimizer, windows.take(rows))
            steps += 1
            watch(Progress(activity, number, len(batches)))
            if steps == options.steps:
                break
        logits = _logits(network, split.validation)
        labels = split.validation.labels
        accuracy = int((logits.argmax(dim=1) == labels).sum()) / len(labels)
        tell(f"classifier: {activity}: loss {loss:.3f}, validation accuracy {accuracy:.1%}")
        best.offer(network, accuracy, float(F.cross_entropy(logits, labels)), epoch)
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


def _logits(network: AudioClassifier, windows: LabelledFeatures) -> Tensor:
    """``[N, classes]``, float64 on the CPU, in evaluation mode."""
    network.eval()
    device = network.dense.weight.device
    with torch.no_grad():
        batches = torch.split(windows.features, _EVALUATION_BATCH_SIZE)
        return torch.cat([network.classify(batch.to(device)).double().cpu() for batch in batches])


def _batches(count: int, batch_size: int, order: torch.Generator) -> list[Tensor]:
    """The rows of full batches in random order; the remainder, too small for the moments of batch norm, is left out."""
    batch_size = min(batch_size, count)
    shuffled = torch.randperm(count, generator=order)
    return list(torch.split(shuffled[: count // batch_size * batch_size], batch_size))
