"""What a generator must do."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from audiogan.interfaces import DataSpec, Generator
from audiogan.interfaces.contracts import check_tensor
from audiogan.testing.construction import broken_contracts, construct
from audiogan.testing.networks import (
    assert_finite,
    assert_layer_rows,
    assert_repeatable_in_evaluation,
    assert_restorable,
    assert_trainable,
)

_BATCH = 3


def check_generator(generator_class: type[Generator], options: Any = None, *, data: DataSpec) -> None:
    """Checks latents, the shape and type of samples, gradients, evaluation mode, and that the state can be restored.

    ``options`` is a table as in an experiment file, or an instance of the options class; ``data`` what it is
    built for.

    :raises AssertionError: the generator breaks the interface; the text says how.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        generator: Generator = construct("generator", generator_class, options, data)
        latent, labels = _check_latents(generator), data.labels(_BATCH)

        def samples_of(network: torch.nn.Module, latents: Tensor) -> Tensor:
            given = None if labels is None else labels[: len(latents)]
            with broken_contracts():
                return check_tensor(network(latents, given), "samples", shape=(len(latents), *data.sample_shape))

        samples = samples_of(generator, latent)
        assert samples.requires_grad, "samples have no gradient: something is detached on the way to them"
        assert not torch.equal(samples[0], samples[1]), "two latents give the same sample"
        (samples * torch.randn_like(samples)).sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        assert_trainable(generator, of="a sample")
        assert_repeatable_in_evaluation(generator, latent, outputs_of=samples_of, in_batch=labels is None)
        assert_restorable(
            generator,
            lambda: construct("generator", generator_class, options, data),
            latent,
            outputs_of=samples_of,
        )
        assert_layer_rows(generator.layer_rows())


def _check_latents(generator: Generator) -> Tensor:
    first, again = (generator.sample_latent(_BATCH, rng=torch.Generator().manual_seed(1)) for _ in range(2))
    assert hasattr(generator, "latent_dim"), "there is no latent_dim: set it in __init__ to the size of a latent"
    expected = (_BATCH, generator.latent_dim)
    assert tuple(first.shape) == expected, f"latents have shape {tuple(first.shape)}, not {expected}"
    assert_finite(first, "a latent")
    assert torch.equal(first, again), "sample_latent draws from something other than its rng"
    return first
