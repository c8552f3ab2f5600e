"""A network as a table of layers, the form in which papers print it."""

from __future__ import annotations

from typing import final

from attrs import frozen


@final
@frozen
class LayerRow:
    """One line of a network's layer table.

    ``operation`` names the layer ("transposed conv 1-D, stride 4, ReLU"), ``kernel`` its weights' shape or ``()`` where
    it has none, ``output`` the output's shape without the batch, channels last: ``(length, channels)``.
    """

    operation: str
    kernel: tuple[int, ...]
    output: tuple[int, ...]
