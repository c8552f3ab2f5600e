"""Recordings that are scaled by their peak."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

import audiogan
from audiogan.audio import AudioDecoder, AudioHeader
from audiogan.data.order import window_rng
from audiogan.errors import DamagedDataError
from audiogan_datasets.audio_folder import AudioFolderDataset
from tests.audio.sound_files import sound, write_sound

RNG = window_rng(seed=0, position=0)


def dataset(path: Path, **options: object) -> AudioFolderDataset:
    options = {"path": str(path), "sample_rate": 8000, "window_length": 1000, "window": "all", **options}
    made: AudioFolderDataset = audiogan.create("dataset", "audio-folder", {"normalize": True, **options})
    return made


@pytest.mark.parametrize(
    ("peak", "scaled"), [(0.5, 1.0), (2.0**-23, 1.0), (2.0**-30, 2.0**-7), (1e-40, 1e-40 * 2**23), (0.0, 0.0)]
)
def test_the_gain_is_at_most_that_of_a_step_of_24_bits(tmp_path: Path, peak: float, scaled: float) -> None:
    samples = np.zeros(2000, dtype=np.float32)
    samples[::7], samples[3] = -peak / 2, peak
    soundfile.write(tmp_path / "a.wav", samples, 8000, subtype="FLOAT")
    window = dataset(tmp_path).window(0, rng=RNG).waveform
    assert window[0, 3] == pytest.approx(scaled, rel=1e-5)
    assert window[0, 7] == pytest.approx(-scaled / 2, rel=1e-5)
    assert window[0, 1] == 0


def test_a_damaged_recording_is_looked_through_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_sound(tmp_path / "a.flac", sound(1, 60_000), 8000)
    content = bytearray(path.read_bytes())
    content[1000:1200] = bytes(200)
    path.write_bytes(content)
    made = dataset(tmp_path, on_error="skip")
    reads = 0
    read = AudioDecoder.read

    def counted(self: AudioDecoder, path: Path, header: AudioHeader, start: int, stop: int) -> np.ndarray:
        nonlocal reads
        reads += 1
        return read(self, path, header, start, stop)

    monkeypatch.setattr(AudioDecoder, "read", counted)
    faults = set()
    for index in range(len(made)):
        with pytest.raises(DamagedDataError) as raised:
            made.window(index, rng=RNG)
        faults.add(str(raised.value))
    assert (len(made), len(faults), reads) == (60, 1, 1)
