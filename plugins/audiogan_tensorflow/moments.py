"""SpecGAN's normalisation, which the original keeps as a pickle of two arrays."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any, final

import numpy as np
from attrs import frozen
from numpy.typing import NDArray

from audiogan.errors import CheckpointError

BINS = 129
"""Bins of a spectrum of 256 samples, up to the Nyquist frequency."""

_LARGEST_BYTES = 1 << 20


def _latin_1(text: str, _encoding: str) -> bytes:
    return text.encode("latin-1")


_CORES = ("numpy.core", "numpy._core")
"""The name of the package before and since version 2 of numpy."""

_ADMITTED: dict[tuple[str, str], Any] = {
    **{(f"{core}.multiarray", "_reconstruct"): np.empty(0).__reduce__()[0] for core in _CORES},
    **{(f"{core}.numeric", "_frombuffer"): np.empty(0).__reduce_ex__(5)[0] for core in _CORES},
    ("numpy", "ndarray"): np.ndarray,
    ("numpy", "dtype"): np.dtype,
    ("_codecs", "encode"): _latin_1,
}


@final
@frozen(eq=False)
class Moments:
    """Mean and standard deviation of the log magnitudes of each bin, both float32 ``[129]``."""

    mean: NDArray[np.float32]
    std: NDArray[np.float32]


def read_moments(path: Path) -> Moments:
    """The moments that ``train_specgan.py moments`` wrote.

    A pickle may call any function; only those that make arrays are admitted here.

    :raises CheckpointError: the file holds something else than two such arrays, or cannot be read.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise ValueError(f"{path.stat().st_size} bytes are too many")
        with path.open("rb") as file:
            mean, std = _ArrayUnpickler(file, encoding="latin1").load()
        return Moments(_moment("mean", mean), _moment("standard deviation", std))
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}); give SpecGAN's moments.pkl") from error
    # a damaged pickle raises whatever its instructions come to
    except Exception as error:
        raise CheckpointError(
            f"{path}: not a pickle of SpecGAN's mean and standard deviation ({error}); give the file that "
            "'train_specgan.py moments' wrote"
        ) from error


@final
class _ArrayUnpickler(pickle.Unpickler):
    def find_class(self, module_name: str, global_name: str) -> Any:
        if (module_name, global_name) not in _ADMITTED:
            raise pickle.UnpicklingError(f"it asks for {module_name}.{global_name}")
        return _ADMITTED[module_name, global_name]


def _moment(name: str, value: Any) -> NDArray[np.float32]:
    array = np.array(value, dtype=np.float32)
    if array.shape != (BINS,):
        raise ValueError(f"its {name} has shape {array.shape}, not ({BINS},)")
    if not np.isfinite(array).all() or (name != "mean" and (array < 0).any()):
        raise ValueError(f"its {name} holds values that no {name} has")
    return array
