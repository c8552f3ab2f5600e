"""SpecGAN's generator: five transposed convolutions over time and frequency."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from math import prod
from typing import Any, final

import attrs
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan import DataSpec, Generator, LayerRow, option
from audiogan.nn import (
    Conv2dSame,
    ConvTranspose2dSame,
    TensorFlowVariable,
    batch_norm_2d,
    batch_norm_variables,
    convolution_variables,
    dense,
    dense_variables,
    load_tensorflow_variables,
    transposed_convolution_variables,
)
from audiogan_specgan.grid import LAYERS, shrinking_sizes


@final
@attrs.frozen
class SpecGANGeneratorOptions:
    """Options of the SpecGAN generator; the defaults are the original's."""

    dim: int = option(default=64, minimum=1, help="channels before the last layer; they double towards the first")
    kernel_size: int = option(default=5, minimum=1, help="height and width of every kernel, in frames and bins")
    latent_dim: int = option(default=100, minimum=1, help="numbers in a latent")
    upsample: str = option(
        default="zeros",
        choices=("zeros", "nearest"),
        help="transposed convolution, or repetition of every value before a convolution",
    )
    batch_norm: bool = option(default=False, help="batch normalisation before every ReLU")


@final
class SpecGANGenerator(Generator):
    """Latents ``[N, latent_dim]`` to spectrograms ``[N, channels, frames, bins]`` in (-1, 1).

    Appendix D, table 5, of Donahue et al. (2019), "Adversarial audio synthesis", which grows 4 frames x 4 bins to
    128 x 128. Other numbers of frames and bins start from their 32nd part, rounded up; a layer makes the last row or
    column only where it is needed.
    """

    options_class = SpecGANGeneratorOptions

    def __init__(self, options: SpecGANGeneratorOptions, data: DataSpec) -> None:
        """:raises SpecError: the samples are no spectrograms."""
        super().__init__()
        self.options = options
        self.latent_dim = options.latent_dim
        self.sizes = shrinking_sizes(data.sample_shape)[::-1]
        self.widths = (*(options.dim * 2 ** (LAYERS - 1 - layer) for layer in range(LAYERS)), data.sample_shape[0])
        self.project = dense(options.latent_dim, prod(self.sizes[0]) * self.widths[0])
        self.convolutions = nn.ModuleList(self._convolution(taken, given) for taken, given in pairwise(self.widths))
        self.norms = nn.ModuleList(
            batch_norm_2d(width) if options.batch_norm else nn.Identity() for width in self.widths[:-1]
        )

    def _convolution(self, taken: int, given: int) -> Conv2dSame | ConvTranspose2dSame:
        if self.options.upsample == "nearest":
            return Conv2dSame(taken, given, kernel_size=self.options.kernel_size)
        return ConvTranspose2dSame(taken, given, kernel_size=self.options.kernel_size, stride=2)

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Spectrograms ``[N, channels, frames, bins]`` for latents ``[N, latent_dim]``."""
        # The dense layer's outputs lie channels last, as in the original, so that its weights fit unchanged.
        features: Tensor = self.project(latent).unflatten(1, (*self.sizes[0], -1)).permute(0, 3, 1, 2)
        for norm, convolution, size in zip(self.norms, self.convolutions, self.sizes[1:], strict=True):
            features = norm(features).relu()
            if isinstance(convolution, Conv2dSame):
                features = convolution(_repeated(features)[..., : size[0], : size[1]])
            else:
                features = convolution(features, size)
        return features.tanh()

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[Any]]) -> None:
        """Takes the weights of the original's graph, by its names: ``G/z_project/…``, ``G/upconv_0/…``.

        :raises CheckpointError: they do not fit; the text names every misfit.
        """
        expected: dict[str, TensorFlowVariable] = dense_variables("G/z_project", self.project)
        scopes = ["G/z_project", *(f"G/upconv_{layer}" for layer in range(LAYERS))]
        for scope, norm in zip(scopes, self.norms, strict=False):
            if isinstance(norm, nn.BatchNorm2d):
                expected |= batch_norm_variables(f"{scope}/batch_normalization", norm)
        for scope, convolution in zip(scopes[1:], self.convolutions, strict=True):
            if isinstance(convolution, Conv2dSame):
                expected |= convolution_variables(scope, convolution)
            elif isinstance(convolution, ConvTranspose2dSame):
                expected |= transposed_convolution_variables(scope, convolution)
        load_tensorflow_variables(expected, variables)

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers as in the paper's table 5."""
        norm = ", batch norm" if self.options.batch_norm else ""
        rows = [
            LayerRow("input z ~ Uniform(-1, 1)", (), (self.latent_dim,)),
            LayerRow("dense", (self.latent_dim, self.project.out_features), (self.project.out_features,)),
            LayerRow(f"reshape{norm}, ReLU", (), (*self.sizes[0], self.widths[0])),
        ]
        operation = "transposed conv 2-D, stride 2" if self.options.upsample == "zeros" else "nearest x 2, conv 2-D"
        for layer, (taken, given) in enumerate(pairwise(self.widths), start=1):
            rows.append(
                LayerRow(
                    f"{operation}, tanh" if layer == LAYERS else f"{operation}{norm}, ReLU",
                    (self.options.kernel_size, self.options.kernel_size, taken, given),
                    (*self.sizes[layer], given),
                )
            )
        return tuple(rows)


def _repeated(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2.0, mode="nearest")
