"""A network's layers as the table in which papers print them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import torch

from audiogan.build import build, create
from audiogan.cli.text_table import TextTable
from audiogan.errors import AudioganError
from audiogan.interfaces import DataSpec, LayerRow
from audiogan.registry import Registry
from audiogan.spec.schema import ComponentSpec

_SAMPLE_RATE = 16_000


def layer_table(
    registry: Registry,
    kind: str,
    component: ComponentSpec,
    *,
    window: tuple[int, int],
    sample_shape: tuple[int, ...] | None,
) -> list[TextTable]:
    """The layers of a generator or discriminator; empty where it does not tell them.

    Without ``sample_shape`` the network sees what a representation makes of a ``window`` (channels, length): the first
    one, waveform before the others, whose samples it takes.

    :raises SpecError: the network takes none of these shapes, with the reason for the first.
    """
    shapes = iter([sample_shape]) if sample_shape is not None else _shapes(registry, window)
    refusal: AudioganError | None = None
    for shape in shapes:
        try:
            network = _without_memory(kind, component, registry, shape)
        except AudioganError as error:
            refusal = refusal or error
            continue
        rows = network.layer_rows()
        parameters = sum(parameter.numel() for parameter in network.parameters())
        title = f"Layers for samples of shape {_in_brackets(shape)}, {parameters:,} parameters (n = batch)"
        return [TextTable(title, ("operation", "kernel", "output"), [_cells(row) for row in rows])] if rows else []
    raise refusal or AudioganError("no representation is installed; give --sample-shape")


def _shapes(registry: Registry, window: tuple[int, int]) -> Iterator[tuple[int, ...]]:
    channels, length = window
    yield channels, length
    for name in registry.names("representation"):
        try:
            representation: Any = create("representation", name, data=_data((channels, length)))
        except AudioganError:
            continue
        yield representation.sample_shape


def _without_memory(kind: str, component: ComponentSpec, registry: Registry, shape: tuple[int, ...]) -> Any:
    try:
        with torch.device("meta"):
            return build(kind, component, registry, _data(shape))
    except RuntimeError:
        # some initial weights can only be computed on real memory
        return build(kind, component, registry, _data(shape))


def _data(shape: tuple[int, ...]) -> DataSpec:
    return DataSpec(shape, _SAMPLE_RATE, shape[0], shape[-1])


def _cells(row: LayerRow) -> tuple[str, str, str]:
    return row.operation, _in_brackets(row.kernel) if row.kernel else "", f"({', '.join(map(str, ('n', *row.output)))})"


def _in_brackets(numbers: tuple[int, ...]) -> str:
    return f"({', '.join(map(str, numbers))})"
