"""What a network that works on waveforms expects of its samples."""

from __future__ import annotations

from audiogan.errors import SpecError


def waveform_shape(sample_shape: tuple[int, ...], *, network: str) -> tuple[int, int]:
    """Channels and length of a sample, where samples are waveforms.

    :raises SpecError: they are something else; the text names ``network``, such as ``generator 'wavegan'``.
    """
    if len(sample_shape) != 2:
        raise SpecError(
            f"{network} works on waveforms (channels, length), but the representation makes samples of shape "
            f"{sample_shape}; set representation to 'waveform' or choose a network made for that representation"
        )
    channels, length = sample_shape
    return channels, length
