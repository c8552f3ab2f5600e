"""What the name of a figure says about it."""

from __future__ import annotations

import re
from collections.abc import Collection

from audiogan.report.formatting import one_line

INCEPTION_SCORE_MEAN = "inception_score_mean"
INCEPTION_SCORE_STD = "inception_score_std"
EPOCH = "epoch"
IN_SCORE_TABLE = frozenset({INCEPTION_SCORE_MEAN, INCEPTION_SCORE_STD, EPOCH})
"""What stands in the table of inception scores."""

_LEVEL = re.compile(r"_level_\d+$")


def words_of(name: str) -> str:
    """The name as words of one line; the mean of the inception score is called by the score's name alone.

    >>> words_of("frechet_distance"), words_of("inception_score_mean")
    ('frechet distance', 'inception score')
    """
    return "inception score" if name == INCEPTION_SCORE_MEAN else one_line(name.replace("_", " "))


def spread_of(name: str) -> str | None:
    """The name of the standard deviation that belongs to a mean, ``None`` for a figure that is not called a mean.

    >>> spread_of("kernel_distance_mean"), spread_of("frechet_distance")
    ('kernel_distance_std', None)
    """
    return f"{name.removesuffix('_mean')}_std" if name.endswith("_mean") else None


def is_level(name: str, names: Collection[str]) -> bool:
    """Whether a figure is one level of another one among ``names``.

    >>> is_level("checkerboard_db_level_2", {"checkerboard_db"}), is_level("sound_level_2", {"checkerboard_db"})
    (True, False)
    """
    return _LEVEL.search(name) is not None and _LEVEL.sub("", name) in names
