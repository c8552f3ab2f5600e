"""Which files hold audio, by suffix, and what becomes of the samples in them."""

from __future__ import annotations

from pathlib import Path

AUDIO_SUFFIXES = frozenset(
    (
        *(".aif", ".aifc", ".aiff", ".au", ".caf", ".flac", ".mp3", ".oga", ".ogg", ".opus", ".rf64"),
        *(".w64", ".wav", ".wave"),
        *(".aac", ".ape", ".m4a", ".mka", ".mp4", ".wma", ".wv"),
    )
)
"""Suffixes, in lower case, of files that are taken for audio.

The last line are formats that libsndfile does not read: a recording in one of them is an error rather than no
recording.
"""

_FLOAT = frozenset(("FLOAT", "DOUBLE"))
_TRANSFORM = frozenset(("VORBIS", "OPUS", "MPEG_LAYER_I", "MPEG_LAYER_II", "MPEG_LAYER_III"))


def is_audio_name(path: Path) -> bool:
    """Whether a file is taken for audio: its suffix is an audio format's, and its name does not begin with a dot."""
    return path.suffix.lower() in AUDIO_SUFFIXES and not path.name.startswith(".")


def stores_floats(subtype: str) -> bool:
    """Whether samples of libsndfile's ``subtype`` are stored as numbers that may lie outside [-1, 1]."""
    return subtype in _FLOAT


def needs_run_up(subtype: str) -> bool:
    """Whether a decoder of libsndfile's ``subtype`` carries state from one frame to the next.

    Such a decoder gives the samples of a frame only after it has decoded those before it.
    """
    return subtype in _TRANSFORM
