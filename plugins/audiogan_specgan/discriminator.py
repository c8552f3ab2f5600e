"""SpecGAN's discriminator: five strided convolutions over time and frequency."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import prod
from typing import Any, final

import attrs
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan import DataSpec, Discriminator, LayerRow, option
from audiogan.nn import (
    Conv2dSame,
    TensorFlowVariable,
    batch_norm_2d,
    batch_norm_variables,
    convolution_variables,
    dense,
    dense_variables,
    load_tensorflow_variables,
)
from audiogan_specgan.grid import LAYERS, shrinking_sizes

_LEAK = 0.2


@final
@attrs.frozen
class SpecGANDiscriminatorOptions:
    """Options of the SpecGAN discriminator; the defaults are the original's."""

    dim: int = option(default=64, minimum=1, help="channels after the first layer; they double towards the last")
    kernel_size: int = option(default=5, minimum=1, help="height and width of every kernel, in frames and bins")
    batch_norm: bool = option(default=False, help="batch normalisation after every convolution but the first")


@final
class SpecGANDiscriminator(Discriminator):
    """Spectrograms ``[N, channels, frames, bins]`` to raw scores ``[N]``.

    Appendix D, table 6, of Donahue et al. (2019), "Adversarial audio synthesis", for any number of frames and bins:
    what is odd is halved upwards.
    """

    options_class = SpecGANDiscriminatorOptions

    def __init__(self, options: SpecGANDiscriminatorOptions, data: DataSpec) -> None:
        """:raises SpecError: the samples are no spectrograms."""
        super().__init__()
        self.options = options
        self.sizes = shrinking_sizes(data.sample_shape)
        self.widths = (data.sample_shape[0], *(options.dim * 2**layer for layer in range(LAYERS)))
        self.convolutions = nn.ModuleList(
            Conv2dSame(taken, given, kernel_size=options.kernel_size, stride=2)
            for taken, given in pairwise(self.widths)
        )
        self.norms = nn.ModuleList(
            batch_norm_2d(width) if options.batch_norm and layer > 0 else nn.Identity()
            for layer, width in enumerate(self.widths[1:])
        )
        self.output = dense(prod(self.sizes[-1]) * self.widths[-1], 1)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        """Raw scores ``[N]`` of spectrograms ``[N, channels, frames, bins]``."""
        features = samples
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            features = F.leaky_relu(norm(convolution(features)), _LEAK)
        # The dense layer's inputs lie channels last, as in the original, so that its weights fit unchanged.
        scores: Tensor = self.output(features.permute(0, 2, 3, 1).flatten(1))
        return scores.squeeze(1)

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[Any]]) -> None:
        """Takes the weights of the original's graph, by its names: ``D/downconv_0/…``, ``D/output/…``.

        :raises CheckpointError: they do not fit; the text names every misfit.
        """
        expected: dict[str, TensorFlowVariable] = dense_variables("D/output", self.output)
        for layer, (convolution, norm) in enumerate(zip(self.convolutions, self.norms, strict=True)):
            assert isinstance(convolution, Conv2dSame)
            expected |= convolution_variables(f"D/downconv_{layer}", convolution)
            if isinstance(norm, nn.BatchNorm2d):
                expected |= batch_norm_variables(f"D/downconv_{layer}/batch_normalization", norm)
        load_tensorflow_variables(expected, variables)

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers as in the paper's table 6."""
        rows = [LayerRow("input x or G(z)", (), (*self.sizes[0], self.widths[0]))]
        for layer, (taken, given) in enumerate(pairwise(self.widths), start=1):
            norm = ", batch norm" if self.options.batch_norm and layer > 1 else ""
            rows.append(
                LayerRow(
                    f"conv 2-D, stride 2{norm}, leaky ReLU {_LEAK}",
                    (self.options.kernel_size, self.options.kernel_size, taken, given),
                    (*self.sizes[layer], given),
                )
            )
        rows.append(LayerRow("reshape", (), (self.output.in_features,)))
        rows.append(LayerRow("dense", (self.output.in_features, 1), (1,)))
        return tuple(rows)
