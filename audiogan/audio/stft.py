"""The short-time Fourier transform as ``tf.signal`` frames and windows it, on any device and differentiable.

It differs from ``torch.stft``: the first frame starts at the first sample, nothing is reflected, and the inverse does
not divide by the sum of the windows.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def stft(waveform: Tensor, *, n_fft: int, hop_length: int, pad_end: bool = False) -> Tensor:
    """Complex spectra ``[..., frames, n_fft // 2 + 1]`` of real waveforms ``[..., length]``.

    Frame ``i`` starts at sample ``i * hop_length`` and is weighted by a periodic Hann window of ``n_fft`` samples. With
    ``pad_end`` there are ``ceil(length / hop_length)`` frames, the last of them completed by zeros; without, only
    frames that fit. Equal to ``tf.signal.stft(waveform, n_fft, hop_length, pad_end=pad_end)`` where ``n_fft`` is a
    power of two; other sizes are transformed at their own length rather than at the next power of two.

    :raises ValueError: the waveform is too short for a single frame.
    """
    length = waveform.shape[-1]
    if length < (1 if pad_end else n_fft):
        raise ValueError(f"a waveform of {length} samples holds no frame of n_fft = {n_fft} samples")
    if pad_end:
        frames = -(-length // hop_length)
        waveform = F.pad(waveform, (0, max(0, (frames - 1) * hop_length + n_fft - length)))
    framed = waveform.unfold(-1, n_fft, hop_length)
    spectra: Tensor = torch.fft.rfft(framed * _window_like(waveform, n_fft))
    return spectra


def inverse_stft(spectra: Tensor, *, n_fft: int, hop_length: int) -> Tensor:
    """Real waveforms ``[..., (frames - 1) * hop_length + n_fft]`` of spectra ``[..., frames, n_fft // 2 + 1]``.

    Each frame is transformed back, weighted by the same Hann window once more, and the frames are added where they
    overlap: ``tf.signal.inverse_stft`` with its default window. The sum of the squared windows is left in, so that
    ``inverse_stft(stft(x))`` is ``x`` times that sum, which for ``hop_length = n_fft / 4`` is 1.5 away from the ends.
    """
    framed = torch.fft.irfft(spectra, n=n_fft)
    framed = framed * _window_like(framed, n_fft)
    *leading, frames, _ = framed.shape
    length = (frames - 1) * hop_length + n_fft
    columns = framed.reshape(-1, frames, n_fft).transpose(1, 2)
    added = F.fold(columns, output_size=(1, length), kernel_size=(1, n_fft), stride=(1, hop_length))
    return added.reshape(*leading, length)


def _window_like(waveform: Tensor, n_fft: int) -> Tensor:
    return torch.hann_window(n_fft, periodic=True, dtype=waveform.dtype, device=waveform.device)
