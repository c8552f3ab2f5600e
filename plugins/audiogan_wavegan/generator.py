"""The generator of WaveGAN: a dense layer, then transposed convolutions, each up to four times as long."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

import torch
from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan import DataSpec, Generator, LayerRow, option
from audiogan.nn import (
    ConvTranspose1dSame,
    TensorFlowVariable,
    batch_norm_1d,
    batch_norm_variables,
    convolution_variables,
    dense,
    dense_variables,
    load_tensorflow_variables,
    plan_layers,
    transposed_convolution_variables,
    waveform_shape,
    whole_variable,
)
from audiogan_wavegan.post_filter import PostFilter
from audiogan_wavegan.upsampling import NearestUpsampling


@final
@frozen
class WaveGANGeneratorOptions:
    """Options of generator ``wavegan``; the defaults are the original's."""

    dim: int = option(default=64, minimum=1, help="channels of the last hidden layer, doubled in each one before it")
    kernel_size: int = option(default=25, minimum=1, unit="samples", help="width of every kernel")
    latent_dim: int = option(default=100, minimum=1, help="size of the latent")
    upsample: str = option(
        default="zeros",
        choices=("zeros", "nearest"),
        help="transposed convolution, or repetition of the nearest sample and a convolution",
    )
    batch_norm: bool = option(default=False, help="batch normalisation before every ReLU")
    post_filter: int | None = option(
        default=None, minimum=1, unit="samples", help="length of a learned filter behind the output (512 in the paper)"
    )
    post_filter_fold: bool = option(
        default=False, help="let the post-filter sum all channels into one, as the original does with stereo"
    )


@final
class WaveGANGenerator(Generator):
    """Latents ``[N, latent_dim]`` to waveforms ``[N, C, T]`` in (-1, 1), before the post-filter if there is one.

    Source: Donahue et al. 2019, "Adversarial audio synthesis", table 3, for 16384 samples; other lengths follow
    :func:`audiogan.nn.plan_layers`.

    :raises SpecError: samples are no waveforms, or shorter than 64.
    """

    options_class: ClassVar[type[WaveGANGeneratorOptions]] = WaveGANGeneratorOptions

    def __init__(self, options: WaveGANGeneratorOptions, data: DataSpec) -> None:
        super().__init__()
        channels, length = waveform_shape(data.sample_shape, network="generator 'wavegan'")
        self.options = options
        self.latent_dim = options.latent_dim
        self.plan = plan_layers(length)
        self.widths = (*(options.dim * self.plan.widest >> layer for layer in range(len(self.plan.strides))), channels)

        upsampling = ConvTranspose1dSame if options.upsample == "zeros" else NearestUpsampling
        self.project = dense(options.latent_dim, self.plan.start * self.widths[0])
        self.upsampling = nn.ModuleList(
            upsampling(self.widths[layer], self.widths[layer + 1], kernel_size=options.kernel_size, stride=stride)
            for layer, stride in enumerate(self.plan.strides)
        )
        self.normalisation = nn.ModuleList(
            batch_norm_1d(width) if options.batch_norm else nn.Identity() for width in self.widths[:-1]
        )
        self.post_filter = (
            None
            if options.post_filter is None
            else PostFilter(channels, length=options.post_filter, fold_channels=options.post_filter_fold)
        )

    def forward(self, latent: Tensor, labels: Tensor | None = None) -> Tensor:
        """Waveforms ``[N, C, T]`` for a latent ``[N, latent_dim]``."""
        features: Tensor = self.project(latent)
        # The original's dense layer counts time before channels.
        features = features.view(-1, self.plan.start, self.widths[0]).transpose(1, 2)
        for normalise, upsample, length in zip(self.normalisation, self.upsampling, self.plan.growing[1:], strict=True):
            features = upsample(torch.relu(normalise(features)), length)
        waveform = torch.tanh(features)
        return waveform if self.post_filter is None else self.post_filter(waveform)

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[Any]]) -> None:
        """Takes the weights of the original's graph, such as ``G/upconv_0/conv2d_transpose/kernel``.

        :raises CheckpointError: a variable is missing, unknown or of another shape.
        """
        load_tensorflow_variables(self._tensorflow_variables(), variables)

    def _tensorflow_variables(self) -> dict[str, TensorFlowVariable]:
        expected = dense_variables("G/z_project", self.project)
        scopes = [f"G/upconv_{layer}" for layer in range(len(self.upsampling))]
        for scope, layer in zip(scopes, self.upsampling, strict=True):
            if isinstance(layer, NearestUpsampling):
                expected |= convolution_variables(scope, layer.convolution)
            elif isinstance(layer, ConvTranspose1dSame):
                expected |= transposed_convolution_variables(scope, layer)
        for scope, layer in zip(["G/z_project", *scopes[:-1]], self.normalisation, strict=True):
            if isinstance(layer, nn.BatchNorm1d):
                expected |= batch_norm_variables(f"{scope}/batch_normalization", layer)
        if self.post_filter is not None:
            expected["G/pp_filt/conv1d/kernel"] = whole_variable(self.post_filter.weight.permute(2, 0, 1))
        return expected

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers as in Table 2 of the study."""
        width, lengths = self.options.kernel_size, self.plan.growing
        first = lengths[0] * self.widths[0]
        relu = "batch norm, ReLU" if self.options.batch_norm else "ReLU"
        rows = [
            LayerRow("input z ~ Uniform(-1, 1)", (), (self.latent_dim,)),
            LayerRow("dense", (self.latent_dim, first), (first,)),
            LayerRow(f"reshape, {relu}", (), (lengths[0], self.widths[0])),
        ]
        operation = "transposed conv 1-D" if self.options.upsample == "zeros" else "nearest upsampling, conv 1-D"
        for layer, stride in enumerate(self.plan.strides):
            inputs, outputs = self.widths[layer : layer + 2]
            activation = "tanh" if layer == len(self.plan.strides) - 1 else relu
            name = f"{operation}, stride {stride}, {activation}"
            rows.append(LayerRow(name, (width, inputs, outputs), (lengths[layer + 1], outputs)))
        if self.post_filter is not None:
            channels = self.widths[-1]
            operation = "post-filter, channels folded" if self.options.post_filter_fold else "post-filter"
            rows.append(LayerRow(operation, (self.post_filter.weight.shape[-1], channels), (lengths[-1], channels)))
        return tuple(rows)
