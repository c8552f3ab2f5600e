"""Checkpoints: one safetensors file each, tensors by name and everything else as JSON in its header.

A file takes its name only when it is whole and on the disk, so that a crash at any moment leaves the previous
checkpoint.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, final

import torch
from attrs import frozen
from crc32c import crc32c
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from audiogan.errors import CheckpointError, DataError
from audiogan.files import atomic_file

FORMAT = 2
_HEADER = "audiogan"


@final
@frozen
class Checkpoint:
    """Tensors by dotted name and the JSON that belongs to them."""

    tensors: Mapping[str, Tensor]
    document: Mapping[str, Any]

    def under(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with ``prefix`` and a dot, without these."""
        start = f"{prefix}."
        return {name.removeprefix(start): tensor for name, tensor in self.tensors.items() if name.startswith(start)}


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Puts ``checkpoint`` at ``path``, atomically.

    :raises CheckpointError: the disk refuses; the previous file, where there was one, is still there.
    """
    # safetensors refuses tensors that share memory, which tied weights do
    tensors = {name: tensor.detach().to("cpu", copy=True).contiguous() for name, tensor in checkpoint.tensors.items()}
    checksums = {name: _checksum(tensor) for name, tensor in tensors.items()}
    header = {_HEADER: json.dumps({"format": FORMAT, "checksums": checksums, **checkpoint.document})}
    try:
        with atomic_file(path) as file:
            file.write(save(tensors, metadata=header))
    except DataError as error:
        kept = "; the previous checkpoint is still there" if path.exists() else ""
        raise CheckpointError(f"{error}{kept}") from error


def read_document(path: Path) -> dict[str, Any]:
    """The JSON of the checkpoint at ``path``, without its tensors.

    :raises CheckpointError: the file is missing, damaged, or of another format.
    """
    with _opened(path) as file:
        return _document(path, file.metadata())[0]


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint at ``path``, on the CPU.

    :raises CheckpointError: the file is missing, damaged, or of another format.
    """
    with _opened(path) as file:
        document, checksums = _document(path, file.metadata())
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - not a mapping
    damaged = [name for name, tensor in tensors.items() if checksums.get(name) != _checksum(tensor)]
    if damaged:
        raise CheckpointError(
            f"{path}: the checkpoint is damaged: {damaged[0]} does not have its checksum; put a copy in its place, or "
            "delete it to begin anew"
        )
    return Checkpoint(tensors, document)


def _checksum(tensor: Tensor) -> int:
    return int(crc32c(tensor.contiguous().flatten().view(torch.uint8).numpy().data))


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except FileNotFoundError as error:
        raise CheckpointError(f"{path}: there is no checkpoint") from error
    except (OSError, SafetensorError) as error:
        raise CheckpointError(
            f"{path}: the checkpoint is damaged: {error}; put a copy in its place, or delete it to begin anew"
        ) from error


def _document(path: Path, metadata: Mapping[str, str] | None) -> tuple[dict[str, Any], dict[str, int]]:
    header = (metadata or {}).get(_HEADER)
    if header is None:
        raise CheckpointError(f"{path}: not a checkpoint of audiogan: its header is missing")
    try:
        document = json.loads(header)
    except ValueError as error:
        raise CheckpointError(f"{path}: the checkpoint is damaged: {error}") from error
    if not isinstance(document, dict) or document.pop("format", None) != FORMAT:
        raise CheckpointError(f"{path}: written in a format that this version of audiogan does not read")
    return document, document.pop("checksums", {})
