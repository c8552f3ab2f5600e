"""Which device a run uses."""

from __future__ import annotations

import torch

from audiogan.errors import SpecError


def resolve_device(name: str) -> torch.device:
    """``auto`` is the first CUDA device where there is one, else the CPU.

    :raises SpecError: ``cuda`` is asked for and torch sees none.
    """
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise SpecError("training.device: 'cuda' is asked for, but torch sees no CUDA device; use 'auto' or 'cpu'")
    return torch.device("cuda" if name != "cpu" and available else "cpu")
