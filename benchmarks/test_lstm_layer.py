"""``audiogan.LSTM`` on the CPU beside its peers: one table a pass, and the figures at the end of the session.

Two layers, 4 inputs, 64 hidden units, 64 sequences of 4096 steps, float32, time first, through autograd. Every peer
takes turns with ours, and its time counts only if both computed the same. Torch's native LSTM runs the penalty step
once, since it takes half a minute; ``-k "not native"`` leaves it out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from torch import Tensor

from benchmarks.figures import Figures
from benchmarks.huge_pages import huge_pages_process
from benchmarks.lstm_passes import (
    FEWER_STEPS,
    PASSES,
    STEPS,
    Pass,
    forward_and_backward,
    inference,
    input_of,
    native,
    peers,
    penalty_step,
)
from benchmarks.racing import DisagreementError, race, strike_out

ROUNDS = 5
TITLES = {
    "inference": "inference forward",
    "forward_and_backward": "forward + backward",
    "penalty_step": "penalty step",
}
WITHOUT_JAX = "jax is not installed: pip install 'audiogan[bench]'"


def of(timed: Pass) -> str:
    return TITLES[timed.__name__]


def keep(benchmark: Any, figures: Figures, name: str, ours: float, peers: float) -> None:
    benchmark.extra_info.update(ours_s=ours, ratio=ours / peers)
    figures.record(name, ours / peers)


@pytest.mark.parametrize("timed", PASSES, ids=lambda timed: timed.__name__)
def test_audiogan(benchmark: Any, timed: Pass) -> None:
    benchmark.group = of(timed)
    ours, _ = peers()
    x = input_of(STEPS)
    benchmark.pedantic(lambda: timed(ours, x), rounds=ROUNDS, warmup_rounds=1)


@pytest.mark.parametrize("timed", [inference, forward_and_backward], ids=lambda timed: timed.__name__)
def test_torch_as_it_comes(benchmark: Any, figures: Figures, timed: Pass) -> None:
    benchmark.group = of(timed)
    ours, theirs = peers()
    x = input_of(STEPS)
    times = race(benchmark, lambda: timed(ours, x), lambda: timed(theirs, x), rounds=ROUNDS, in_a_row=2)
    default = "nn.LSTM" if timed is inference else "nn.LSTM default"
    keep(benchmark, figures, f"{of(timed)} / {default}", *times)


@pytest.mark.parametrize("timed", [inference, forward_and_backward], ids=lambda timed: timed.__name__)
def test_torch_with_huge_pages(benchmark: Any, figures: Figures, timed: Pass) -> None:
    """Both with them, in a process that was started with them; a round's way there takes less than a millisecond."""
    benchmark.group = of(timed)
    with huge_pages_process() as there:

        def run(peer: str) -> Sequence[Tensor]:
            return there.run(peer, timed.__name__)

        times = race(benchmark, lambda: run("ours"), lambda: run("theirs"), rounds=ROUNDS, same=False, in_a_row=2)
        try:
            there.check_agreement()
        except DisagreementError:
            strike_out(benchmark)
            raise
    keep(benchmark, figures, f"{of(timed)} / nn.LSTM with huge pages", *times)


@pytest.mark.parametrize("timed", [forward_and_backward, penalty_step], ids=lambda timed: timed.__name__)
def test_torch_native(benchmark: Any, figures: Figures, timed: Pass) -> None:
    benchmark.group = of(timed)
    ours, theirs = peers()
    x = input_of(STEPS)

    def run_native() -> Sequence[Tensor]:
        with native():
            return timed(theirs, x)

    slow = timed is penalty_step
    if slow:
        timed(ours, x)
    times = race(benchmark, lambda: timed(ours, x), run_native, rounds=1 if slow else 3, warmup_rounds=0 if slow else 1)
    keep(benchmark, figures, f"{of(timed)} / nn.LSTM native", *times)


@pytest.mark.parametrize("timed", [forward_and_backward, penalty_step], ids=lambda timed: timed.__name__)
def test_jax_scan(benchmark: Any, figures: Figures, timed: Pass) -> None:
    benchmark.group = of(timed)
    name = f"{of(timed)} / JAX scan"
    if find_spec("jax") is None:
        figures.note(name, WITHOUT_JAX)
        pytest.skip(WITHOUT_JAX)
    from benchmarks.jax_scan import jax_passes

    ours, theirs = peers()
    x = input_of(STEPS)
    times = race(benchmark, lambda: timed(ours, x), jax_passes(theirs, x)[timed.__name__], rounds=3, in_a_row=2)
    keep(benchmark, figures, name, *times)


def test_penalty_beside_own_forward_and_backward(benchmark: Any, figures: Figures) -> None:
    benchmark.group = "forward + backward, in turns with a penalty step"
    ours, _ = peers()
    x = input_of(STEPS)
    times = race(
        benchmark, lambda: penalty_step(ours, x), lambda: forward_and_backward(ours, x), rounds=2 * ROUNDS, same=False
    )
    keep(benchmark, figures, "penalty step / own forward + backward", *times)


@pytest.mark.parametrize("timed", PASSES, ids=lambda timed: timed.__name__)
def test_time_is_linear_in_steps(benchmark: Any, figures: Figures, timed: Pass) -> None:
    benchmark.group = f"{FEWER_STEPS} steps, in turns with {STEPS}"
    ours, _ = peers()
    long, short = input_of(STEPS), input_of(FEWER_STEPS)
    times = race(benchmark, lambda: timed(ours, long), lambda: timed(ours, short), rounds=2 * ROUNDS, same=False)
    title = of(timed).removesuffix(" forward")
    keep(benchmark, figures, f"{title}: T = {STEPS} / T = {FEWER_STEPS}", *times)


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="peak memory can only be reset on Linux")
def test_memory_of_a_penalty_step(benchmark: Any, figures: Figures) -> None:
    benchmark.group = "a process that measures its memory"
    command = [sys.executable, "-m", "benchmarks.penalty_memory"]
    printed: list[str] = []

    def measure() -> None:
        root = Path(__file__).parents[1]
        printed.append(subprocess.run(command, cwd=root, check=True, capture_output=True, text=True).stdout)

    benchmark.pedantic(measure, rounds=1)
    extra = int(printed[-1]) / 2**30
    benchmark.extra_info["extra_GiB"] = extra
    figures.record("extra memory of a penalty step", extra)
