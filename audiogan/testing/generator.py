"""What a generator must do."""

from __future__ import annotations

from typing import Any

import torch

from audiogan.interfaces import Generator
from audiogan.testing.construction import construct
from audiogan.testing.networks import (
    assert_finite,
    assert_layer_rows,
    assert_repeatable_in_evaluation,
    assert_restorable,
    assert_trainable,
)

_BATCH = 3


def check_generator(generator_class: type[Generator], options: Any = None, *, sample_shape: tuple[int, ...]) -> None:
    """Checks latents, the shape and type of samples, gradients, evaluation mode, and that the state can be restored.

    ``options`` is a table as in an experiment file, or an instance of the options class; ``sample_shape`` the shape of
    one sample.

    :raises AssertionError: the generator breaks the interface; the text says how.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator: Generator = construct("generator", generator_class, options, sample_shape=sample_shape)
        latent = _check_latents(generator)
        samples = generator(latent)
        expected = (_BATCH, *sample_shape)
        assert tuple(samples.shape) == expected, f"samples have shape {tuple(samples.shape)}, not {expected}"
        assert samples.dtype == torch.float32, f"samples are {samples.dtype}, not torch.float32"
        assert_finite(samples, "a sample")
        assert not torch.equal(samples[0], samples[1]), "two latents give the same sample"
        (samples * torch.randn_like(samples)).sum().backward()
        assert_trainable(generator, of="a sample")
        assert_repeatable_in_evaluation(generator, latent)
        assert_restorable(
            generator, lambda: construct("generator", generator_class, options, sample_shape=sample_shape), latent
        )
        assert_layer_rows(generator.layer_rows())


def _check_latents(generator: Generator) -> torch.Tensor:
    first, again = (generator.sample_latent(_BATCH, rng=torch.Generator().manual_seed(1)) for _ in range(2))
    expected = (_BATCH, generator.latent_dim)
    assert tuple(first.shape) == expected, f"latents have shape {tuple(first.shape)}, not {expected}"
    assert_finite(first, "a latent")
    assert torch.equal(first, again), "sample_latent draws from something other than its rng"
    return first
