"""Layer plans: the original's three lengths, others by the same rule, and refusals."""

from __future__ import annotations

from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan import SpecError
from audiogan.nn import LayerPlan, plan_layers


@pytest.mark.parametrize(
    ("length", "start", "strides", "widest"),
    [
        (65536, 16, (4, 4, 4, 4, 4, 4), 32),
        (32768, 16, (4, 4, 4, 4, 4, 2), 32),
        (16384, 16, (4, 4, 4, 4, 4), 16),
        (8192, 16, (4, 4, 4, 4, 2), 16),
        (4096, 16, (4, 4, 4, 4), 8),
        (2048, 16, (4, 4, 4, 2), 8),
        (1024, 16, (4, 4, 4), 4),
        (49152, 24, (4, 4, 4, 4, 4, 2), 32),
        (64, 16, (4,), 1),
    ],
)
def test_plans(length: int, start: int, strides: tuple[int, ...], widest: int) -> None:
    plan = plan_layers(length)
    assert plan == LayerPlan(start, strides)
    assert plan.widest == widest
    assert plan.length == length


def test_a_length_between_plans_is_refused_with_its_neighbours() -> None:
    with pytest.raises(SpecError, match="48000 samples; the nearest lengths that work are 47104 and 49152"):
        plan_layers(48000)
    with pytest.raises(SpecError, match=r"16383 .* are 15872 and 16384"):
        plan_layers(16383)


@pytest.mark.parametrize("length", [-4, 0, 16, 63])
def test_a_short_length_is_refused(length: int) -> None:
    with pytest.raises(SpecError, match=f"windows of {length} samples are too short: at least 64"):
        plan_layers(length)


@given(st.integers(64, 10_000_000))
def test_every_length_is_planned_or_refused_with_lengths_that_are_planned(length: int) -> None:
    try:
        plan = plan_layers(length)
    except SpecError as error:
        below, above = (int(word) for word in str(error).rsplit("are ", 1)[1].split(" and "))
        assert below < length < above
        assert plan_layers(below).length == below
        assert plan_layers(above).length == above
    else:
        assert 16 <= plan.start < 32
        assert plan.start * prod(plan.strides) == length
        assert set(plan.strides[:-1]) <= {4}
        assert plan.strides[-1] in (2, 4)
