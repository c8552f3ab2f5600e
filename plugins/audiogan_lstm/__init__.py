"""Recurrent discriminators: LSTM layers over short frames of the waveform, alone or followed by convolutions."""

from __future__ import annotations

from audiogan import Register, hookimpl
from audiogan_lstm.lstm import LSTMDiscriminator, LSTMDiscriminatorOptions
from audiogan_lstm.lstm_conv import LSTMConvDiscriminator, LSTMConvDiscriminatorOptions

__all__ = [
    "LSTMConvDiscriminator",
    "LSTMConvDiscriminatorOptions",
    "LSTMDiscriminator",
    "LSTMDiscriminatorOptions",
]


@hookimpl
def register_discriminators(register: Register) -> None:
    """Registers ``lstm`` and ``lstm-conv``."""
    register("lstm", LSTMDiscriminator)
    register("lstm-conv", LSTMConvDiscriminator)
