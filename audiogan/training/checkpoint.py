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
from torch import Tensor, nn

from audiogan.atomic import atomic_file
from audiogan.errors import CheckpointError, DataError

FORMAT = 1
_HEADER = "audiogan"


@final
@frozen
class Checkpoint:
    """Tensors by dotted name and the JSON that belongs to them."""

    tensors: Mapping[str, Tensor]
    document: Mapping[str, Any]


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


def module_tensors(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    """Parameters and buffers of ``module`` under ``prefix``."""
    return {f"{prefix}.{name}": tensor for name, tensor in module.state_dict().items()}


def load_module(prefix: str, module: nn.Module, checkpoint: Checkpoint) -> None:
    """Fills ``module`` with what ``checkpoint`` holds under ``prefix``.

    :raises CheckpointError: names or shapes differ.
    """
    state = _under(prefix, checkpoint.tensors)
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        raise CheckpointError(f"the checkpoint's {prefix} does not fit this experiment's: {error}") from error


def optimizer_tensors(prefix: str, optimizer: torch.optim.Optimizer) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """The state of ``optimizer``: its tensors by name, and the rest as JSON."""
    state = optimizer.state_dict()
    tensors: dict[str, Tensor] = {}
    scalars: dict[str, dict[str, Any]] = {}
    for index, values in state["state"].items():
        for name, value in values.items():
            if isinstance(value, Tensor):
                tensors[f"{prefix}.{index}.{name}"] = value
            else:
                scalars.setdefault(str(index), {})[name] = value
    return tensors, {
        "type": type(optimizer).__name__,
        "scalars": scalars,
        "param_groups": state["param_groups"],
    }


def load_optimizer(
    prefix: str, optimizer: torch.optim.Optimizer, checkpoint: Checkpoint, document: Mapping[str, Any]
) -> None:
    """Puts ``optimizer`` where :func:`optimizer_tensors` found it.

    :raises CheckpointError: it is of another type, or of another number of parameters.
    """
    if document["type"] != type(optimizer).__name__:
        raise CheckpointError(
            f"the checkpoint's {prefix} is {document['type']}, this experiment's is {type(optimizer).__name__}"
        )
    state: dict[int, dict[str, Any]] = {int(index): dict(values) for index, values in document["scalars"].items()}
    for name, tensor in _under(prefix, checkpoint.tensors).items():
        index, key = name.split(".", 1)
        state.setdefault(int(index), {})[key] = tensor
    try:
        optimizer.load_state_dict({"state": state, "param_groups": document["param_groups"]})
    except (ValueError, KeyError) as error:
        raise CheckpointError(f"the checkpoint's {prefix} does not fit this experiment's: {error}") from error


def _under(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    start = f"{prefix}."
    return {name.removeprefix(start): tensor for name, tensor in tensors.items() if name.startswith(start)}
