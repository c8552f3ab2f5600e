"""A small labelled dataset: harmonic tones whose pitch class is the label, with other notes above them."""

from __future__ import annotations

import hashlib

import numpy as np
from attrs import evolve, frozen

from audiogan import Dataset, Window, option

NAMES = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


@frozen
class HarmonicTonesOptions:
    windows: int = option(default=120, minimum=0, help="windows")
    classes: int = option(default=12, minimum=0, help="pitch classes, evenly spaced from C upwards")
    octaves: int = option(default=3, minimum=1, help="octaves of the lowest note, from C2 upwards")
    window_length: int = option(default=2048, minimum=1, unit="samples", help="length")
    sample_rate: int = option(default=16000, minimum=1, unit="Hz", help="rate")
    seed: int = option(default=0, minimum=0, help="seed")


class HarmonicTones(Dataset):
    options_class = HarmonicTonesOptions

    def __init__(self, options: HarmonicTonesOptions, *, held_out_windows: int = 0) -> None:
        self.options = options
        self.sample_rate, self.channels, self.window_length = options.sample_rate, 1, options.window_length
        self.class_names = tuple(NAMES[i * 12 // options.classes] for i in range(options.classes))
        self._held_out_windows = held_out_windows

    def __len__(self) -> int:
        return self.options.windows

    def window(self, index: int, *, rng: np.random.Generator) -> Window:
        content = np.random.default_rng([self.options.seed, index])
        label = int(content.integers(self.options.classes))
        bass = 36 + label * 12 // self.options.classes + 12 * int(content.integers(self.options.octaves))
        notes = [bass, *(bass + content.integers(3, 30, size=int(content.integers(0, 4))))]
        time_s = (np.arange(self.window_length) + rng.integers(4000)) / self.sample_rate
        waveform = sum(self._note(float(note), time_s, content) for note in notes)
        scale = 0.3 * content.uniform(0.3, 1.0)
        return Window((scale * np.asarray(waveform)).clip(-1, 1).astype(np.float32)[None], label)

    def _note(
        self, note: float, time_s: np.ndarray[tuple[int], np.dtype[np.float64]], content: np.random.Generator
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        frequency_hz = 440 * 2 ** ((note - 69) / 12)
        waveform = np.zeros_like(time_s)
        for partial in range(1, 9):
            phase = content.uniform(0, 2 * np.pi)
            decay = np.exp(-time_s * partial * content.uniform(0.5, 2))
            waveform += decay * np.sin(2 * np.pi * frequency_hz * partial * time_s + phase) / partial
        return waveform

    def fingerprint(self) -> str:
        return hashlib.sha256(repr(self.options).encode()).hexdigest()

    def held_out(self) -> Dataset | None:
        if self._held_out_windows == 0:
            return None
        return HarmonicTones(evolve(self.options, windows=self._held_out_windows, seed=self.options.seed + 1))
