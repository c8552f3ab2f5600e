"""The LSTM as a scan in JAX, with the weights of a torch module and in the same passes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from torch import Tensor, nn
from torch.utils.dlpack import from_dlpack

from benchmarks.lstm_passes import HIDDEN, LAYERS

_PER_LAYER = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

Parameters = list[list[Any]]


def jax_passes(lstm: nn.LSTM, x: Tensor) -> dict[str, Callable[[], Sequence[Tensor]]]:
    """The passes of :mod:`benchmarks.lstm_passes` by their names, compiled when first run."""
    parameters = [
        [jnp.asarray(getattr(lstm, f"{kind}_l{layer}").detach().numpy()) for kind in _PER_LAYER]
        for layer in range(LAYERS)
    ]
    inputs = jnp.asarray(x.detach().numpy())
    compiled = {
        "inference": jax.jit(_outputs),
        "forward_and_backward": jax.jit(jax.grad(_mean_square, argnums=(1, 0))),
        "penalty_step": jax.jit(jax.grad(_penalty)),
    }

    def runner(function: Callable[..., Any]) -> Callable[[], Sequence[Tensor]]:
        def run() -> Sequence[Tensor]:
            results = jax.block_until_ready(function(parameters, inputs))
            return [from_dlpack(array) for array in jax.tree.leaves(results)]

        return run

    return {name: runner(function) for name, function in compiled.items()}


def _cell(weights: list[Any], state: tuple[Any, Any], x: Any) -> tuple[tuple[Any, Any], Any]:
    kernel, state_kernel, bias, state_bias = weights
    h, c = state
    # Products of the inputs inside the scan are faster than one large product before it, at second order several times.
    i, f, g, o = jnp.split(x @ kernel.T + h @ state_kernel.T + bias + state_bias, 4, axis=-1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (h, c), h


def _outputs(parameters: Parameters, x: Any) -> Any:
    zeros = jnp.zeros((x.shape[1], HIDDEN), x.dtype)
    for weights in parameters:
        x = lax.scan(partial(_cell, weights), (zeros, zeros), x)[1]
    return x


def _mean_square(parameters: Parameters, x: Any) -> Any:
    return jnp.mean(jnp.square(_outputs(parameters, x)))


def _penalty(parameters: Parameters, x: Any) -> Any:
    slopes = jax.grad(lambda x: _outputs(parameters, x).sum())(x)
    norms = jnp.sqrt(jnp.square(slopes).sum((0, 2)))
    return jnp.mean(jnp.square(norms - 1))
