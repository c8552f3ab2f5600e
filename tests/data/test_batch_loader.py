import multiprocessing
import os
import pickle
import signal
import time
from itertools import islice
from typing import ClassVar

import numpy as np
import pytest
import torch
from attrs import frozen

from audiogan.data.loader import UNLABELLED, Batch, BatchLoader
from audiogan.data.order import permutation
from audiogan.errors import DataError
from audiogan.interfaces.dataset import Dataset, Window

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")


@frozen
class NoOptions:
    pass


class Numbered(Dataset):
    """Window i holds i in its first sample and noise in the others; its label is i modulo 2, every fifth has none."""

    options_class: ClassVar[type[NoOptions]] = NoOptions
    sample_rate, channels, window_length = 16_000, 2, 3
    class_names: tuple[str, ...] = ("even", "odd")

    def __init__(self, count: int) -> None:
        self.count = count

    def __len__(self) -> int:
        return self.count

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        waveform = rng.random((2, 3), dtype=np.float32)
        waveform[:, 0] = index
        return Window(waveform, None if index % 5 == 4 else index % 2)

    def fingerprint(self) -> str:
        return str(self.count)


class Damaged(Numbered):
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        if index == 3:
            raise DataError("a.tfrecord, record 3 at byte 99: damaged")
        return super().window(index, rng=rng)


class Misshapen(Numbered):
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        return Window(np.zeros((1, 3), dtype=np.float32))


class Killed(Numbered):
    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        os.kill(os.getpid(), signal.SIGKILL)
        return super().window(index, rng=rng)


def take(loader: BatchLoader, count: int) -> list[Batch]:
    with loader:
        return list(islice(loader, count))


def assert_same(batches: list[Batch], others: list[Batch]) -> None:
    assert [(batch.position, batch.epoch) for batch in batches] == [(other.position, other.epoch) for other in others]
    for batch, other in zip(batches, others, strict=True):
        assert torch.equal(batch.waveforms, other.waveforms)
        assert batch.labels is not None
        assert other.labels is not None
        assert torch.equal(batch.labels, other.labels)


def test_batches_straddle_epochs_and_leave_no_window_out() -> None:
    batches = take(BatchLoader(Numbered(10), batch_size=4, seed=7), 5)
    order = torch.cat([batch.waveforms[:, 0, 0] for batch in batches])
    expected = np.concatenate([permutation(10, seed=7, epoch=epoch) for epoch in (0, 1)])
    assert order.tolist() == expected.tolist()
    assert [batch.position for batch in batches] == [4, 8, 12, 16, 20]
    assert [batch.epoch for batch in batches] == [0.4, 0.8, 1.2, 1.6, 2.0]


def test_a_batch_larger_than_the_dataset_is_full() -> None:
    (batch,) = take(BatchLoader(Numbered(3), batch_size=64, seed=0), 1)
    assert batch.waveforms.shape == (64, 2, 3)
    assert batch.waveforms.dtype == torch.float32
    assert np.bincount(batch.waveforms[:, 0, 0].int().numpy()).tolist() in ([22, 21, 21], [21, 22, 21], [21, 21, 22])


def test_labels_are_those_of_the_windows() -> None:
    (batch,) = take(BatchLoader(Numbered(10), batch_size=10, seed=0), 1)
    indices = batch.waveforms[:, 0, 0].long()
    assert batch.labels is not None
    assert batch.labels.dtype == torch.int64
    assert batch.labels.tolist() == [UNLABELLED if index % 5 == 4 else index % 2 for index in indices.tolist()]


def test_a_dataset_without_classes_has_no_labels() -> None:
    dataset = Numbered(4)
    dataset.class_names = ()
    (batch,) = take(BatchLoader(dataset, batch_size=2, seed=0), 1)
    assert batch.labels is None


