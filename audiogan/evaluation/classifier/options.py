"""What can be chosen about the classifier and its training."""

from __future__ import annotations

from typing import final

from attrs import frozen

from audiogan.options import option


@final
@frozen
class ClassifierOptions:
    """The classifier of the inception score: its size, what it hears, and how it is trained.

    The defaults of the network are those of the WaveGAN paper (Donahue et al. 2019, appendix on evaluation).
    """

    dim: int = option(default=128, minimum=1, unit="channels", help="channels of each of the four convolutions")
    mel_lower_hz: float = option(default=40.0, minimum=0, unit="Hz", help="lower edge of the lowest mel band")
    mel_upper_hz: float | None = option(
        default=None,
        minimum=1,
        unit="Hz",
        help="upper edge of the highest mel band; where absent 7800, or 0.4875 of the sample rate where that is lower",
    )
    epochs: int = option(default=60, minimum=1, unit="epochs", help="budget: passes over the training windows")
    steps: int | None = option(default=None, minimum=1, unit="steps", help="budget: updates of the weights")
    patience: int = option(
        default=10, minimum=1, unit="epochs", help="stop after so many epochs without a better validation accuracy"
    )
    validation_share: float = option(
        default=0.1,
        above=0,
        maximum=0.5,
        help="share of the training windows that chooses the epoch and ends the training; never the held-out ones",
    )
    batch_size: int = option(default=64, minimum=2, unit="windows", help="windows a training batch")
    learning_rate: float = option(default=1e-3, minimum=0, maximum=1, help="Adam's learning rate")
    passes: int = option(
        default=4,
        minimum=1,
        help="different passes over the dataset that epochs take in turn; windows that start at random differ in each",
    )
    feature_memory_mib: int = option(
        default=2048, minimum=1, unit="MiB", help="memory for the log-mel features; a larger dataset is thinned to fit"
    )
    seed: int = option(default=0, minimum=0, help="seed of weights, windows, split and order")
