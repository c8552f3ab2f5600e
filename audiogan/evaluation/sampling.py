"""Waveforms to be scored: generated ones, real ones, and noise for the scale."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from audiogan.data.damage import nothing_sound, tell_damage, tell_skipped, window_or_damage
from audiogan.errors import DamagedDataError, DataError
from audiogan.evaluation.progress import Progress, Watch, unwatched
from audiogan.evaluation.window_memory import shortage_told
from audiogan.interfaces import Dataset, Generator, Representation


def generate_waveforms(
    generator: Generator,
    representation: Representation,
    count: int,
    *,
    rng: torch.Generator,
    batch_size: int,
    device: str | torch.device,
    labels: Tensor | None = None,
    watch: Watch = unwatched,
) -> Tensor:
    """``count`` generated waveforms ``[count, C, T]``, float32 on the CPU; ``watch`` hears of every batch.

    ``labels`` ``[count]`` are what they are generated with, ``None`` where there are no classes.
    All latents are drawn from ``rng`` first, so that they do not depend on ``batch_size``. Both networks, which live on
    ``device``, are in evaluation mode meanwhile and are left in the modes they had.

    :raises DataError: there is no memory for as many.
    """
    with shortage_told(count):
        latents = generator.sample_latent(count, rng=rng)
    waveforms: Tensor | None = None
    with torch.no_grad(), _evaluating(generator, representation):
        for start in range(0, count, batch_size):
            latent = latents[start : start + batch_size].to(device)
            wanted = None if labels is None else labels[start : start + batch_size].to(device)
            batch = representation.decode(generator(latent, wanted)).float().cpu()
            if waveforms is None:
                with shortage_told(count):
                    waveforms = torch.empty(count, *batch.shape[1:])
            waveforms[start : start + len(batch)] = batch
            watch(Progress("generating", start + len(batch), count))
    if waveforms is None:
        raise ValueError(f"count must be at least 1, not {count}")
    return waveforms


def real_waveforms(dataset: Dataset, count: int, *, seed: int) -> Tensor:
    """``count`` windows ``[count, C, T]`` of the dataset in an order drawn from ``seed``.

    No window is taken twice before each was taken once; further passes draw other random windows where the dataset has
    any. Where ``dataset.on_error`` is ``"skip"``, those that are damaged are passed over for those that come next, and
    warnings say which and how many.

    :raises DataError: the dataset is empty, a window cannot be read, all windows are damaged, or there is no memory.
    """
    if len(dataset) == 0:
        raise DataError("the dataset has no windows: check its files and its window length")
    with shortage_told(count):
        waveforms = torch.empty(count, dataset.channels, dataset.window_length)
    filled, skipped, turn = 0, 0, 0
    while filled < count:
        filled_before = filled
        for index in np.random.default_rng([seed, turn]).permutation(len(dataset)).tolist():
            if filled == count:
                break
            window = window_or_damage(dataset, index, rng=np.random.default_rng([seed, turn, index]))
            if isinstance(window, DamagedDataError):
                tell_damage(window)
                skipped += 1
                continue
            waveforms[filled] = torch.from_numpy(np.asarray(window.waveform, dtype=np.float32))
            filled += 1
        if filled == filled_before:
            raise nothing_sound(dataset)
        turn += 1
    tell_skipped(skipped, of=filled + skipped, reader="real windows")
    return waveforms


def noise_waveforms(count: int, *, channels: int, window_length: int, seed: int) -> Tensor:
    """``count`` waveforms ``[count, channels, window_length]`` of white noise, Uniform(-1, 1).

    :raises DataError: there is no memory for as many.
    """
    rng = torch.Generator().manual_seed(seed)
    with shortage_told(count):
        return torch.rand(count, channels, window_length, generator=rng).mul_(2).sub_(1)


@contextmanager
def _evaluating(*networks: nn.Module) -> Iterator[None]:
    modes = {module: module.training for network in networks for module in network.modules()}
    try:
        for network in networks:
            network.eval()
        yield
    finally:
        for module, training in modes.items():
            module.training = training
