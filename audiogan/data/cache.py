"""Where things that took long to make are kept between runs."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

CACHE_VARIABLE = "AUDIOGAN_CACHE_DIR"


def cache_directory() -> Path:
    """The folder for renderings, trained classifiers and the like; it need not exist yet, and may be deleted any time.

    It is the one that the environment variable ``AUDIOGAN_CACHE_DIR`` names, or else the user's cache folder as the
    system has it.
    """
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser()
    return Path(platformdirs.user_cache_dir("audiogan"))
