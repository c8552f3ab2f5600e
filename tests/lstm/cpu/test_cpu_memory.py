"""Buffers that are used again, and what passes keep."""

from __future__ import annotations

import gc
import resource
from pathlib import Path

import pytest
import torch

from audiogan.lstm.cpu import CPU, layout
from audiogan.lstm.cpu.buffers import Pool, fresh
from audiogan.lstm.cpu.library import survey
from tests.lstm.cpu.poisoned import poisoned_memory
from tests.lstm.passes import random_problem, run
from tests.lstm.problems import Size, as_arguments, random_arguments

LIBRARY = next(iter(survey().usable.values()))
LARGE = 1 << 22


def test_fresh_memory_is_aligned_and_holds_the_tensor_alone() -> None:
    for shape in ((3, 5), (LARGE, 1)):
        tensor = fresh(LIBRARY, torch.float64, *shape)
        assert tensor.data_ptr() % 64 == 0
        assert tensor.untyped_storage().nbytes() == tensor.nbytes


def test_a_buffer_is_used_again_only_when_nothing_refers_to_it() -> None:
    pool = Pool()
    first = pool.take(LIBRARY, torch.float32, LARGE)
    address = first.data_ptr()
    part = first[5:7]
    del first
    other = pool.take(LIBRARY, torch.float32, LARGE)
    assert other.data_ptr() != address
    part.zero_()
    del part
    assert pool.take(LIBRARY, torch.float64, LARGE // 2).data_ptr() == address
    assert pool.idle_bytes() == 4 * LARGE


def test_a_buffer_in_the_graph_is_not_used_again() -> None:
    pool = Pool()
    kept = pool.take(LIBRARY, torch.float32, LARGE).fill_(2.0)
    weight = torch.ones((), requires_grad=True)
    product = (kept * weight).sum()
    address = kept.data_ptr()
    del kept
    assert pool.take(LIBRARY, torch.float32, LARGE).data_ptr() != address
    torch.autograd.backward(product)
    assert weight.grad is not None
    assert weight.grad.item() == 2.0 * LARGE


def test_idle_memory_that_does_not_fit_is_given_back() -> None:
    pool = Pool()
    del [pool.take(LIBRARY, torch.float32, LARGE)][0]
    assert pool.idle_bytes() == 4 * LARGE
    held = pool.take(LIBRARY, torch.float32, 3 * LARGE)
    assert pool.idle_bytes() == 0
    del held
    assert pool.idle_bytes() == 12 * LARGE


def test_memory_used_again_is_poisoned_on_demand() -> None:
    pool = Pool()
    del [pool.take(LIBRARY, torch.float32, LARGE).zero_()][0]
    with poisoned_memory():
        assert pool.take(LIBRARY, torch.float32, LARGE).isnan().all()


def test_what_is_saved_is_linear_in_the_steps() -> None:
    saved = []
    for steps in (512, 4096):
        size = Size(steps=steps, batch=2, inputs=1, hidden=16)
        _, (records,) = CPU().forward(as_arguments(random_arguments(size, torch.float32), size), save=True)
        saved.append(records.numel())
    assert saved == [512 * 2 * 5 * 16, 4096 * 2 * 5 * 16]


def test_nothing_is_kept_of_a_thousand_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "_LEAST_WORK", 1)
    size = Size(steps=24, batch=6, inputs=2, hidden=9, layers=2)
    problem = random_problem(size)
    for _ in range(200):
        run(CPU(), size, *problem)
    gc.collect()
    before = _resident_bytes()
    for _ in range(1000):
        run(CPU(), size, *problem)
    gc.collect()
    assert _resident_bytes() - before < 4 << 20


def _resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()
