from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from torch import Tensor

from benchmarks import racing
from benchmarks.racing import DisagreementError, check_agreement, race


class Clock:
    """Moves only when work is done."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 0.0
        monkeypatch.setattr(racing, "perf_counter", lambda: self.now)


class Timed:
    """What a race needs of pytest-benchmark's fixture."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.has_error = False
        self.stats: Any = SimpleNamespace(stats=SimpleNamespace(data=[], min=float("nan")))

    def pedantic(self, work: Callable[[], None], *, setup: Callable[[], None], rounds: int, warmup_rounds: int) -> None:
        times: list[float] = self.stats.stats.data
        for _ in range(rounds + warmup_rounds):
            setup()
            start = self._clock.now
            work()
            times.append(self._clock.now - start)
        del times[:warmup_rounds]
        self.stats.stats.min = min(times)


class Worker:
    """Takes the seconds that it is given, one after the other, and returns ``result``."""

    def __init__(self, name: str, clock: Clock, seconds: list[float], calls: list[str], result: Tensor) -> None:
        self._name, self._clock, self._seconds, self._calls, self._result = name, clock, seconds, calls, result

    def __call__(self) -> list[Tensor]:
        self._calls.append(self._name)
        self._clock.now += self._seconds.pop(0)
        return [self._result]


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def test_the_shortest_of_rounds_in_turns_counts_and_the_warm_up_does_not(clock: Clock) -> None:
    calls: list[str] = []
    ours = Worker("ours", clock, [1.0, 5.0, 3.0], calls, torch.ones(2))
    peer = Worker("peer", clock, [2.0, 8.0, 9.0], calls, torch.ones(2))
    assert race(Timed(clock), ours, peer, rounds=2) == (3.0, 8.0)
    assert calls == ["ours", "peer"] * 3


def test_of_several_runs_in_a_row_the_last_is_timed(clock: Clock) -> None:
    calls: list[str] = []
    ours = Worker("ours", clock, [1.0, 5.0], calls, torch.ones(2))
    peer = Worker("peer", clock, [2.0, 8.0], calls, torch.ones(2))
    assert race(Timed(clock), ours, peer, rounds=1, warmup_rounds=0, in_a_row=2) == (5.0, 8.0)
    assert calls == ["ours", "ours", "peer", "peer"]


def test_no_time_is_left_where_the_numbers_disagree(clock: Clock) -> None:
    timed, calls = Timed(clock), list[str]()
    ours = Worker("ours", clock, [1.0], calls, torch.tensor([1.0, 100.0]))
    peer = Worker("peer", clock, [2.0], calls, torch.tensor([1.0, 100.1]))
    with pytest.raises(DisagreementError, match=r"tensor 0 is 1\.0e-01 from the peer's, at most 5\.0e-02 is allowed"):
        race(timed, ours, peer, rounds=1, warmup_rounds=0)
    assert timed.has_error
    assert timed.stats.stats.data == []


def test_what_need_not_agree_is_not_compared(clock: Clock) -> None:
    calls: list[str] = []
    ours, peer = (
        Worker(name, clock, [2.0], calls, torch.full((1,), value)) for name, value in (("ours", 1.0), ("peer", 2.0))
    )
    assert race(Timed(clock), ours, peer, rounds=1, warmup_rounds=0, same=False) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("ours", "peers", "reason"),
    [
        (torch.tensor([float("nan")]), torch.tensor([1.0]), "is nan from the peer's"),
        (torch.tensor([1.0]), torch.tensor([float("inf")]), "is inf from the peer's"),
        (torch.zeros(2, 3), torch.zeros(3, 2), r"has shape \(2, 3\), and the peer's \(3, 2\)"),
    ],
    ids=["not a number", "infinite", "shapes"],
)
def test_what_cannot_be_compared_disagrees(ours: Tensor, peers: Tensor, reason: str) -> None:
    with pytest.raises(DisagreementError, match=reason):
        check_agreement([ours], [peers])


def test_agreement_is_relative_to_the_largest_number() -> None:
    check_agreement([torch.tensor([1e-9, 1000.0])], [torch.tensor([0.4, 1000.0])])
    with pytest.raises(DisagreementError):
        check_agreement([torch.tensor([1e-9, 1000.0])], [torch.tensor([0.6, 1000.0])])
