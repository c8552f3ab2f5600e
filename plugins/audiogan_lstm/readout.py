"""From a sequence of features to one score."""

from __future__ import annotations

from typing import final

from torch import Tensor, nn

from audiogan import LayerRow
from audiogan.nn import TensorFlowVariable, dense, dense_variables

READOUTS = ("all", "last")


@final
class Readout(nn.Module):
    """A dense layer over all time steps, or over the last one: ``[N, features, T]`` to scores ``[N]``.

    Reading the last step alone is the study's end classification, which drops most of what the layers below computed.
    """

    def __init__(self, steps: int, features: int, *, readout: str) -> None:
        super().__init__()
        self.steps = steps
        self.features = features
        self.readout = readout
        self.output = dense(features * (steps if readout == "all" else 1), 1)

    def forward(self, sequence: Tensor) -> Tensor:
        """Scores ``[N]`` of a sequence ``[N, features, T]``; features are flattened step by step."""
        read = sequence.transpose(1, 2).flatten(1) if self.readout == "all" else sequence[..., -1]
        scores: Tensor = self.output(read)
        return scores.squeeze(1)

    def tensorflow_variables(self) -> dict[str, TensorFlowVariable]:
        """``D/output/dense/kernel`` ``[in, 1]`` and its bias."""
        return dense_variables("D/output", self.output)

    def layer_rows(self) -> tuple[LayerRow, LayerRow]:
        """The reshape and the dense layer."""
        width = self.output.in_features
        taken = "reshape" if self.readout == "all" else "last time step"
        return LayerRow(taken, (), (width,)), LayerRow("dense", (width, 1), (1,))
