"""Damaged windows: their turns are used up, the next windows fill the batch, and whoever looks is told."""

import logging
import subprocess
import sys
from itertools import islice
from typing import ClassVar

import numpy as np
import pytest
import torch
from attrs import frozen
from hypothesis import given, settings
from hypothesis import strategies as st

from audiogan.data import damage
from audiogan.data.damage import tell_damage, window_or_damage
from audiogan.data.loader import Batch, BatchLoader
from audiogan.data.order import permutation, window_rng
from audiogan.errors import DamagedDataError, DataError
from audiogan.interfaces.dataset import Dataset, Window

pytestmark = pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")


@frozen
class NoOptions:
    pass


class PartlyDamaged(Dataset):
    """Window i holds i and a random number; those in ``damaged`` are damaged."""

    options_class: ClassVar[type[NoOptions]] = NoOptions
    sample_rate, channels, window_length = 16_000, 1, 2
    on_error = "skip"
    class_names: tuple[str, ...] = ("even", "odd")

    def __init__(self, count: int, damaged: frozenset[int]) -> None:
        self.count, self.damaged = count, damaged

    def __len__(self) -> int:
        return self.count

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        if index in self.damaged:
            raise DamagedDataError(f"a.tfrecord, record {index} at byte {100 * index}: damaged")
        return Window(np.array([[index, rng.random()]], dtype=np.float32), index % 2)

    def fingerprint(self) -> str:
        return str(self.count)


def take(loader: BatchLoader, count: int) -> list[Batch]:
    with loader:
        return list(islice(loader, count))


def expected(dataset: PartlyDamaged, count: int, *, seed: int) -> list[tuple[int, float, int]]:
    """Position, random number and index of the first ``count`` sound windows, one turn after the other."""
    found: list[tuple[int, float, int]] = []
    position = 0
    while len(found) < count:
        epoch, place = divmod(position, len(dataset))
        index = int(permutation(len(dataset), seed=seed, epoch=epoch)[place])
        if index not in dataset.damaged:
            found.append((position, float(np.float32(window_rng(seed=seed, position=position).random())), index))
        position += 1
    return found


@given(st.integers(1, 12), st.sets(st.integers(0, 11)), st.integers(1, 7), st.integers(0, 40), st.integers(0, 9))
@settings(max_examples=60, deadline=None)
def test_batches_are_the_sound_windows_in_the_order_of_their_turns(
    count: int, damaged: set[int], batch_size: int, seed: int, stop: int
) -> None:
    dataset = PartlyDamaged(count, frozenset(damaged) - {seed % count})
    batches = take(BatchLoader(dataset, batch_size=batch_size, seed=seed), 10)
    turns = expected(dataset, 10 * batch_size, seed=seed)
    rows = torch.cat([batch.waveforms for batch in batches])[:, 0].tolist()
    assert rows == [[float(index), number] for _, number, index in turns]
    assert torch.cat([batch.labels for batch in batches if batch.labels is not None]).tolist() == [
        index % 2 for *_, index in turns
    ]
    before = 0
    for number, batch in enumerate(batches, start=1):
        assert batch.position == turns[number * batch_size - 1][0] + 1
        assert batch.skipped == batch.position - before - batch_size
        assert batch.epoch == batch.position / count
        before = batch.position
    resumed = BatchLoader(dataset, batch_size=batch_size, seed=seed, position=batches[stop - 1].position if stop else 0)
    for batch, again in zip(batches[stop:], resumed, strict=False):
        assert torch.equal(batch.waveforms, again.waveforms)
        assert (batch.position, batch.skipped) == (again.position, again.skipped)


@pytest.mark.parametrize("workers", [1, 2])
def test_workers_change_nothing_about_it(workers: int) -> None:
    dataset = PartlyDamaged(11, frozenset({0, 3, 4, 9}))
    alone = take(BatchLoader(dataset, batch_size=4, seed=1), 9)
    for batch, other in zip(alone, take(BatchLoader(dataset, batch_size=4, seed=1, workers=workers), 9), strict=True):
        assert torch.equal(batch.waveforms, other.waveforms)
        assert (batch.position, batch.skipped) == (other.position, other.skipped)
    assert sum(batch.skipped for batch in alone) == alone[-1].position - 36 > 0


@pytest.mark.parametrize("workers", [0, 1])
def test_every_place_is_logged_once(workers: int, caplog: pytest.LogCaptureFixture) -> None:
    damage._tell_once.cache_clear()
    batches = take(BatchLoader(PartlyDamaged(5, frozenset({1, 4})), batch_size=3, seed=0, workers=workers), 8)
    *places, count = caplog.messages
    turns = batches[-1].position
    assert count == f"batches: {turns - 24} of {turns} windows are damaged and were passed over"
    assert sorted(places) == [
        f'a.tfrecord, record {index} at byte {100 * index}: damaged (passed over, since on_error = "skip")'
        for index in (1, 4)
    ]
    assert {record.levelno for record in caplog.records} == {logging.WARNING}
    tell_damage("a.tfrecord, record 1 at byte 100: damaged")
    assert len(caplog.records) == 3


@pytest.mark.parametrize("workers", [0, 1])
@pytest.mark.parametrize(("count", "batch_size"), [(1, 5), (7, 2), (3, 64)])
def test_nothing_but_damage_ends_in_an_error(workers: int, count: int, batch_size: int) -> None:
    dataset = PartlyDamaged(count, frozenset(range(count)))
    with pytest.raises(DataError, match=f"PartlyDamaged: all of its {count} windows are damaged; the warnings say how"):
        take(BatchLoader(dataset, batch_size=batch_size, seed=0, workers=workers), 1)


def test_one_sound_window_is_enough() -> None:
    (batch,) = take(BatchLoader(PartlyDamaged(50, frozenset(range(49))), batch_size=3, seed=0), 1)
    assert batch.waveforms[:, 0, 0].tolist() == [49, 49, 49]
    assert batch.skipped == batch.position - 3 >= 100


@pytest.mark.parametrize("workers", [0, 1])
def test_damage_stops_where_it_is_not_to_be_skipped(workers: int) -> None:
    dataset = PartlyDamaged(5, frozenset({2}))
    dataset.on_error = "stop"
    with pytest.raises(DamagedDataError, match="record 2 at byte 200: damaged"):
        take(BatchLoader(dataset, batch_size=5, seed=0, workers=workers), 1)
    with pytest.raises(DamagedDataError):
        window_or_damage(dataset, 2, rng=window_rng(seed=0, position=0))


def test_what_is_no_damage_is_never_skipped() -> None:
    class Wrong(PartlyDamaged):
        def window(self, index: int, *, rng: np.random.Generator) -> Window:
            raise DataError("feature 'samples' is int64, not float")

    with pytest.raises(DataError, match="is int64, not float"):
        take(BatchLoader(Wrong(5, frozenset()), batch_size=2, seed=0), 1)


def test_a_program_that_ends_with_its_loader_open_ends_at_once() -> None:
    program = (
        "from audiogan.data.loader import BatchLoader\n"
        "from audiogan.testing.noise_dataset import NoiseDataset, NoiseDatasetOptions\n"
        "loader = BatchLoader(NoiseDataset(NoiseDatasetOptions()), batch_size=2, seed=0, workers=1)\n"
        "next(loader)\n"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True, timeout=60)
