"""What a pianist does to one key, in seconds."""

from __future__ import annotations

from typing import final

from attrs import frozen


@final
@frozen
class Strike:
    """A key struck at ``onset`` whose strings sound freely until the damper falls on them at ``damping``.

    Both are seconds from the start of the performance; the damper falls when the key and the pedal are up.
    ``velocity`` lies between 0 and 1.
    """

    pitch: int
    onset: float
    damping: float
    velocity: float
