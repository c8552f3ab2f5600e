"""SpecGAN's representation: a normalised log spectrogram, turned back by Griffin-Lim."""

from __future__ import annotations

from typing import final

import attrs
import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from audiogan import DataError, Dataset, DataSpec, OptionError, Representation, option
from audiogan.audio import griffin_lim, stft
from audiogan.data.damage import tell_damage, window_or_damage
from audiogan.errors import DamagedDataError
from audiogan_specgan.moments import Moments

_SMALLEST_STD = 1e-3
"""Taken for the standard deviation of a bin that hardly varies, such as one that is silent throughout the data."""

_WINDOWS_AT_ONCE = 64
"""Decoded together: enough to keep a processor busy, while thousands of samples do not fill its memory."""


@final
@attrs.frozen
class SpectrogramRepresentationOptions:
    """Options of the spectrogram representation; the defaults are SpecGAN's."""

    n_fft: int = option(default=256, minimum=2, unit="samples", help="length of a frame, even; n_fft / 2 bins are kept")
    hop_length: int = option(default=128, minimum=1, unit="samples", help="samples from one frame to the next")
    log_offset: float = option(default=1e-6, above=0, help="added to a magnitude before its logarithm is taken")
    clip_std: float = option(default=3.0, above=0, help="standard deviations from the mean that become -1 and 1")
    griffin_lim_iterations: int = option(default=16, minimum=0, help="Griffin-Lim iterations of decoding")

    @n_fft.validator
    def _check_even(self, attribute: attrs.Attribute[int], n_fft: int) -> None:
        if n_fft % 2:
            raise OptionError("n_fft", f"must be even, not {n_fft}")

    @hop_length.validator
    def _check_overlap(self, attribute: attrs.Attribute[int], hop_length: int) -> None:
        if hop_length > self.n_fft:
            raise OptionError("hop_length", f"must be at most n_fft = {self.n_fft}, not {hop_length}")


@final
class SpectrogramRepresentation(Representation):
    """Log magnitudes, normalised bin by bin over the data, as in SpecGAN.

    Donahue et al. (2019), "Adversarial audio synthesis". Samples are ``[N, channels, frames, bins]`` in [-1, 1]: time
    runs along the third axis, frequency upwards along the fourth, as in the original's ``[N, frames, bins, 1]``. There
    are ``window_length / hop_length`` frames, rounded up, and ``n_fft / 2`` bins: the highest one, at the Nyquist
    frequency, is left out and decoded as its mean.

    ``mean`` and ``std`` are those of ``log(magnitude + log_offset)`` over all frames of all channels, ``[bins + 1]``.
    """

    options_class = SpectrogramRepresentationOptions
    mean: Tensor
    std: Tensor

    def __init__(self, options: SpectrogramRepresentationOptions, data: DataSpec) -> None:
        super().__init__()
        self.options = options
        self.window_length = data.window_length
        bins = options.n_fft // 2
        self.sample_shape = (data.channels, -(-data.window_length // options.hop_length), bins)
        self.register_buffer("mean", torch.full((bins + 1,), torch.nan))
        self.register_buffer("std", torch.full((bins + 1,), torch.nan))

    @torch.no_grad()
    def fit(self, dataset: Dataset) -> None:
        """Takes the moments over one window from every place in ``dataset``, whatever batches a training makes of it.

        :raises DataError: there is no window, or one holds values that are not finite.
        """
        total: Moments | None = None
        for index in range(len(dataset)):
            window = window_or_damage(dataset, index, rng=np.random.default_rng(index))
            if isinstance(window, DamagedDataError):
                tell_damage(window)
                continue
            magnitudes = self._log_magnitudes(torch.from_numpy(np.ascontiguousarray(window.waveform)))
            moments = Moments.of(magnitudes.flatten(0, -2).numpy())
            if not np.isfinite(moments.mean).all():
                raise DataError(
                    f"window {index} of the dataset holds samples that are not finite; remove its recording"
                )
            total = moments if total is None else total.combined(moments)
        if total is None:
            raise DataError("the dataset has no windows to take the spectrogram's mean and std of; add recordings")
        self.mean.copy_(torch.from_numpy(total.mean))
        self.std.copy_(torch.from_numpy(total.std))

    def encode(self, waveform: Tensor) -> Tensor:
        """Samples ``[N, channels, frames, bins]`` of waveforms ``[N, channels, window_length]``; differentiable.

        :raises RuntimeError: neither :meth:`fit` nor ``load_state_dict`` was called before.
        """
        mean, std = self._moments()
        deviations = (self._log_magnitudes(waveform) - mean) / std
        return (deviations[..., :-1] / self.options.clip_std).clamp(-1, 1)

    def decode(self, samples: Tensor) -> Tensor:
        """Waveforms ``[N, channels, window_length]`` of samples ``[N, channels, frames, bins]``, clipped to [-1, 1].

        No gradient passes.

        :raises RuntimeError: neither :meth:`fit` nor ``load_state_dict`` was called before.
        """
        mean, std = self._moments()
        deviations = F.pad(samples, (0, 1)) * self.options.clip_std
        waveforms = [
            griffin_lim(
                (chunk * std + mean).exp(),
                n_fft=self.options.n_fft,
                hop_length=self.options.hop_length,
                iterations=self.options.griffin_lim_iterations,
            )
            for chunk in torch.split(deviations, _WINDOWS_AT_ONCE)
        ]
        return torch.cat(waveforms)[..., : self.window_length].clamp(-1, 1)

    def _log_magnitudes(self, waveform: Tensor) -> Tensor:
        spectra = stft(waveform, n_fft=self.options.n_fft, hop_length=self.options.hop_length, pad_end=True)
        return (spectra.abs() + self.options.log_offset).log()

    def _moments(self) -> tuple[Tensor, Tensor]:
        if torch.isnan(self.std).any():
            raise RuntimeError("the spectrogram's mean and std are not known yet; call fit(dataset) first")
        return self.mean, self.std.clamp_min(_SMALLEST_STD)
