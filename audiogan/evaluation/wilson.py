"""Wilson's score interval of a share."""

from __future__ import annotations

import math

_NORMAL_QUANTILE = 1.959963984540054


def wilson_interval(share: float, count: float) -> tuple[float, float]:
    """The 95 % interval of a ``share`` of ``count`` independent trials, of which there may be a fraction.

    Wilson 1927, "Probable inference, the law of succession, and statistical inference".

    >>> lower, upper = wilson_interval(1.0, 100)
    >>> round(lower, 3), upper
    (0.963, 1.0)
    """
    z = _NORMAL_QUANTILE
    centre = share + z * z / (2 * count)
    spread = z * math.sqrt(share * (1 - share) / count + z * z / (4 * count * count))
    scale = 1 + z * z / count
    # Rounding may put the ends of 0 and 1 beside these
    return max(0.0, min(share, (centre - spread) / scale)), min(1.0, max(share, (centre + spread) / scale))
