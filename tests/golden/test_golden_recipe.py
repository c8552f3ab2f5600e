"""The weights rebuilt from the recipe."""

from __future__ import annotations

import numpy as np
import pytest

from tests.golden.recipe import load_golden, rebuild_weights


def test_weights_scale_with_their_fan_in_and_keep_their_order() -> None:
    weights = rebuild_weights(1, [("a/kernel", [25, 4, 8]), ("a/gamma", [3]), ("a/bias", [2])])
    random = np.random.RandomState(1)
    np.testing.assert_array_equal(weights["a/kernel"], (random.standard_normal((25, 4, 8)) * 0.12).astype(np.float32))
    np.testing.assert_array_equal(weights["a/gamma"], (1 + 0.3 * np.abs(random.standard_normal(3))).astype(np.float32))
    np.testing.assert_array_equal(weights["a/bias"], (0.1 * random.standard_normal(2)).astype(np.float32))


@pytest.mark.parametrize("name", ["wavegan_generator_16384", "lstm_conv_discriminator_16384"])
def test_every_array_is_float32_under_its_plain_name(name: str) -> None:
    golden = load_golden(name)
    arrays = [*golden.inputs.items(), *golden.outputs.items(), *golden.weights.items()]
    assert arrays
    assert all(array.dtype == np.float32 for _, array in arrays)
    assert not any(key.startswith(("in/", "out/")) for key, _ in arrays)
