"""Opening files for libsndfile."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import soundfile


def is_special(path: Path) -> bool:
    """Whether a path leads to something that is neither a file nor a folder, such as a named pipe or a device.

    :raises OSError: it leads nowhere.
    """
    mode = path.stat().st_mode
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def open_sound(path: Path) -> soundfile.SoundFile:
    """An audio file, whatever bytes its name is made of.

    :raises soundfile.SoundFileError: libsndfile cannot open it, or does not know its format.
    """
    # As a text, soundfile refuses a name that is not UTF-8; on Windows every name is a text.
    return soundfile.SoundFile(str(path) if sys.platform == "win32" else os.fsencode(path))
