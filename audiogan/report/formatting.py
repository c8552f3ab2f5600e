"""Numbers, names and titles as the report words them."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Collection, Mapping

from audiogan.report.records import INCEPTION_SCORE_MEAN

ABSENT = "–"
INCEPTION_SCORE_STD = "inception_score_std"
EPOCH = "epoch"
SCORE_NAMES = (INCEPTION_SCORE_MEAN, INCEPTION_SCORE_STD, EPOCH)
"""What the table of inception scores shows."""

_LEVEL = re.compile(r"_level_\d+$")


def format_score(value: float | None) -> str:
    """Three decimals, as the study prints its scores.

    >>> format_score(1.0852), format_score(None)
    ('1.085', '–')
    """
    return ABSENT if value is None or not math.isfinite(value) else f"{value:.3f}"


def format_epoch(value: float | None) -> str:
    """An integer where the epoch is whole, one decimal elsewhere.

    >>> format_epoch(243.0), format_epoch(2.9412), format_epoch(2.04)
    ('243', '2.9', '2.0')
    """
    if value is None or not math.isfinite(value):
        return ABSENT
    return f"{value:.0f}" if math.isclose(value, round(value), abs_tol=1e-6) else f"{value:.1f}"


def format_value(value: float | None) -> str:
    """A value of any size with four significant digits.

    >>> format_value(0.000123456), format_value(1234567.0), format_value(float("nan")), format_value(None)
    ('0.0001235', '1.235e+06', 'not finite', '–')
    """
    if value is None:
        return ABSENT
    return f"{value:.4g}" if math.isfinite(value) else "not finite"


def format_interval(interval: tuple[float, float] | None, *, score: bool = False) -> str | None:
    """Lower and upper bound, ``None`` where there is no interval or a bound is not finite.

    >>> format_interval((-0.5, 12.3456)), format_interval((1.0711, 1.0994), score=True)
    ('-0.5 to 12.35', '1.071 to 1.099')
    """
    if interval is None or not all(map(math.isfinite, interval)):
        return None
    worded = format_score if score else format_value
    return " to ".join(map(worded, interval))


def format_with_spread(name: str, values: Mapping[str, float]) -> str | None:
    """A value as "mean ± std" where it is a mean with a spread beside it, ``None`` where there is none.

    >>> format_with_spread("inception_score_mean", {"inception_score_mean": 1.0852, "inception_score_std": 0.017})
    '1.085 ± 0.017'
    """
    if name not in values:
        return None
    worded = format_score if name == INCEPTION_SCORE_MEAN else format_value
    spread = values.get(spread_of(name) or "")
    return worded(values[name]) + ("" if spread is None else f" ± {worded(spread)}")


def words_of(name: str) -> str:
    """The name as words of one line; the mean of the inception score is called by the score's name alone.

    >>> words_of("frechet_distance"), words_of("inception_score_mean")
    ('frechet distance', 'inception score')
    """
    return "inception score" if name == INCEPTION_SCORE_MEAN else one_line(name.replace("_", " "))


def spread_of(name: str) -> str | None:
    """The name of the standard deviation that belongs to a mean, ``None`` for a value that is not called a mean.

    >>> spread_of("kernel_distance_mean"), spread_of("frechet_distance")
    ('kernel_distance_std', None)
    """
    return f"{name.removesuffix('_mean')}_std" if name.endswith("_mean") else None


def is_level(name: str, names: Collection[str]) -> bool:
    """Whether a value is one level of another one among ``names``.

    >>> is_level("checkerboard_db_level_2", {"checkerboard_db"}), is_level("power_level_2", {"checkerboard_db"})
    (True, False)
    """
    return _LEVEL.search(name) is not None and _LEVEL.sub("", name) in names


def one_line(text: str) -> str:
    r"""``text`` with every run of white space and control characters as one space.

    >>> one_line("two\n\nlines")
    'two lines'
    """
    return " ".join("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text).split())
