"""The pieces of the collection: their voices in text notation, from ``pieces.toml``, and how they are played."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from fractions import Fraction
from importlib.resources import files
from typing import Any, final

from attrs import field, frozen

from audiogan_bach.notation import Note, count_bars, expand_figure, parse_voice

_BAR_LINE = " | "


@final
@frozen
class PedalPassage:
    """Bars played with the sustain pedal: pressed again at ``first_bar`` and every ``interval`` whole notes after it.

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


def _piece(entry: Mapping[str, Any]) -> Piece:
    passages = entry.get("pedal", ())
    return Piece(
        catalogue_number=entry["catalogue_number"],
        title=entry["title"],
        extent=entry["extent"],
        bar_length=Fraction(entry["bar_length"]),
        tempo=entry["tempo"],
        voices=tuple(_BAR_LINE.join(map(_bars, voice["sections"])) for voice in entry["voice"]),
        pedal=tuple(PedalPassage(p["first_bar"], p["last_bar"], Fraction(p["interval"])) for p in passages),
    )


def _bars(section: str | Mapping[str, Any]) -> str:
    if isinstance(section, str):
        return section
    if "figure" in section:
        return expand_figure(section["figure"], section["chords"])
    return _BAR_LINE.join([section["bars"]] * section["times"])


PIECES: tuple[Piece, ...] = tuple(
    map(_piece, tomllib.loads(files("audiogan_bach").joinpath("pieces.toml").read_text(encoding="utf-8"))["piece"])
)
