"""Recordings that are held out and trained on at once, as copies."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from audiogan.data.recordings.content import content_digests, file_size

_log = logging.getLogger("audiogan")


def warn_of_copies(train: Sequence[Path], held_out: Sequence[Path]) -> None:
    """Warns once where files that are held out have the content of some that are trained on: how many, and one pair.

    Only files of a size that occurs on both sides are read, see
    :func:`~audiogan.data.recordings.content.content_digest`.

    :raises DataError: a file cannot be read.
    """
    train_sizes, held_out_sizes = list(map(file_size, train)), list(map(file_size, held_out))
    shared = set(train_sizes) & set(held_out_sizes)
    train = [path for path, size in zip(train, train_sizes, strict=True) if size in shared]
    held_out = [path for path, size in zip(held_out, held_out_sizes, strict=True) if size in shared]
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
            len(held_out_sizes),
            *copies[0],
        )
