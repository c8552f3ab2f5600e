"""What waveforms must be alike in to be compared."""

from __future__ import annotations

from typing import Any, final

from attrs import asdict, frozen


@final
@frozen
class AudioFormat:
    """Sample rate in Hz, channels, and window length in samples."""

    sample_rate: int
    channels: int
    window_length: int

    @classmethod
    def of(cls, audio: Any) -> AudioFormat:
        """That of a dataset, or of anything else with these three attributes."""
        return cls(audio.sample_rate, audio.channels, audio.window_length)

    def to_json(self) -> dict[str, int]:
        """The three numbers by name."""
        return asdict(self)

    def __str__(self) -> str:
        channels = f"{self.channels} channel{'' if self.channels == 1 else 's'}"
        return f"windows of {self.window_length} samples at {self.sample_rate} Hz with {channels}"
