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
        (31744, 31, (4, 4, 4, 4, 4), 16),
        (64, 16, (4,), 1),
        (48000, 24, (4, 4, 4, 4, 4, 2), 32),
        (44100, 22, (4, 4, 4, 4, 4, 2), 32),
        (24000, 24, (4, 4, 4, 4, 4), 16),
        (22050, 22, (4, 4, 4, 4, 4), 16),
        (20480, 20, (4, 4, 4, 4, 4), 16),
        (16000, 16, (4, 4, 4, 4, 4), 16),
        (12345, 25, (4, 4, 4, 4, 2), 16),
        (10000, 20, (4, 4, 4, 4, 2), 16),
        (1000, 16, (4, 4, 4), 4),
        (31745, 16, (4, 4, 4, 4, 4, 2), 32),
        (16385, 17, (4, 4, 4, 4, 4), 16),
        (65, 17, (4,), 1),
    ],
)
def test_plans(length: int, start: int, strides: tuple[int, ...], widest: int) -> None:
    plan = plan_layers(length)
    assert plan == LayerPlan(length, strides)
    assert plan.start == start
    assert plan.widest == widest


def test_feature_maps_of_lengths_that_strides_do_not_divide() -> None:
    plan = plan_layers(12345)
    assert plan.shrinking == (12345, 3087, 772, 193, 49, 25)
    assert plan.growing == (25, 97, 386, 1544, 6173, 12345)
    assert plan_layers(22050).growing == (22, 87, 345, 1379, 5513, 22050)


def test_feature_maps_of_the_originals_lengths_are_multiples_of_the_strides() -> None:
    assert plan_layers(16384).growing == (16, 64, 256, 1024, 4096, 16384)
    assert plan_layers(32768).growing == (16, 64, 256, 1024, 4096, 16384, 32768)
    assert plan_layers(32768).shrinking == (32768, 8192, 2048, 512, 128, 32, 16)


@pytest.mark.parametrize("length", [-4, 0, 16, 63])
def test_a_short_length_is_refused(length: int) -> None:
    with pytest.raises(SpecError, match=f"windows of {length} samples are too short: at least 64"):
        plan_layers(length)


@given(st.integers(64, 10_000_000))
def test_every_length_is_planned_as_the_next_longer_one_that_the_strides_divide(length: int) -> None:
    plan = plan_layers(length)
    assert 16 <= plan.start < 32
    assert set(plan.strides[:-1]) <= {4}
    assert plan.strides[-1] in (2, 4)
    whole = plan.start * prod(plan.strides)
    assert plan_layers(whole).strides == plan.strides
    assert 0 <= whole - length < prod(plan.strides)
    assert plan.growing[0] == plan.shrinking[-1] == plan.start
    for longer, shorter, stride in zip(plan.shrinking[:-1], plan.shrinking[1:], plan.strides, strict=True):
        assert 0 <= shorter * stride - longer < stride
    for shorter, longer, stride in zip(plan.growing[:-1], plan.growing[1:], plan.strides, strict=True):
        assert 0 <= shorter * stride - longer < stride
