"""What a run and an evaluation say of the programs below them."""

from __future__ import annotations

from importlib.metadata import version

import attrs
import numpy as np
import soundfile
import soxr
import torch

from audiogan.registry import installed
from audiogan.run.environment import environment


def test_every_library_below_is_named_with_its_version() -> None:
    found = environment(installed(), device=torch.device("cpu"), threads=3)
    assert (found["torch"], found["numpy"], found["attrs"]) == (torch.__version__, np.__version__, attrs.__version__)
    assert (found["soxr"], found["libsoxr"]) == (soxr.__version__, soxr.__libsoxr_version__)
    assert (found["soundfile"], found["libsndfile"]) == (soundfile.__version__, soundfile.__libsndfile_version__)
    assert (found["safetensors"], found["audiogan"]) == (version("safetensors"), version("audiogan"))
    assert (found["device"], found["threads"]) == ("cpu", 3)
    assert "not installed" not in found.values()


def test_libraries_of_extras_are_not_among_them() -> None:
    found = environment(installed(), device=torch.device("cpu"), threads=None)
    assert not {"music21", "tensorflow", "tensorflow-cpu", "pytest"} & found.keys()
