"""The pure LSTM discriminator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, final

from attrs import frozen
from numpy.typing import NDArray
from torch import Tensor

from audiogan import DataSpec, Discriminator, LayerRow, option
from audiogan.nn import load_tensorflow_variables, waveform_shape
from audiogan_lstm.frames import plan_frames
from audiogan_lstm.readout import READOUTS, Readout
from audiogan_lstm.tensorflow_lstm import TensorFlowLSTM


@final
@frozen
class LSTMDiscriminatorOptions:
    """Options of discriminator ``lstm``."""

    hidden_size: int = option(default=64, minimum=1, help="units of every LSTM layer")
    lstm_layers: int = option(default=2, minimum=1, unit="layers", help="stacked LSTM layers")
    frame_size: int = option(default=4, minimum=1, unit="samples", help="samples that a time step reads")
    readout: str = option(default="all", choices=READOUTS, help="time steps that the dense layer reads")


@final
class LSTMDiscriminator(Discriminator):
    """Waveforms ``[N, C, T]``, frame by frame through LSTM layers, to raw scores ``[N]``.

    Zeros complete the last frame where ``frame_size`` does not divide the length. Source: the study's pure LSTM D-net.

    :raises SpecError: samples are no waveforms.
    :raises OptionError: they are shorter than ``frame_size``.
    """

    options_class: ClassVar[type[LSTMDiscriminatorOptions]] = LSTMDiscriminatorOptions

    def __init__(self, options: LSTMDiscriminatorOptions, data: DataSpec) -> None:
        super().__init__()
        network = "discriminator 'lstm'"
        channels, length = waveform_shape(data.sample_shape, network=network)
        self.framing = plan_frames(length, options.frame_size, channels=channels)
        self.options = options
        self.lstm = TensorFlowLSTM(self.framing.width, options.hidden_size, layers=options.lstm_layers)
        self.readout = Readout(self.framing.steps, options.hidden_size, readout=options.readout)

    def forward(self, samples: Tensor, labels: Tensor | None = None) -> Tensor:
        """Raw scores ``[N]`` of waveforms ``[N, C, T]``."""
        outputs: Tensor = self.lstm(self.framing.split(samples))
        scores: Tensor = self.readout(outputs.permute(1, 2, 0))
        return scores

    def load_tensorflow_variables(self, variables: Mapping[str, NDArray[Any]]) -> None:
        """Takes weights named as in TensorFlow, such as ``D/lstm_0/rnn/lstm_cell/kernel``.

        :raises CheckpointError: a variable is missing, unknown or of another shape.
        """
        load_tensorflow_variables(self.lstm.tensorflow_variables() | self.readout.tensorflow_variables(), variables)

    def layer_rows(self) -> tuple[LayerRow, ...]:
        """The layers in the manner of Table 3 of the study."""
        steps, hidden = self.framing.steps, self.options.hidden_size
        return (
            *self.framing.layer_rows(),
            *[LayerRow(f"LSTM, {hidden} units", (), (steps, hidden))] * self.options.lstm_layers,
            *self.readout.layer_rows(),
        )