@pytest.mark.parametrize("workers", [1, 2])
def test_the_stream_is_the_same_for_any_worker_count(workers: int) -> None:
    alone = take(BatchLoader(Numbered(10), batch_size=4, seed=7), 8)
    assert_same(take(BatchLoader(Numbered(10), batch_size=4, seed=7, workers=workers), 8), alone)


@pytest.mark.parametrize("position", [0, 4, 8, 12, 20])
def test_a_loader_goes_on_from_the_position_of_another(position: int) -> None:
    whole = take(BatchLoader(Numbered(10), batch_size=4, seed=7), 8)
    resumed = BatchLoader(Numbered(10), batch_size=4, seed=7, position=position)
    assert resumed.position == position
    assert_same(take(resumed, 8 - position // 4), whole[position // 4 :])


def test_a_loader_with_workers_resumes_after_closing_where_it_stood() -> None:
    whole = take(BatchLoader(Numbered(10), batch_size=4, seed=7), 4)
    loader = BatchLoader(Numbered(10), batch_size=4, seed=7, workers=1)
    first = take(loader, 2)
    assert loader.position == 8
    assert_same(first + take(loader, 2), whole)


def test_other_seeds_give_other_windows() -> None:
    (one,) = take(BatchLoader(Numbered(10), batch_size=10, seed=1), 1)
    (other,) = take(BatchLoader(Numbered(10), batch_size=10, seed=2), 1)
    assert not torch.equal(one.waveforms, other.waveforms)


def test_a_window_is_cut_elsewhere_in_every_epoch() -> None:
    first, second = take(BatchLoader(Numbered(1), batch_size=1, seed=1), 2)
    assert not torch.equal(first.waveforms[:, :, 1:], second.waveforms[:, :, 1:])


@pytest.mark.parametrize("workers", [0, 1])
def test_torchs_global_random_state_is_left_alone(workers: int) -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    take(BatchLoader(Numbered(10), batch_size=4, seed=7, workers=workers), 2)
    assert torch.equal(torch.get_rng_state(), before)


def test_closing_leaves_no_process_and_signals_do_not_end_workers() -> None:
    with BatchLoader(Numbered(10), batch_size=4, seed=7, workers=1) as loader:
        next(loader)
        (worker,) = multiprocessing.active_children()
        assert worker.pid is not None
        os.kill(worker.pid, signal.SIGINT)
        os.kill(worker.pid, signal.SIGTERM)
        for _ in range(5):
            next(loader)
        assert worker.is_alive()
    deadline = time.monotonic() + 10
    while multiprocessing.active_children() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert multiprocessing.active_children() == []


def test_a_loader_can_be_given_what_survives_pickling() -> None:
    dataset = pickle.loads(pickle.dumps(Numbered(10)))
    assert_same(
        take(BatchLoader(dataset, batch_size=4, seed=7), 2), take(BatchLoader(Numbered(10), batch_size=4, seed=7), 2)
    )


@pytest.mark.parametrize("workers", [0, 1])
def test_a_damaged_window_is_reported_in_the_datasets_own_words(workers: int) -> None:
    with pytest.raises(DataError) as caught:
        take(BatchLoader(Damaged(10), batch_size=10, seed=7, workers=workers), 1)
    assert str(caught.value) == "a.tfrecord, record 3 at byte 99: damaged"


def test_a_killed_worker_is_reported_with_the_way_out() -> None:
    with pytest.raises(DataError, match=r"DataLoader worker .*set training\.workers lower than 1"):
        take(BatchLoader(Killed(10), batch_size=2, seed=7, workers=1), 1)


def test_a_window_of_another_shape_is_reported() -> None:
    with pytest.raises(DataError, match=r"Misshapen: window \d has shape \[1, 3\] where .* say \[2, 3\]"):
        take(BatchLoader(Misshapen(10), batch_size=2, seed=7), 1)


def test_an_empty_dataset_is_reported() -> None:
    with pytest.raises(DataError, match="Numbered has no windows to train on; point it at files that hold audio"):
        BatchLoader(Numbered(0), batch_size=2, seed=7)
