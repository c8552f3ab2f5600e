from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch

from audiogan.data.loader import Batch
from audiogan.interfaces import Window
from audiogan.training import loop, waiting
from audiogan.training.waiting import TimedBatches, WaitingAdvice
from tests.training.linear_gan import training_spec
from tests.training.sitting import Sitting


class Clock:
    """Stands still unless something takes time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1000.0
        monkeypatch.setattr(loop, "time", self)
        monkeypatch.setattr(waiting, "time", self)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def batches(clock: Clock, seconds: list[float]) -> Iterator[Batch]:
    for taken in seconds:
        clock.now += taken
        yield Batch(waveforms=torch.zeros(1, 1, 64), labels=None, position=0, epoch=0.0)


def test_all_waits_but_the_first_are_added_up(clock: Clock) -> None:
    timed = TimedBatches(batches(clock, [7.0, 0.5, 0.25]))
    waited = []
    for _ in range(3):
        next(timed)
        clock.now += 100.0
        waited.append(timed.waited_s)
    assert waited == [0.0, 0.5, 0.75]
    with pytest.raises(StopIteration):
        next(timed)


def test_advice_is_given_once_and_only_for_a_long_wait() -> None:
    advice = WaitingAdvice(workers=1)
    assert advice.after_step(waited_s=15.0, trained_s=19.0) is None
    assert advice.after_step(waited_s=10.0, trained_s=100.0) is None
    line = advice.after_step(waited_s=26.0, trained_s=104.0)
    assert line is not None
    assert line.startswith("25% of the time so far went by waiting for windows: set training.workers to 2 or more")
    assert advice.after_step(waited_s=52.0, trained_s=104.0) is None


@pytest.mark.parametrize(("seconds_a_window", "told"), [(0.5, ["46%"]), (0.05, [])])
def test_a_training_that_waits_for_its_dataset_says_so(
    seconds_a_window: float, told: list[str], clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Read when asked for, so that the loop's clock sees the reading: 2 s of the 4 s of a step, but for the first batch.
    sitting = Sitting(tmp_path, training=training_spec(steps=40, workers=0, batch_size=2, discriminator_steps=2))
    dataset = sitting.trainer.components.dataset
    read = dataset.window

    def slowly(index: int, *, rng: np.random.Generator) -> Window:
        clock.now += seconds_a_window
        return read(index, rng=rng)

    monkeypatch.setattr(dataset, "window", slowly)
    sitting.trainer.components.generator.register_forward_pre_hook(
        lambda *_: setattr(clock, "now", clock.now + 2.0 / 3)
    )
    sitting.run()
    warned = [line for (line,) in sitting.witness.of("warning")]
    assert [line.split()[0] for line in warned] == told
