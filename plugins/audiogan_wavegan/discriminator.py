"""The discriminator of WaveGAN: strided convolutions with phase shuffle between them, then a dense layer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from audiogan import DataSpec, Discriminator, LayerRow, OptionError, option
from audiogan.nn import (
    Conv1dSame,
    TensorFlowVariable,
    batch_norm_1d,
    batch_norm_variables,
    convolution_variables,
    dense,
    dense_variables,
    load_tensorflow_variables,
    plan_layers,
    waveform_shape,
)
from audiogan_wavegan.phase_shuffle import PhaseShuffle

_NEGATIVE_SLOPE = 0.2
_SHUFFLED_LAYERS = 4


@final
@frozen
class WaveGANDiscriminatorOptions:
    """Options of discriminator ``wavegan``; the defaults are the original's."""

    dim: int = option(default=64, minimum=1, help="channels of the first layer, doubled in each one after it")
    kernel_size: int = option(default=25, minimum=1, unit="samples", help="width of every kernel")
    phase_shuffle: int = option(
        default=2, minimum=0, unit="samples", help="largest random shift after each of the first four layers"
    )
    phase_shuffle_per_sample: bool = option(
        default=False, help="draw a shift for every sample of a batch, not one for all"
    )
    batch_norm: bool = option(default=False, help="batch normalisation before every leaky ReLU but the first")


@final
class WaveGANDiscriminator(Discriminator):
    """Waveforms ``[N, C, T]`` to raw scores ``[N]``.

    Phase shuffle follows the first four layers, though never the last one, whose output the dense layer reads.

    Source: Donahue et al. 2019, "Adversarial audio synthesis", table 4, for 16384 samples; other lengths follow
    :func:`audiogan.nn.plan_layers`.

    :raises SpecError: samples are no waveforms, or shorter than 64.
    :raises OptionError: ``phase_shuffle`` shifts further than a feature map is long.
    """

    options_class: ClassVar[type[WaveGANDiscriminatorOptions]] = WaveGANDiscriminatorOptions

    def __init__(self, options: WaveGANDiscriminatorOptions, data: DataSpec) -> None:
        super().__init__()
        channels, length = waveform_shape(data.sample_shape, network="discriminator 'wavegan'")
        self.options = options
        self.plan = plan_layers(length)
        layers = range(len(self.plan.strides))
        self.widths = (channels, *(options.dim << layer for layer in layers))
        self.shuffled_layers = min(_SHUFFLED_LAYERS, len(layers) - 1)
        self._check_phase_shuffle()

        self.convolutions = nn.ModuleList(
            Conv1dSame(self.widths[layer], self.widths[layer + 1], kernel_size=options.kernel_size, stride=stride)
            for layer, stride in enumerate(self.plan.strides)
        )
        self.normalisation = nn.ModuleList(
            batch_norm_1d(self.widths[layer + 1]) if options.batch_norm and layer > 0 else nn.Identity()
            for layer in layers
        )
        self.phase_shuffle = PhaseShuffle(options.phase_shuffle, per_sample=options.phase_shuffle_per_sample)
        self.output = dense(self.plan.start * self.widths[-1], 1)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        """Raw scores ``[N]`` of waveforms ``[N, C, T]``."""
        features = samples
        for layer, (convolve, normalise) in enumerate(zip(self.convolutions, self.normalisation, strict=True)):
            features = F.leaky_relu(normalise(convolve(features)), _NEGATIVE_SLOPE)
            if layer < self.shuffled_layers:
                features = self.phase_shuffle(features)
        # The original's dense layer counts time before channels.
        scores: Tensor = self.output(features.transpose(1, 2).flatten(1))
        return scores.squeeze(1)

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[Any]]) -> None:
        """Takes the weights of the original's graph, such as ``D/downconv_0/conv1d/kernel``.

        :raises CheckpointError: a variable is missing, unknown or of another shape.
        """
        load_tensorflow_variables(self._tensorflow_variables(), variables)

    def _tensorflow_variables(self) -> dict[str, TensorFlowVariable]:
        expected = dense_variables("D/output", self.output)
        for layer, (convolution, normalisation) in enumerate(zip(self.convolutions, self.normalisation, strict=True)):
            scope = f"D/downconv_{layer}"
            if isinstance(convolution, Conv1dSame):
                expected |= convolution_variables(scope, convolution)
            if isinstance(normalisation, nn.BatchNorm1d):
                expected |= batch_norm_variables(f"{scope}/batch_normalization", normalisation)
        return expected

    def _check_phase_shuffle(self) -> None:
        shortest = self.plan.shrinking[self.shuffled_layers]
        if self.options.phase_shuffle >= shortest:
            raise OptionError(
                "phase_shuffle",
                f"shifts further than the shortest shuffled feature map of {shortest} samples is long; use at most "
                f"{shortest - 1}",
            )

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers in the manner of Tables 2 and 3 of the study."""
        lengths = self.plan.shrinking
        rows = [LayerRow("input x or G(z)", (), (lengths[0], self.widths[0]))]
        for layer, stride in enumerate(self.plan.strides):
            inputs, outputs = self.widths[layer : layer + 2]
            normalised = "batch norm, " if self.options.batch_norm and layer > 0 else ""
            shuffled = self.options.phase_shuffle > 0 and layer < self.shuffled_layers
            shuffle = f", phase shuffle (n = {self.options.phase_shuffle})" if shuffled else ""
            rows.append(
                LayerRow(
                    f"conv 1-D, stride {stride}, {normalised}leaky ReLU{shuffle}",
                    (self.options.kernel_size, inputs, outputs),
                    (lengths[layer + 1], outputs),
                )
            )
        flat = lengths[-1] * self.widths[-1]
        return (*rows, LayerRow("reshape", (), (flat,)), LayerRow("dense", (flat, 1), (1,)))
