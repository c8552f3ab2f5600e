"""Numbers and titles as the table words them."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping

ABSENT = "–"


def format_score(value: float | None) -> str:
    """Three decimals, as the study prints its scores.

    >>> format_score(1.0852), format_score(None)
    ('1.085', '–')
    """
    return ABSENT if value is None else f"{value:.3f}"


def format_epoch(value: float | None) -> str:
    """An integer where the epoch is whole, one decimal elsewhere.

    >>> format_epoch(243.0), format_epoch(2.9412), format_epoch(2.04)
    ('243', '2.9', '2.0')
    """
    if value is None or not math.isfinite(value):
        return ABSENT
    return f"{value:.0f}" if math.isclose(value, round(value), abs_tol=1e-6) else f"{value:.1f}"


def format_figure(value: float) -> str:
    """A figure of any size with four significant digits.

    >>> format_figure(0.000123456), format_figure(1234567.0)
    ('0.0001235', '1.235e+06')
    """
    return f"{value:.4g}"


def format_measured(value: float) -> str:
    """A figure that a metric gave, which need not be a finite number.

    >>> format_measured(12.3456), format_measured(float("nan"))
    ('12.35', 'not finite')
    """
    return format_figure(value) if math.isfinite(value) else "not finite"


def format_interval(interval: tuple[float, float]) -> str:
    """Lower and upper bound.

    >>> format_interval((-0.5, 12.3456))
    '-0.5 to 12.35'
    """
    low, high = interval
    return f"{format_measured(low)} to {format_measured(high)}"


def format_score_interval(interval: tuple[float, float] | None) -> str | None:
    """The interval of an inception score, ``None`` where there is none or a bound is not finite.

    >>> format_score_interval((1.0711, 1.0994))
    '1.071 to 1.099'
    """
    if interval is None or not all(map(math.isfinite, interval)):
        return None
    low, high = interval
    return f"{format_score(low)} to {format_score(high)}"


def format_score_with_spread(figures: Mapping[str, float]) -> str | None:
    """The inception score as "mean ± std", ``None`` where ``figures`` has none.

    >>> format_score_with_spread({"inception_score_mean": 1.0852, "inception_score_std": 0.017})
    '1.085 ± 0.017'
    """
    mean, std = figures.get("inception_score_mean"), figures.get("inception_score_std")
    if mean is None:
        return None
    return format_score(mean) if std is None else f"{format_score(mean)} ± {format_score(std)}"


def one_line(text: str) -> str:
    r"""``text`` with every run of white space and control characters as one space.

    >>> one_line("two\n\nlines")
    'two lines'
    """
    return " ".join("".join(" " if unicodedata.category(c) == "Cc" else c for c in text).split())
