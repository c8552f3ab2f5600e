"""What a piece of the collection is: its voices in text notation and how it is played."""

from __future__ import annotations

from fractions import Fraction
from typing import final

from attrs import field, frozen

from audiogan_bach.notation import Note, count_bars, parse_voice


@final
@frozen
class PedalPassage:
    """Bars played with the sustain pedal: pressed anew at ``first_bar`` and every ``interval`` whole notes after it.

    Bars count from 1 and ``last_bar`` is included. A key released under the pedal sounds on until the next change.
    """

    first_bar: int
    last_bar: int
    interval: Fraction


@final
@frozen
class Piece:
    """A piece, or as much of it as ``extent`` says.

    ``bar_length`` is in whole notes; ``tempo`` in quarter notes a minute, at the slow end of what pianists choose.
    ``voices`` are strings in the notation of :mod:`audiogan_bach.notation`, the highest first.
    """

    catalogue_number: str
    title: str
    extent: str
    bar_length: Fraction
    tempo: float
    voices: tuple[str, ...]
    pedal: tuple[PedalPassage, ...] = field(default=())

    @property
    def bars(self) -> int:
        """The number of bars."""
        return count_bars(self.voices[0])

    @property
    def length(self) -> Fraction:
        """The length in whole notes."""
        return self.bars * self.bar_length

    def parsed_voices(self) -> tuple[tuple[Note, ...], ...]:
        """The notes of each voice.

        :raises NotationError: a voice cannot be read.
        """
        return tuple(parse_voice(voice, bar_length=self.bar_length) for voice in self.voices)
