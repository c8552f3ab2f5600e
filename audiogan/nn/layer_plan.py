"""How many layers of which stride lead from a short feature map to a window of a given length."""

from __future__ import annotations

from itertools import accumulate
from typing import final

from attrs import frozen

from audiogan.errors import SpecError

_START = 16
_STRIDE = 4
_SHORTEST = _START * _STRIDE


@final
@frozen
class LayerPlan:
    """Feature maps grow to ``length`` samples by ``strides``, or shrink from there by the same strides.

    The strides stand in the order of the layers in either direction: a remaining 2 comes last in the generator and in
    the discriminator alike, as in the original. Where a stride does not divide a length, the quotient is rounded up, as
    TensorFlow's SAME padding does: :class:`Conv1dSame` reads every sample, and :class:`ConvTranspose1dSame`, its
    adjoint, makes the last ones of a stride only as far as they are needed.
    """

    length: int
    strides: tuple[int, ...]

    @property
    def start(self) -> int:
        """Samples of the shortest feature map."""
        return self.shrinking[-1]

    @property
    def shrinking(self) -> tuple[int, ...]:
        """Samples of a discriminator's feature maps, from ``length`` to ``start``."""
        return shrinking_lengths(self.length, self.strides)

    @property
    def growing(self) -> tuple[int, ...]:
        """Samples of a generator's feature maps, from ``start`` to ``length``."""
        return shrinking_lengths(self.length, self.strides[::-1])[::-1]

    @property
    def widest(self) -> int:
        """Channels of the shortest feature map, in multiples of ``dim``: they halve with every layer that lengthens."""
        return 1 << (len(self.strides) - 1)


def shrinking_lengths(length: int, strides: tuple[int, ...]) -> tuple[int, ...]:
    """``length``, divided by one stride after the other and rounded up each time.

    >>> shrinking_lengths(1000, (4, 4, 4))
    (1000, 250, 63, 16)
    """
    return tuple(accumulate(strides, lambda samples, stride: -(-samples // stride), initial=length))


def plan_layers(length: int) -> LayerPlan:
    """The plan for windows of ``length`` samples: as many strides of 4 as lead to at least 16, one 2 where needed.

    >>> plan_layers(16384)
    LayerPlan(length=16384, strides=(4, 4, 4, 4, 4))
    >>> plan_layers(32768)
    LayerPlan(length=32768, strides=(4, 4, 4, 4, 4, 2))

    Powers of two start from 16, other lengths from up to 31; a length that strides do not divide has the strides of the
    next longer one that they do. Source: Donahue, McAuley and Puckette 2019, "Adversarial audio synthesis", tables 3
    and 4 for 16384 samples; the original code for 32768 and 65536.

    :raises SpecError: ``length`` is less than 64.
    """
    if length < _SHORTEST:
        raise SpecError(f"windows of {length} samples are too short: at least {_SHORTEST} are needed")
    doublings = (length // _START).bit_length() - 1
    if length > (2 * _START - 1) << doublings:
        doublings += 1
    return LayerPlan(length, (_STRIDE,) * (doublings // 2) + (2,) * (doublings % 2))
