"""A discriminator that scores every stretch of a waveform and averages the scores."""

from __future__ import annotations

from attrs import frozen
from torch import Tensor, nn

from audiogan import DataSpec, Discriminator, LayerRow, OptionError, Register, SpecError, hookimpl, option


@frozen
class PatchDiscriminatorOptions:
    """Options of discriminator ``patch``."""

    dim: int = option(default=32, minimum=1, help="channels of the hidden layer")
    kernel_size: int = option(default=25, minimum=1, unit="samples", help="width of both kernels")


class PatchDiscriminator(Discriminator):
    """Two strided convolutions, then the mean over time."""

    options_class = PatchDiscriminatorOptions

    def __init__(self, options: PatchDiscriminatorOptions, data: DataSpec) -> None:
        super().__init__()
        if len(data.sample_shape) != 2:
            raise SpecError(f"needs waveforms [channels, length], not samples of shape {list(data.sample_shape)}")
        channels, length = data.sample_shape
        shortest = 5 * options.kernel_size
        if length < shortest:
            raise OptionError("kernel_size", f"must be at most {length // 5} for windows of {length} samples")
        self.hidden = nn.Conv1d(channels, options.dim, options.kernel_size, stride=4)
        self.scores = nn.Conv1d(options.dim, 1, options.kernel_size, stride=4)
        self.sample_shape = data.sample_shape

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        """Raw scores ``[N]`` of waveforms ``[N, channels, length]``."""
        hidden = nn.functional.leaky_relu(self.hidden(samples), 0.2)
        return self.scores(hidden).mean(dim=(1, 2))

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers for ``audiogan describe patch``."""
        channels, length = self.sample_shape
        (width,), dim = self.hidden.kernel_size, self.hidden.out_channels
        hidden_length = (length - width) // 4 + 1
        return (
            LayerRow("input x or G(z)", (), (length, channels)),
            LayerRow("conv 1-D, stride 4, leaky ReLU", (width, channels, dim), (hidden_length, dim)),
            LayerRow("conv 1-D, stride 4", (width, dim, 1), ((hidden_length - width) // 4 + 1, 1)),
            LayerRow("mean over time", (), (1,)),
        )


@hookimpl
def register_discriminators(register: Register) -> None:
    """Registers ``patch``."""
    register("patch", PatchDiscriminator)
