"""What every metric asks of the waveforms that it is given."""

from __future__ import annotations

from collections.abc import Iterator

from torch import Tensor

from audiogan.errors import DataError

_ROWS_AT_A_TIME = 256


def check_waveforms(waveforms: Tensor) -> None:
    """Sees that there are waveforms ``[N, C, T]``, and that all of their samples are finite.

    :raises DataError: there are none, or some hold values that are not finite; the text says how many.
    """
    if len(waveforms) == 0:
        raise DataError("there are no waveforms to evaluate; give at least one")
    broken = sum(int((~rows.isfinite()).flatten(start_dim=1).any(dim=1).sum()) for rows in in_parts(waveforms))
    if broken:
        raise DataError(
            f"{broken} of {len(waveforms)} waveforms hold values that are not finite; leave such recordings out, "
            "or train with a lower learning rate"
        )


def in_parts(waveforms: Tensor) -> Iterator[Tensor]:
    """The waveforms, 256 at a time, so that what is made of them takes little memory."""
    for start in range(0, len(waveforms), _ROWS_AT_A_TIME):
        yield waveforms[start : start + _ROWS_AT_A_TIME]
