"""Where an Ogg file is damaged.

A decoder drops a page whose checksum is wrong, and what follows moves forward in whatever it goes on to decode.
"""

from __future__ import annotations

from collections import OrderedDict
from fractions import Fraction
from math import ceil, floor
from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import final

from attrs import evolve, frozen

from audiogan.audio.ogg_pages import NO_POSITION, sound_pages

_PAGES_TO_RECOVER = 4
"""Pages behind damage that, at the least, are taken for damaged as well: a packet may reach from one page to the next,
the first that is decoded gives no sound, and libsndfile, which looks for a sample near pages that are gone, begins up
to two pages too late or too early. There must be a second from the first of them to the last: where libsndfile comes
upon a gap while it looks for a sample of Opus, it begins at the wrong one up to 0.68 s behind the page that follows."""
_MOST_DAMAGES = 64


@final
@frozen
class OggDamage:
    """A stretch of a recording that its file does not give as it was written."""

    byte: int
    """The byte of the file at which the damage begins."""
    begin: int
    """Its first sample."""
    end: int
    """The sample behind its last."""


@final
class OggDamages:
    """What :func:`find_damage` found, kept for the files asked for last."""

    _MOST_FILES = 2**16

    def __init__(self) -> None:
        self._kept: OrderedDict[Path, tuple[OggDamage, ...]] = OrderedDict()

    def of(self, path: Path, *, length: int, sample_rate: int, positions_per_s: int) -> tuple[OggDamage, ...]:
        """As :func:`find_damage`.

        :raises OSError: the file cannot be read.
        """
        if path in self._kept:
            self._kept.move_to_end(path)
            return self._kept[path]
        damages = self._kept[path] = find_damage(
            path, length=length, sample_rate=sample_rate, positions_per_s=positions_per_s
        )
        if len(self._kept) > self._MOST_FILES:
            self._kept.popitem(last=False)
        return damages


def find_damage(path: Path, *, length: int, sample_rate: int, positions_per_s: int) -> tuple[OggDamage, ...]:
    """The damages of an Ogg file whose first stream is a recording of ``length`` samples, each channel.

    ``sample_rate`` is in Hz, and ``positions_per_s`` the rate at which the stream's pages count.

    Every page is held to its checksum, and those of the stream to their numbers and to positions that never go back.
    What is damaged before the first position damages all, since samples are counted from there; from the 64th damage
    on, the rest of the recording is taken for damaged.

    :raises OSError: the file cannot be read.
    """
    if path.stat().st_size == 0:  # which cannot be mapped
        return (OggDamage(0, 0, length),)
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        gaps, end = _gaps(content, positions_per_s)
    samples_per_position = Fraction(sample_rate, positions_per_s)

    def sample(position: int) -> Fraction:
        # counted from the end, since the position at which a recording begins need not be 0
        return length - (end - position) * samples_per_position

    damages = [
        OggDamage(
            gap.byte,
            # a sample earlier, since positions may be finer than samples
            max(0, floor(sample(gap.after)) - 1) if gap.after else 0,
            length if gap.until is None else ceil(sample(gap.until)),
        )
        for gap in gaps[:_MOST_DAMAGES]
    ]
    if len(damages) == _MOST_DAMAGES:
        damages[-1] = evolve(damages[-1], end=length)
    return tuple(damages)


@final
@frozen
class _Gap:
    byte: int
    after: int
    """The last position before it; 0 where there is none."""
    until: int | None
    """The position from which on all is well again."""


def _gaps(content: mmap, positions_per_s: int) -> tuple[list[_Gap], int]:
    """The gaps in the first stream of ``content``, whose positions are so many a second, and its last position."""
    gaps: list[_Gap] = []
    gap: _Gap | None = None
    end = position = number = recovered = resumed = 0
    serial: int | None = None
    for page in sound_pages(content):
        if serial is None:
            serial, end = page.serial, page.begin
        before, end = end, page.end
        is_gap = page.begin != before
        if page.serial == serial:
            states_position = page.position != NO_POSITION
            is_gap |= page.number != number or (states_position and page.position < position)
            number = page.number + 1
        else:
            states_position = False
        if is_gap:
            gap = gap or _Gap(before, min(position, page.position) if states_position else position, None)
            recovered = 0
        if not states_position:
            continue
        position = page.position
        recovered += 1
        if recovered == 1:
            resumed = position
        is_well = recovered >= _PAGES_TO_RECOVER and position >= resumed + positions_per_s
        if gap is not None and gap.after and is_well:
            gaps.append(evolve(gap, until=position))
            gap = None
        if page.ends_stream:
            break
    return ([*gaps, gap] if gap is not None else gaps), position
