"""The rectifier, for networks whose gradient is penalised."""

from __future__ import annotations

import torch
from torch import Tensor


def relu(x: Tensor) -> Tensor:
    """max(x, 0), with the derivatives of ``torch.relu``, of which the second costs nothing.

    The derivative of a rectifier's gradient with respect to its input is zero. ``torch.relu`` computes it all the same,
    and in the step of a gradient penalty these zeros go backwards through everything below it.
    """
    return torch.where(x <= 0, 0, x)
