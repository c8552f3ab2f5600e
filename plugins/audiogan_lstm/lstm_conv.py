"""The LSTM & conv discriminator: LSTM layers, then strided convolutions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor, nn

from audiogan import DataSpec, Discriminator, LayerRow, option
from audiogan.nn import (
    Conv1dSame,
    convolution_variables,
    load_tensorflow_variables,
    relu,
    shrinking_lengths,
    waveform_shape,
)
from audiogan_lstm.frames import plan_frames
from audiogan_lstm.readout import READOUTS, Readout
from audiogan_lstm.tensorflow_lstm import TensorFlowLSTM

_STRIDE = 4


@final
@frozen
class LSTMConvDiscriminatorOptions:
    """Options of discriminator ``lstm-conv``; the defaults are those of Tables 3 and 4 of the study."""

    hidden_size: int = option(default=64, minimum=1, help="units of every LSTM layer")
    lstm_layers: int = option(default=2, minimum=1, unit="layers", help="stacked LSTM layers")
    conv_layers: int = option(default=4, minimum=0, maximum=5, unit="layers", help="convolutions of stride 4")
    frame_size: int = option(default=4, minimum=1, unit="samples", help="samples that a time step reads")
    dim: int = option(
        default=64, minimum=1, help="half the channels of the first convolution, doubled in each after it"
    )
    kernel_size: int = option(default=25, minimum=1, unit="steps", help="width of every convolution's kernel")
    readout: str = option(default="all", choices=READOUTS, help="time steps that the dense layer reads")


@final
class LSTMConvDiscriminator(Discriminator):
    """Waveforms ``[N, C, T]``, frame by frame through LSTM layers, then convolutions, to raw scores ``[N]``.

    Zeros complete the last frame where ``frame_size`` does not divide the length. Source: the study's LSTM & conv
    D-net, Table 3.

    :raises SpecError: samples are no waveforms.
    :raises OptionError: they are shorter than ``frame_size``.
    """

    options_class: ClassVar[type[LSTMConvDiscriminatorOptions]] = LSTMConvDiscriminatorOptions

    def __init__(self, options: LSTMConvDiscriminatorOptions, data: DataSpec) -> None:
        super().__init__()
        network = "discriminator 'lstm-conv'"
        channels, length = waveform_shape(data.sample_shape, network=network)
        self.framing = plan_frames(length, options.frame_size, channels=channels)
        self.options = options
        self.lstm = TensorFlowLSTM(self.framing.width, options.hidden_size, layers=options.lstm_layers)
        self.widths = (options.hidden_size, *(options.dim << layer for layer in range(1, options.conv_layers + 1)))
        self.steps = shrinking_lengths(self.framing.steps, (_STRIDE,) * options.conv_layers)
        self.convolutions = nn.ModuleList(
            Conv1dSame(self.widths[layer], self.widths[layer + 1], kernel_size=options.kernel_size, stride=_STRIDE)
            for layer in range(options.conv_layers)
        )
        self.readout = Readout(self.steps[-1], self.widths[-1], readout=options.readout)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        """Raw scores ``[N]`` of waveforms ``[N, C, T]``."""
        outputs: Tensor = self.lstm(self.framing.split(samples))
        features = relu(outputs.permute(1, 2, 0))
        for convolve in self.convolutions:
            features = relu(convolve(features))
        scores: Tensor = self.readout(features)
        return scores

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[Any]]) -> None:
        """Takes weights named as in TensorFlow, such as ``D/lstm_0/rnn/lstm_cell/kernel``.

        :raises CheckpointError: a variable is missing, unknown or of another shape.
        """
        expected = self.lstm.tensorflow_variables() | self.readout.tensorflow_variables()
        for layer, convolution in enumerate(self.convolutions):
            if isinstance(convolution, Conv1dSame):
                expected |= convolution_variables(f"D/downconv_{layer}", convolution)
        load_tensorflow_variables(expected, variables)

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers as in Table 3 of the study."""
        hidden, steps = self.options.hidden_size, self.steps[0]
        recurrent = [LayerRow(f"LSTM, {hidden} units", (), (steps, hidden))] * (self.options.lstm_layers - 1)
        return (
            *self.framing.layer_rows(),
            *recurrent,
            LayerRow(f"LSTM, {hidden} units, ReLU", (), (steps, hidden)),
            *(
                LayerRow(
                    f"conv 1-D, stride {_STRIDE}, ReLU",
                    (self.options.kernel_size, self.widths[layer], self.widths[layer + 1]),
                    (self.steps[layer + 1], self.widths[layer + 1]),
                )
                for layer in range(self.options.conv_layers)
            ),
            *self.readout.layer_rows(),
        )
