"""A compact text notation for keyboard music, and its strict parser.

A voice is one string of bars separated by ``|``. A bar is a sequence of tokens separated by blanks:

- ``16:``, ``4.:`` set the note value of what follows (a sixteenth, a dotted quarter) until the next such token;
- ``C4``, ``F#3``, ``Bb2`` are notes in scientific pitch notation (C4 is middle C), ``C4+E4+G4`` is a chord;
- ``-`` is a rest;
- ``~`` at the end of a note or chord ties each of its pitches to the same pitch in the token that follows.

Every bar must add up to the bar length exactly, so that a forgotten or doubled note cannot pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import final

from attrs import evolve, frozen

LOWEST_PITCH, HIGHEST_PITCH = 21, 108
"""The range of a piano as MIDI note numbers: A0 to C8."""

_VALUE = re.compile(r"(1|2|4|8|16|32|64)(\.{0,2}):")
_PITCH = re.compile(r"([A-G])(#{1,2}|b{1,2})?([0-8])")
_REST = "-"
_SEMITONES = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


@final
class NotationError(ValueError):
    """Text that is not a voice; the message names the bar (counted from 1) and the token."""


@final
@frozen
class Note:
    """A key held down: MIDI note number, onset and length in whole notes from the start of the piece."""

    pitch: int
    start: Fraction
    length: Fraction

    @property
    def end(self) -> Fraction:
        """Where the key is released, in whole notes."""
        return self.start + self.length


def parse_pitch(text: str) -> int:
    """The MIDI note number of a pitch in scientific notation.

    :raises NotationError: the text is no pitch, or none that a piano has.

    >>> parse_pitch("C4"), parse_pitch("Bb2"), parse_pitch("F#3")
    (60, 46, 54)
    """
    match = _PITCH.fullmatch(text)
    if match is None:
        raise NotationError(f"'{text}' is not a pitch such as C4, F#3 or Bb2")
    step, accidental, octave = match[1], match[2] or "", int(match[3])
    pitch = 12 * (octave + 1) + _SEMITONES[step] + accidental.count("#") - accidental.count("b")
    if not LOWEST_PITCH <= pitch <= HIGHEST_PITCH:
        raise NotationError(f"'{text}' is beyond the keyboard (A0 to C8)")
    return pitch


def parse_voice(text: str, *, bar_length: Fraction) -> tuple[Note, ...]:
    """The notes of a voice in order of onset, tied notes joined; ``bar_length`` is in whole notes.

    :raises NotationError: a token cannot be read, a bar does not add up, or a tie leads nowhere.

    >>> [(note.pitch, str(note.length)) for note in parse_voice("4: C4 D4~ | 2: D4", bar_length=Fraction(1, 2))]
    [(60, '1/4'), (62, '3/4')]
    """
    notes: list[Note] = []
    tied: dict[int, int] = {}
    for position, value, pitches, has_tie, where in _events(text, bar_length):
        open_ties, tied = tied, {}
        if missing := [pitch for pitch in open_ties if pitch not in pitches]:
            raise NotationError(f"{where}: the tie before it needs MIDI note {missing[0]} here")
        for pitch in pitches:
            index = open_ties.get(pitch)
            if index is None:
                index = len(notes)
                notes.append(Note(pitch, position, value))
            else:
                notes[index] = evolve(notes[index], length=notes[index].length + value)
            if has_tie:
                tied[pitch] = index
    if tied:
        raise NotationError("the last note is tied to nothing")
    return tuple(notes)


def count_bars(text: str) -> int:
    """The number of bars in a voice."""
    return text.count("|") + 1


def expand_figure(figure: str, chords: str) -> str:
    """A voice that repeats one bar's figure over changing chords, as in many preludes.

    ``figure`` is a bar in which the digits 1 to 9 stand for the pitches of a chord in the order written; ``chords``
    holds the pitches of each bar.

    :raises NotationError: the figure asks for a pitch that a chord does not have.

    >>> expand_figure("8: 1 2 3~ 3", "C4 E4 G4 | B3 D4 G4")
    '8: C4 E4 G4~ G4 | 8: B3 D4 G4~ G4'
    """
    return " | ".join(
        _expand_bar(figure, chord.split(), number) for number, chord in enumerate(chords.split("|"), start=1)
    )


def _expand_bar(figure: str, chord: list[str], number: int) -> str:
    tokens = []
    for token in figure.split():
        name, tie = token.removesuffix("~"), "~" if token.endswith("~") else ""
        if name.isdecimal():
            if not 1 <= int(name) <= len(chord):
                raise NotationError(f"bar {number}: the figure asks for pitch {name} of {len(chord)}")
            token = chord[int(name) - 1] + tie
        tokens.append(token)
    return " ".join(tokens)


def _events(text: str, bar_length: Fraction) -> Iterator[tuple[Fraction, Fraction, tuple[int, ...], bool, str]]:
    """Onset, length, pitches (none for a rest), whether a tie follows, and a description for error messages."""
    value: Fraction | None = None
    for number, bar in enumerate(text.split("|"), start=1):
        start = (number - 1) * bar_length
        position = start
        for token in bar.split():
            where = f"bar {number}, '{token}'"
            if token.endswith(":"):
                value = _parse_value(token, where)
                continue
            if value is None:
                raise NotationError(f"{where}: a note value such as '8:' must come first")
            yield position, value, *_parse_sound(token, where), where
            position += value
        if position - start != bar_length:
            raise NotationError(f"bar {number} holds {position - start} of {bar_length} whole notes")


def _parse_value(token: str, where: str) -> Fraction:
    match = _VALUE.fullmatch(token)
    if match is None:
        raise NotationError(f"{where}: not a note value such as '16:' or '4.:'")
    return Fraction(1, int(match[1])) * (2 - Fraction(1, 2 ** len(match[2])))


def _parse_sound(token: str, where: str) -> tuple[tuple[int, ...], bool]:
    if token == _REST:
        return (), False
    try:
        pitches = tuple(parse_pitch(name) for name in token.removesuffix("~").split("+"))
    except NotationError as error:
        raise NotationError(f"{where}: {error}") from None
    if len(set(pitches)) != len(pitches):
        raise NotationError(f"{where}: the same key twice in a chord")
    return pitches, token.endswith("~")
