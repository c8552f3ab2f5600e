"""A small labelled dataset that needs no files."""

from __future__ import annotations

from typing import final

import numpy as np
from attrs import frozen

from audiogan.interfaces import Dataset, Window
from audiogan.options import option


@final
@frozen
class NoiseDatasetOptions:
    """Options of :class:`NoiseDataset`."""

    windows: int = option(default=16, minimum=1, unit="windows", help="windows in an epoch")
    window_length: int = option(default=1_024, minimum=1, unit="samples", help="length of a window")
    channels: int = option(default=1, minimum=1, help="channels")
    sample_rate: int = option(default=16_000, minimum=1, unit="Hz", help="rate it pretends to")
    seed: int = option(default=0, minimum=0, help="seed of the noise")


class NoiseDataset(Dataset):
    """Noise at two levels, the louder one labelled 1."""

    options_class = NoiseDatasetOptions
    class_names = ("soft", "loud")

    def __init__(self, options: NoiseDatasetOptions) -> None:
        self._options = options
        self.sample_rate = options.sample_rate
        self.channels = options.channels
        self.window_length = options.window_length

    def __len__(self) -> int:
        """Windows in an epoch."""
        return self._options.windows

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        """Noise that depends on the seed and ``index``, every second window ten times as loud."""
        label = index % 2
        shape = (self.channels, self.window_length)
        noise = np.random.default_rng((self._options.seed, index)).uniform(-1, 1, shape)
        return Window((noise * (0.9 if label else 0.09)).astype(np.float32), label)

    def fingerprint(self) -> str:
        """The options themselves, since they determine every sample."""
        return repr(self._options)

    def held_out(self) -> NoiseDataset:
        """Half as many windows from another seed."""
        return NoiseDataset(
            NoiseDatasetOptions(
                max(2, self._options.windows // 2),
                self.window_length,
                self.channels,
                self.sample_rate,
                self._options.seed + 1,
            )
        )
