"""Recordings that are held out and trained on at once, as copies."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from audiogan.data.recordings.content import content_digests, file_size, sampled_digests

_log = logging.getLogger("audiogan")


def warn_of_copies(train: Sequence[Path], held_out: Sequence[Path]) -> None:
    """Warns once where files that are held out have the content of some that are trained on: how many, and one pair.

    Of files of a size that occurs on both sides a sample is read, see
    :func:`~audiogan.data.recordings.content.sampled_digests`, and the whole of those whose samples are on both.

    :raises DataError: a file cannot be read.
    """
    all_held_out = len(held_out)
    for key_of in (_sizes, sampled_digests):
        train, held_out = _shared(train, key_of(train), held_out, key_of(held_out))
    trained_on = dict(zip(content_digests(train), train, strict=True))
    copies = [
        (path, trained_on[digest])
        for path, digest in zip(held_out, content_digests(held_out), strict=True)
        if digest in trained_on
    ]
    if copies:
        _log.warning(
            "held out are copies of recordings that are trained on, %d of %d, such as %s of %s; scores on them say "
            "nothing about new sounds: remove the copies from one side",
            len(copies),
            all_held_out,
            *copies[0],
        )


def _sizes(paths: Sequence[Path]) -> tuple[int, ...]:
    return tuple(map(file_size, paths))


def _shared(
    train: Sequence[Path], train_keys: Sequence[object], held_out: Sequence[Path], held_out_keys: Sequence[object]
) -> tuple[list[Path], list[Path]]:
    """Of either side those whose key the other has too."""
    shared = set(train_keys) & set(held_out_keys)
    return (
        [path for path, key in zip(train, train_keys, strict=True) if key in shared],
        [path for path, key in zip(held_out, held_out_keys, strict=True) if key in shared],
    )
