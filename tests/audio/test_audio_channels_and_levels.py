from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audiogan.audio import check_channels, is_audio_name, level_dbfs, match_channels
from audiogan.errors import DataError

STEREO = np.array([[1, 0.5, 0], [0, 0.25, -1]], dtype=np.float32)


def test_channels_are_mixed_to_their_mean_kept_or_repeated() -> None:
    assert match_channels(STEREO[:, ::2], 1).tolist() == [[0.5, -0.5]]
    assert match_channels(STEREO, 2) is STEREO
    assert match_channels(STEREO[:1], 3).tolist() == [[1, 0.5, 0]] * 3
    assert match_channels(STEREO, 1).dtype == np.float32
    with pytest.raises(ValueError, match="2 channels cannot be made into 3"):
        match_channels(STEREO, 3)


@pytest.mark.parametrize(("held", "wanted"), [(1, 1), (2, 1), (6, 1), (2, 2), (6, 6)])
def test_channels_that_can_be_used(held: int, wanted: int) -> None:
    check_channels(Path("a.wav"), held, wanted, repeat_mono=False)
    check_channels(Path("a.wav"), 1, wanted, repeat_mono=True)


@pytest.mark.parametrize(
    ("held", "repeat_mono", "complaint"),
    [
        (1, False, r"a\.wav: 1 channel where channels = 2 is asked for; set repeat_mono = true to repeat it"),
        (6, True, r"a\.wav: 6 channels where channels = 2 is asked for; set channels = 1 to mix them down"),
    ],
)
def test_channels_that_cannot_be_used(held: int, repeat_mono: bool, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        check_channels(Path("a.wav"), held, 2, repeat_mono=repeat_mono)


def test_levels() -> None:
    sine = np.sin(2 * np.pi * np.arange(8000) / 80)
    assert level_dbfs(sine) == pytest.approx(-10 * np.log10(2), abs=1e-9)
    assert level_dbfs(np.full((2, 5), -1, dtype=np.float32)) == 0
    assert level_dbfs(np.zeros((1, 5), dtype=np.float32)) == -np.inf
    assert level_dbfs(np.full((3, 999), 0.001, dtype=np.float32)) == pytest.approx(-60, abs=1e-5)


def test_which_names_are_audio() -> None:
    audio = ["a.wav", "a.FLAC", "a.b.mp3", "x/a.aiff", "a.opus", "a.m4a"]
    others = ["README", "wav", "a.txt", ".wav", "._a.wav", "a.wav.index", "a.mid"]
    assert [is_audio_name(Path(name)) for name in [*audio, *others]] == [True] * 6 + [False] * 7
