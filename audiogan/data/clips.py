"""Clips of audio as the original WaveGAN stores them.

Its first data format keeps each clip as one ``tf.train.Example`` with the features ``id`` (bytes), ``label`` (bytes,
empty where there is none), ``slice`` (int64, the clip's number within its recording) and ``samples`` (float).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, final

import numpy as np
from attrs import field, frozen
from numpy.typing import NDArray

from audiogan.data.compression import Compression
from audiogan.data.example_encoding import encode_example
from audiogan.data.shard_writer import write_shard


@final
@frozen(eq=False)
class Clip:
    """A piece of a recording."""

    id: str
    """The recording it comes from."""
    samples: NDArray[np.float32]
    """``[channels, length]`` in [-1, 1], or ``[length]`` of a single channel."""
    label: str = ""
    slice: int = 0
    """The clip's number within its recording."""
    integer_features: Mapping[str, NDArray[np.integer[Any]]] = field(factory=dict)
    """Further features to store beside the original's four."""


def encode_clip(clip: Clip) -> bytes:
    """The record of a clip; several channels are interleaved, sample by sample.

    :raises DataError: it would be longer than a record can be, 2 GiB.
    """
    return encode_example(
        {
            **clip.integer_features,
            "id": _encoded(clip.id),
            "label": _encoded(clip.label),
            "slice": np.array([clip.slice]),
            "samples": np.atleast_2d(clip.samples).T,
        }
    )


def _encoded(name: str) -> bytes:
    # Names of files need not be UTF-8; what is not is kept as the bytes that it is.
    return name.encode("utf-8", "surrogateescape")


def write_clips(path: Path, clips: Iterable[Clip], *, compression: Compression = "none") -> int:
    """Writes clips to a TFRecord file, one record each, and returns their number; see :func:`write_shard`.

    :raises DataError: the file cannot be written, or a clip is longer than a record can be.
    """
    return write_shard(path, (encode_clip(clip) for clip in clips), compression=compression)
