"""The twice-differentiable LSTM: the module :class:`LSTM`, the function :func:`lstm`, and what implements them.

:mod:`audiogan.lstm.interface` says what an implementation computes, :mod:`audiogan.lstm.dispatch` which one runs.
"""

from audiogan.lstm.dispatch import ImplementationError, choose, reasons_against
from audiogan.lstm.function import lstm
from audiogan.lstm.interface import LayerWeights
from audiogan.lstm.module import LSTM

__all__ = ["LSTM", "ImplementationError", "LayerWeights", "choose", "lstm", "reasons_against"]
