"""The LSTM on an NVIDIA GPU beside cuDNN's, and beside torch's own with cuDNN off where second derivatives are needed.

``pytest benchmarks/test_lstm_gpu.py --benchmark-enable`` prints one table a pass, ratios in brackets; ``-rs`` says why
if there is no GPU. Two layers, 4 inputs, 64 hidden units, 64 sequences, full float32 but where a peer says TF32, as
cuDNN's comes. Before a pass is timed its numbers are compared with its peer's, in full float32 at the same size: if
they disagree, neither is timed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import audiogan

if not torch.cuda.is_available():
    pytest.skip("needs an NVIDIA GPU, and torch finds none", allow_module_level=True)

INPUTS, HIDDEN, LAYERS, BATCH = 4, 64, 2, 64
RELATIVE = 2e-4
"""How far results may lie apart, as a part of the largest: what the rounding of long float32 sums leaves."""

Step = Callable[[nn.LSTM, Tensor], list[Tensor]]


def inference(lstm: nn.LSTM, x: Tensor) -> list[Tensor]:
    with torch.no_grad():
        return [lstm(x)[0]]


def forward_and_backward(lstm: nn.LSTM, x: Tensor) -> list[Tensor]:
    output, _ = lstm(x)
    return list(torch.autograd.grad(output.square().mean(), [x, *lstm.parameters()]))


def penalty_step(lstm: nn.LSTM, x: Tensor) -> list[Tensor]:
    """The gradients of WGAN-GP's penalty, with the mean over steps and units as the critic's score."""
    scores = lstm(x)[0].mean((0, 2))
    (slopes,) = torch.autograd.grad(scores.sum(), x, create_graph=True)
    penalty = (slopes.square().sum((0, 2)).sqrt() - 1).square().mean()
    return list(torch.autograd.grad(penalty, list(lstm.parameters())))


def peers(cudnn: bool) -> tuple[nn.LSTM, nn.LSTM]:
    """Ours and torch's, with the same weights; only cuDNN wants its weights in one piece of memory."""
    torch.manual_seed(0)
    theirs = nn.LSTM(INPUTS, HIDDEN, LAYERS)
    ours = audiogan.LSTM(INPUTS, HIDDEN, LAYERS, implementation="triton")
    ours.load_state_dict(theirs.state_dict())
    with torch.backends.cudnn.flags(enabled=cudnn, allow_tf32=False):
        return ours.cuda(), theirs.cuda()


def input_of(steps: int) -> Tensor:
    generator = torch.Generator().manual_seed(steps)
    return torch.randn(steps, BATCH, INPUTS, generator=generator).cuda().requires_grad_()


def check_that_numbers_agree(step: Step, ours: nn.LSTM, theirs: nn.LSTM, x: Tensor, *, cudnn: bool) -> None:
    actual = step(ours, x)
    with torch.backends.cudnn.flags(enabled=cudnn, allow_tf32=False):
        expected = step(theirs, x)
    for a, e in zip(actual, expected, strict=True):
        torch.testing.assert_close(a, e, rtol=0, atol=RELATIVE * float(e.abs().max()))


def measure(
    benchmark: Any, step: Step, lstm: nn.LSTM, x: Tensor, *, cudnn: bool, rounds: int, tf32: bool = False
) -> None:
    def run() -> None:
        step(lstm, x)
        torch.cuda.synchronize()

    torch.cuda.empty_cache()
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    with torch.backends.cudnn.flags(enabled=cudnn, allow_tf32=tf32):
        benchmark.pedantic(run, rounds=rounds, warmup_rounds=2)
    benchmark.extra_info["GiB"] = (torch.cuda.max_memory_allocated() - before) / 2**30


@pytest.mark.parametrize("steps", [512, 4096])
@pytest.mark.parametrize("peer", ["audiogan", "cuDNN", "cuDNN in TF32"])
@pytest.mark.parametrize("step", [inference, forward_and_backward], ids=lambda step: step.__name__)
def test_first_order(benchmark: Any, step: Step, peer: str, steps: int) -> None:
    benchmark.group = f"{step.__name__}, {steps} steps"
    ours, theirs = peers(cudnn=True)
    x = input_of(steps)
    check_that_numbers_agree(step, ours, theirs, x, cudnn=True)
    lstm = ours if peer == "audiogan" else theirs
    measure(benchmark, step, lstm, x, cudnn=True, rounds=20, tf32=peer.endswith("TF32"))


@pytest.mark.parametrize("steps", [512, 4096])
@pytest.mark.parametrize("peer", ["audiogan", "cuDNN disabled"])
def test_second_order(benchmark: Any, peer: str, steps: int) -> None:
    benchmark.group = f"penalty_step, {steps} steps"
    ours, theirs = peers(cudnn=False)
    x = input_of(steps)
    check_that_numbers_agree(penalty_step, ours, theirs, x, cudnn=False)
    ours_is_timed = peer == "audiogan"
    measure(
        benchmark,
        penalty_step,
        ours if ours_is_timed else theirs,
        x,
        cudnn=False,
        rounds=20 if ours_is_timed else 2,
    )
