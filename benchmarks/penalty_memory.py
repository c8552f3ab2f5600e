"""Prints how many bytes three penalty steps need at most beyond what the process held before; run as a process."""

from __future__ import annotations

import torch

from audiogan.training.memory import peak_memory_mib, reset_peak_memory
from benchmarks.lstm_passes import STEPS, input_of, peers, penalty_step

_CPU = torch.device("cpu")
_WARM_UP_STEPS = 8
"""Loads the libraries and starts the threads."""


def extra_bytes() -> int:
    """Peak of resident memory over three steps, less what is resident before the first."""
    ours, _ = peers()
    penalty_step(ours, input_of(_WARM_UP_STEPS))
    x = input_of(STEPS)
    reset_peak_memory(_CPU)
    before = peak_memory_mib(_CPU)
    for _ in range(3):
        penalty_step(ours, x)
    return round((peak_memory_mib(_CPU) - before) * 2**20)


if __name__ == "__main__":
    print(extra_bytes())
