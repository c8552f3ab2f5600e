"""The WAV files of fixed latents that a training has left, and their outlines."""

from __future__ import annotations

import re
from pathlib import Path
from typing import final

import numpy as np
import soundfile
from attrs import frozen

_STEP_FOLDER = re.compile(r"step-(\d+)")
_COLUMNS = 120


@final
@frozen
class Previews:
    """The files of one scoring, in the order of their latents."""

    step: int
    files: tuple[Path, ...]


def find_previews(experiment_folder: Path) -> tuple[Previews, ...]:
    """Every scoring's previews in the order of steps; folders and files of other names are passed over."""
    found = []
    for folder in sorted((experiment_folder / "samples").glob("step-*")):
        match = _STEP_FOLDER.fullmatch(folder.name)
        files = sorted(
            (path for path in folder.glob("*.wav") if path.stem.isdecimal()), key=lambda path: int(path.stem)
        )
        if match and files:
            found.append(Previews(int(match[1]), tuple(files)))
    return tuple(sorted(found, key=lambda previews: previews.step))


def outline_path(wav: Path) -> str | None:
    """The waveform's outline as SVG path data in a box of 120 by 2, amplitudes from 1 at the top to -1.

    All channels count. ``None`` where the file is empty or cannot be read as audio.
    """
    try:
        waveform, _rate = soundfile.read(wav, dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, OSError):
        return None
    if not waveform.size:
        return None
    clipped = np.nan_to_num(waveform).clip(-1.0, 1.0)
    chunks = np.array_split(clipped, min(_COLUMNS, len(clipped)))
    width = _COLUMNS / len(chunks)
    bars = (
        f"M{(position + 0.5) * width:.4g} {1 - chunk.max():.3f}V{1 - chunk.min() + 0.02:.3f}"
        for position, chunk in enumerate(chunks)
    )
    return "".join(bars)
