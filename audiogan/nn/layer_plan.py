"""How many layers of which stride lead from a short feature map to a window of a given length."""

from __future__ import annotations

from math import prod

from attrs import frozen

from audiogan.errors import SpecError

_START = 16
_STRIDE = 4
_SHORTEST = _START * _STRIDE


@frozen
class LayerPlan:
    """Feature maps grow from ``start`` to ``length`` by ``strides``, or shrink back by the same strides.

    The strides stand in the order of the layers in either direction: a remaining 2 comes last in the generator and in
    the discriminator alike, as in the original.
    """

    start: int
    strides: tuple[int, ...]

    @property
    def length(self) -> int:
        """Samples in a window."""
        return self.start * prod(self.strides)

    @property
    def widest(self) -> int:
        """Channels of the shortest feature map, in multiples of ``dim``: they halve with every layer that lengthens."""
        return 1 << (len(self.strides) - 1)


def plan_layers(length: int) -> LayerPlan:
    """The plan for windows of ``length`` samples: as many strides of 4 as lead to at least 16, one 2 where needed.

    >>> plan_layers(16384)
    LayerPlan(start=16, strides=(4, 4, 4, 4, 4))
    >>> plan_layers(32768)
    LayerPlan(start=16, strides=(4, 4, 4, 4, 4, 2))

    Powers of two start from 16, other multiples from up to 31. Source: Donahue, McAuley and Puckette 2019, "Adversarial
    audio synthesis", tables 3 and 4 for 16384 samples; the original code for 32768 and 65536.

    :raises SpecError: no such strides give ``length``; the text names the nearest lengths that work.
    """
    if length < _SHORTEST:
        raise SpecError(f"windows of {length} samples are too short: at least {_SHORTEST} are needed")
    doublings = (length // _START).bit_length() - 1
    start, remainder = divmod(length, 1 << doublings)
    if remainder:
        below, above = start << doublings, (start + 1) << doublings
        raise SpecError(
            f"no sequence of strides makes windows of {length} samples; the nearest lengths that work are "
            f"{below} and {above}"
        )
    return LayerPlan(start, (_STRIDE,) * (doublings // 2) + (2,) * (doublings % 2))
