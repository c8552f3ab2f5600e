"""Where the files of a TensorFlow checkpoint lie, whichever of them is named."""

from __future__ import annotations

import re
from pathlib import Path

from audiogan.errors import CheckpointError

STATE_FILE = "checkpoint"
"""The file in which TensorFlow notes, in the folder of a training, the newest checkpoint there."""

_PART = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
_DATA = re.compile(r"\.data-\d{5}-of-(\d{5})$")
_NEWEST = re.compile(r'^model_checkpoint_path: "(.+)"$', re.MULTILINE)


def checkpoint_prefix(path: Path) -> Path:
    """What the names of a checkpoint's files have in common, such as ``train/model.ckpt-103005``.

    ``path`` is that prefix, one of the files, the folder of a training, or the file ``checkpoint`` in it.

    :raises CheckpointError: there is no checkpoint, there are several in a folder that does not say which is the
        newest, or one of its files is missing.
    """
    if path.is_dir():
        prefix = _newest_in(path)
    elif path.name == STATE_FILE and path.is_file():
        prefix = _newest_in(path.parent)
    else:
        prefix = path.with_name(_PART.sub("", path.name))
    _check_complete(prefix, given=path)
    return prefix


def checkpoint_files(prefix: Path) -> list[Path]:
    """The index and the data files of a checkpoint, sorted."""
    parts = (path for path in prefix.parent.iterdir() if path.name.startswith(f"{prefix.name}."))
    return sorted(path for path in parts if path.suffix == ".index" or _DATA.search(path.name))


def _newest_in(folder: Path) -> Path:
    state = folder / STATE_FILE
    if state.is_file():
        noted = _NEWEST.search(state.read_text(encoding="utf-8", errors="replace"))
        if noted is None:
            raise CheckpointError(f"{state}: names no checkpoint; give the .index file of the checkpoint instead")
        # the training may have run elsewhere, under an absolute path
        return folder / Path(noted[1]).name
    found = sorted(folder.glob("*.index"))
    if not found:
        raise CheckpointError(
            f"{folder}: holds no TensorFlow checkpoint: neither a file '{STATE_FILE}' nor one that ends in .index"
        )
    if len(found) > 1:
        raise CheckpointError(
            f"{folder}: holds several checkpoints, and no file '{STATE_FILE}' says which is the newest; give one of "
            + ", ".join(path.name for path in found)
        )
    return found[0].with_suffix("")


def _check_complete(prefix: Path, *, given: Path) -> None:
    index = prefix.with_name(f"{prefix.name}.index")
    if not index.is_file():
        raise CheckpointError(
            f"{given}: not a TensorFlow checkpoint: there is no {index}; a checkpoint is a file that ends in .index "
            "and one or more beside it that end in .data-00000-of-00001 or so"
        )
    held = {path.name for path in checkpoint_files(prefix)} - {index.name}
    counts = {int(found[1]) for name in held if (found := _DATA.search(name))} or {1}
    count = max(counts)
    for number in range(count):
        name = f"{prefix.name}.data-{number:05d}-of-{count:05d}"
        if name not in held:
            raise CheckpointError(
                f"{prefix.with_name(name)}: the checkpoint's data file is missing; copy it beside {index.name}"
            )
