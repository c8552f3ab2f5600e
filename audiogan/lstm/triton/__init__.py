"""The LSTM on NVIDIA GPUs, in Triton."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from typing import TYPE_CHECKING, ClassVar, final

import torch

from audiogan.lstm.interface import Arguments, Direction, Gradients, Implementation, Results, Saved, Wanted

if TYPE_CHECKING:
    from audiogan.lstm.triton.scans import PersistentScans

_OLDEST = (8, 0)
"""The least compute capability that Triton supports."""


@final
class Triton(Implementation):
    """A persistent program for each layer and sequence runs through all steps; the rest is large matrix products.

    With H hidden units, N sequences, T steps and numbers of s bytes, a layer keeps for the first backward pass
    (6 T + 2) N H s bytes, its states and gates, and for the second one 6 T N H s more. At N = 64, T = 4096, H = 64 and
    two layers in float32 that is 805,371,904 and 805,306,368 bytes. The second backward pass needs another
    (6 T + 2) N H s a layer while it runs, released from the last layer to the first. Without gradients a forward pass
    needs, beside its output, no more than 150 MB while it runs, whatever T.
    """

    name: ClassVar[str] = "triton"

    largest_hidden: ClassVar[int | None] = 128
    """Up to this hidden size a multiprocessor holds a layer's recurrent weights."""

    def why_not(self, device: torch.device, dtype: torch.dtype) -> str | None:
        """Needs an NVIDIA GPU that Triton compiles for, and float32 or float64."""
        if device.type != "cuda":
            return f"made for NVIDIA GPUs, and this is device type '{device.type}'"
        if dtype not in (torch.float32, torch.float64):
            return f"computes in float32 and float64, not in {dtype}"
        return _why_not_on(device.index)

    def forward(self, arguments: Arguments, *, save: bool) -> tuple[Results, Saved]:
        """Keeps each layer's states and gates."""
        return _passes().forward(arguments, save=save)

    def backward(
        self, cotangents: Results, arguments: Arguments, saved: Saved, *, wanted: Wanted, save: bool
    ) -> tuple[Gradients, Saved]:
        """Keeps each layer's cotangents."""
        return _passes().backward(cotangents, arguments, saved, wanted=wanted, save=save)

    def second_backward(
        self, direction: Direction, arguments: Arguments, saved: Saved, saved_by_backward: Saved, *, wanted: Wanted
    ) -> tuple[Results | None, Gradients]:
        """The tangent and its adjoint."""
        return _passes().second_backward(direction, arguments, saved, saved_by_backward, wanted=wanted)


def _passes() -> PersistentScans:
    # Triton takes a second to import, and is not there on every machine that asks why_not.
    from audiogan.lstm.triton.scans import PersistentScans

    return PersistentScans()


@cache
def _why_not_on(index: int | None) -> str | None:
    """Why GPU number ``index``, the current one if None, is of no use."""
    if torch.version.hip is not None:
        return "made for NVIDIA GPUs, and this torch is built for AMD's"
    if not torch.cuda.is_available():
        return "torch finds no NVIDIA GPU"
    if torch.cuda.get_device_capability(index) < _OLDEST:
        return f"needs an NVIDIA GPU of compute capability {'.'.join(map(str, _OLDEST))} or newer"
    if find_spec("triton") is None:
        return "the package 'triton' is not installed"
    return None


IMPLEMENTATION = Triton()
