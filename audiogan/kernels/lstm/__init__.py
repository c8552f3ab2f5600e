"""The twice-differentiable LSTM: one function, :func:`lstm`, and the implementations behind it.

:mod:`audiogan.kernels.lstm.interface` says what they compute, :mod:`audiogan.kernels.lstm.dispatch` which one runs.
"""

from audiogan.kernels.lstm.dispatch import ImplementationError, choose, reasons_against
from audiogan.kernels.lstm.function import lstm
from audiogan.kernels.lstm.interface import LayerWeights

__all__ = ["ImplementationError", "LayerWeights", "choose", "lstm", "reasons_against"]
