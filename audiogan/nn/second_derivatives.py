"""Recurrent layers that can be differentiated twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, final

import torch
from torch.backends import cudnn, mkldnn
from torch.overrides import TorchFunctionMode

_RECURRENCES = (torch.lstm, torch.gru, torch.rnn_tanh, torch.rnn_relu)
_BACKENDS: tuple[Any, ...] = (cudnn, mkldnn)


def twice_differentiable() -> TorchFunctionMode:
    """A context in which ``torch.nn.LSTM``, ``GRU`` and ``RNN`` record a graph that has second derivatives.

    cuDNN's recurrences have none, and oneDNN's are many times slower than torch's own. Inside the context, and only in
    calls of a recurrence, both are switched off; convolutions keep their fast kernels. What was recorded inside may be
    differentiated after leaving.

    >>> with twice_differentiable():
    ...     outputs, _ = torch.nn.LSTM(1, 1)(torch.zeros(3, 2, 1))
    """
    return _PlainRecurrences()


@final
class _PlainRecurrences(TorchFunctionMode):
    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        if func in _RECURRENCES:
            with _fused_kernels_off():
                return func(*args, **(kwargs or {}))
        return func(*args, **(kwargs or {}))


@contextmanager
def _fused_kernels_off() -> Iterator[None]:
    # The backends' own flags() would also reset their precision settings, and warns on machines without TF32.
    before = [backend.enabled for backend in _BACKENDS]
    try:
        for backend in _BACKENDS:
            backend.enabled = False
        yield
    finally:
        for backend, enabled in zip(_BACKENDS, before, strict=True):
            backend.enabled = enabled
