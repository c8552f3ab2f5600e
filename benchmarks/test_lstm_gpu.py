"""The LSTM on an NVIDIA GPU beside cuDNN's, and beside torch's own with cuDNN off where second derivatives are needed.

``make bench SELECT=gpu`` prints one table a pass, and the figures at the end; ``-rs`` says why if there is no GPU. Two
layers, 4 inputs, 64 hidden units, 64 sequences, in full float32. Peers take turns with ours, and their time counts only
if both computed the same. cuDNN comes with TF32 allowed, which is a row of its own: it rounds factors to ten bits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from benchmarks.figures import GPU, Figures
from benchmarks.lstm_passes import (
    FEWER_STEPS,
    STEPS,
    Pass,
    forward_and_backward,
    inference,
    input_of,
    peers,
    penalty_step,
)
from benchmarks.racing import RELATIVE, Work, race

if not torch.cuda.is_available():
    pytest.skip("needs an NVIDIA GPU, and torch finds none", allow_module_level=True)

RELATIVE_IN_TF32 = 2e-2


def on_gpu(timed: Pass, lstm: nn.LSTM, x: Tensor, *, cudnn: bool, tf32: bool = False) -> Work:
    """The pass with all its kernels done."""
    # Only cuDNN wants its weights in one piece of memory, which moving them makes.
    with torch.backends.cudnn.flags(enabled=cudnn):
        there = lstm.cuda()
    on_device = x.detach().cuda().requires_grad_()

    def run() -> Sequence[Tensor]:
        with torch.backends.cudnn.flags(enabled=cudnn, allow_tf32=tf32):
            computed = timed(there, on_device)
        torch.cuda.synchronize()
        return computed

    return run


def extra_gib(work: Work) -> float:
    """The most memory that the work takes beside what was there before."""
    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    work()
    return (torch.cuda.max_memory_allocated() - before) / 2**30


@pytest.mark.parametrize("steps", [FEWER_STEPS, STEPS])
@pytest.mark.parametrize("tf32", [False, True], ids=["float32", "tf32"])
@pytest.mark.parametrize("timed", [inference, forward_and_backward], ids=lambda timed: timed.__name__)
def test_gpu_first_order(benchmark: Any, figures: Figures, timed: Pass, tf32: bool, steps: int) -> None:
    benchmark.group = f"on the GPU: {timed.__name__}, {steps} steps"
    ours, theirs = peers(implementation="triton")
    x = input_of(steps)
    our_work = on_gpu(timed, ours, x, cudnn=True)
    their_work = on_gpu(timed, theirs, x, cudnn=True, tf32=tf32)
    relative = RELATIVE_IN_TF32 if tf32 else RELATIVE
    own, peer = race(benchmark, our_work, their_work, rounds=20, warmup_rounds=2, relative=relative)
    benchmark.extra_info.update(
        ours_s=own, ratio=own / peer, ours_GiB=extra_gib(our_work), peer_GiB=extra_gib(their_work)
    )
    if timed is forward_and_backward and steps == STEPS and not tf32:
        figures.record(f"{GPU}: forward + backward / cuDNN", own / peer)


@pytest.mark.parametrize("steps", [FEWER_STEPS, STEPS])
def test_gpu_second_order(benchmark: Any, figures: Figures, steps: int) -> None:
    benchmark.group = f"on the GPU: penalty_step, {steps} steps"
    ours, theirs = peers(implementation="triton")
    x = input_of(steps)
    our_work = on_gpu(penalty_step, ours, x, cudnn=False)
    their_work = on_gpu(penalty_step, theirs, x, cudnn=False)
    our_work()
    own, peer = race(benchmark, our_work, their_work, rounds=2)
    benchmark.extra_info.update(
        ours_s=own, ratio=own / peer, ours_GiB=extra_gib(our_work), peer_GiB=extra_gib(their_work)
    )
    if steps == STEPS:
        figures.record(f"{GPU}: penalty step / cuDNN disabled", own / peer)
