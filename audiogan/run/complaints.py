"""What is plainly wrong with waveforms, in words and with what to do about it."""

from __future__ import annotations

from collections.abc import Iterator

from audiogan.evaluation.soundness import CLIPPED_RUN, SILENT_PEAK, Soundness

_SILENT = f"silent (peak under {SILENT_PEAK:g})"
_CLIPPED = f"clipped ({CLIPPED_RUN} samples in a row at full scale)"
_WORTH_TELLING = 0.1
"""The share of clipped or repeated windows from which on it is a fault of the generator rather than a rare sound."""


def generation_complaints(found: Soundness) -> tuple[str, ...]:
    """What is plainly wrong with generated waveforms."""
    return tuple(_about_generated(found))


def recording_complaints(found: Soundness) -> tuple[str, ...]:
    """What is plainly wrong with recordings, whatever made them."""
    return tuple(_about_recordings(found))


def data_complaints(found: Soundness) -> tuple[str, ...]:
    """What is plainly wrong with real waveforms."""
    return tuple(_about_data(found))


def _about_generated(found: Soundness) -> Iterator[str]:
    if found.silent:
        yield (
            f"{_share(found.silent, found, 'generated')} are {_SILENT}: if it stays so, the generator has collapsed; "
            "lower the learning rate or try another loss"
        )
    if found.clipped > _WORTH_TELLING * found.windows:
        yield (
            f"{_share(found.clipped, found, 'generated')} are {_CLIPPED}: the generator saturates; lower the learning "
            "rate, or see whether the data are clipped as well"
        )
    repeated = found.duplicates + found.near_duplicates
    if repeated > _WORTH_TELLING * found.windows:
        yield (
            f"{_share(repeated, found, 'generated')} are the same as others or nearly so: if it stays so, the "
            "generator has collapsed onto few sounds; lower the learning rate or try another loss"
        )


def _about_recordings(found: Soundness) -> Iterator[str]:
    repeated = found.duplicates + found.near_duplicates
    if found.silent:
        yield f"{found.silent} of {found.windows} recordings are {_SILENT}"
    if found.clipped > _WORTH_TELLING * found.windows:
        yield f"{found.clipped} of {found.windows} recordings are {_CLIPPED}"
    if repeated > _WORTH_TELLING * found.windows:
        yield f"{repeated} of {found.windows} recordings are the same as others or nearly so"


def _about_data(found: Soundness) -> Iterator[str]:
    if found.silent:
        yield (
            f"{_share(found.silent, found, 'real')} are {_SILENT}: the generator will learn to be silent as often; "
            "leave silent recordings out, or see that dataset.feature holds what you think it does"
        )
    if found.clipped > _WORTH_TELLING * found.windows:
        yield (
            f"{_share(found.clipped, found, 'real')} are {_CLIPPED}: the generator will learn to clip; use recordings "
            "of a lower level"
        )


def _share(count: int, found: Soundness, kind: str) -> str:
    return f"{count} of {found.windows} {kind} windows"
