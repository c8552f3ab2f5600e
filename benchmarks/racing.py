"""Two things timed in turns, so that whatever else the machine does meanwhile slows both; and what they computed.

A ratio is that of the shortest times: nothing makes a round shorter than the work in it. It counts only if both
computed the same, for which they return tensors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import isfinite
from time import perf_counter
from typing import Any

from torch import Tensor

RELATIVE = 5e-4
"""How far tensors may lie apart, relative to the largest of their numbers.

Weight gradients add 262,144 products in float32, each program in its own order.
"""

Work = Callable[[], Sequence[Tensor]]


class DisagreementError(AssertionError):
    """Two programs that should compute the same do not: their times cannot be compared."""


def race(
    benchmark: Any,
    ours: Work,
    peer: Work,
    *,
    rounds: int,
    same: bool = True,
    relative: float = RELATIVE,
    warmup_rounds: int = 1,
    in_a_row: int = 1,
) -> tuple[float, float]:
    """Times ``peer`` as the benchmark, and before each of its rounds ``ours``; returns the shortest times in seconds.

    :param same: whether both compute the same thing, which is then made sure of.
    :param relative: how far their tensors may lie apart, relative to the largest of their numbers.
    :param in_a_row: how often each runs when it is its turn. The last run is timed, so that neither pays for what the
        other left in the caches, as in a loop of its own.
    :raises DisagreementError: they do not; the benchmark then has no time.
    """
    own_times: list[float] = []
    computed: dict[str, Sequence[Tensor]] = {}

    def run_ours() -> None:
        computed.clear()
        for _ in range(in_a_row - 1):
            ours()
        start = perf_counter()
        result = ours()
        own_times.append(perf_counter() - start)
        if same:
            computed["ours"] = result
        for _ in range(in_a_row - 1):
            peer()

    def run_peer() -> None:
        result = peer()
        if same:
            computed["peer"] = result

    benchmark.pedantic(run_peer, setup=run_ours, rounds=rounds, warmup_rounds=warmup_rounds)
    if same:
        try:
            check_agreement(computed["ours"], computed["peer"], relative=relative)
        except DisagreementError:
            strike_out(benchmark)
            raise
    return min(own_times[-rounds:]), shortest(benchmark)


def check_agreement(ours: Sequence[Tensor], peers: Sequence[Tensor], *, relative: float = RELATIVE) -> None:
    """Compares tensor by tensor.

    :raises DisagreementError: shapes differ, or numbers by more than ``relative`` times the largest.
    """
    for index, (our, their) in enumerate(zip(ours, peers, strict=True)):
        if our.shape != their.shape:
            raise DisagreementError(f"tensor {index} has shape {tuple(our.shape)}, and the peer's {tuple(their.shape)}")
        apart, allowed = float((our - their).abs().max()), relative * float(their.abs().max())
        if not (isfinite(apart) and apart <= allowed):
            raise DisagreementError(f"tensor {index} is {apart:.1e} from the peer's, at most {allowed:.1e} is allowed")


def strike_out(benchmark: Any) -> None:
    """Takes a benchmark out of the tables and out of the saved run."""
    benchmark.has_error = True
    if benchmark.stats is not None:
        benchmark.stats.stats.data.clear()


def shortest(benchmark: Any) -> float:
    """The shortest round in seconds; not a number where benchmarks are disabled."""
    return float("nan") if benchmark.stats is None else float(benchmark.stats.stats.min)
