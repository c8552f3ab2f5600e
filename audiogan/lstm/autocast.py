"""Autocast, under which the LSTM computes in its weights' dtype."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

_NOTHING: AbstractContextManager[None] = nullcontext()


def autocasts(device: torch.device) -> bool:
    """Whether autocast is on for the device; some kinds, such as meta, have none, and torch refuses to say so."""
    return torch.amp.is_autocast_available(device.type) and torch.is_autocast_enabled(device.type)


def without_autocast(device: torch.device) -> AbstractContextManager[None]:
    """Switches it off inside the context."""
    return torch.autocast(device.type, enabled=False) if autocasts(device) else _NOTHING
