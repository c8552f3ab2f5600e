"""The notes of a chorale as written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, final

from attrs import frozen

from audiogan.errors import DataError

_VOICES = ("soprano", "alto", "tenor", "bass")


@final
@frozen
class WrittenNote:
    """A note, its times in quarter notes from the beginning."""

    onset: float
    length: float
    pitch: int
    """MIDI's number; 60 is the middle C."""
    part: int
    """0 is the highest part."""
    fermata: bool


@final
@frozen
class Score:
    """All notes in the order of their onsets, tied ones as one, with repeats written out."""

    notes: tuple[WrittenNote, ...]
    key: str
    """As music21's analysis finds it: ``G major``, ``b minor``."""


def read_score(path: Path) -> Score:
    """The score in a file of the corpus.

    Of settings with instruments only the four voices are taken. Grace notes are left out.

    :raises DataError: the file holds no notes, or cannot be read.
    """
    from music21 import converter

    try:
        stream: Any = converter.parse(path, forceSource=True, storePickle=False).toSoundingPitch()
        key = str(stream.analyze("key")).replace("-", "b")
        notes = [
            note
            for number, part in enumerate(_voices(list(stream.expandRepeats().parts)))
            for element in part.stripTies().flatten().notes
            if element.quarterLength > 0
            for note in _notes(element, number)
        ]
    # music21 lets through whatever the parsers beneath it raise
    except Exception as error:
        raise DataError(f"{path}: music21 cannot read its notes ({error}); install music21 anew with pip") from error
    if not notes:
        raise DataError(f"{path}: holds no notes; install music21 anew with pip")
    return Score(tuple(sorted(notes, key=lambda note: (note.onset, note.pitch, note.part))), key)


def _voices(parts: Sequence[Any]) -> Sequence[Any]:
    named = [
        next((part for part in parts if (part.partName or "").casefold().startswith(voice)), None) for voice in _VOICES
    ]
    return parts if len(parts) <= len(_VOICES) or None in named else named


def _notes(element: Any, part: int) -> list[WrittenNote]:
    fermata = any("Fermata" in expression.classes for expression in element.expressions)
    onset, length = float(element.offset), float(element.quarterLength)
    return [WrittenNote(onset, length, int(pitch.midi), part, fermata) for pitch in element.pitches]
