"""Prelude in C minor, BWV 999, written for the lute and long played on keyboards: all 43 bars.

Its right hand breaks one chord of three pitches a bar; only bars 34, 42 and 43 depart from the figure.
"""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.notation import expand_figure
from audiogan_bach.pieces.piece import PedalPassage, Piece

_RIGHT_HAND_FIGURE = "16: - 1 2 3 2 1 2 1 - 1 - 1"
_BARS_1_TO_33 = """
C4 Eb4 G4 | C4 Eb4 G4 | C4 F4 Ab4 | C4 F4 Ab4 | B3 D4 F4 | B3 D4 F4 | G3 C4 Eb4 | G3 C4 Eb4 | G3 C4 Eb4 |
G3 C4 Eb4 | A3 C4 Eb4 | A3 C4 Eb4 | A3 Bb3 D4 | G3 Bb3 D4 | Bb3 D4 G4 | A3 Eb4 G4 | A3 C4 F#4 | A3 C4 F#4 |
Bb3 D4 G4 | C4 F#4 A4 | D4 G4 Bb4 | D4 F#4 C5 | C#4 G4 Bb4 | C4 Eb4 A4 | Bb3 E4 G4 | A3 C4 G4 | A3 C4 F#4 |
G3 Bb3 E4 | F#3 A3 Eb4 | G3 Bb3 D4 | G3 A3 C4 | F#3 A3 C4 | F#3 A3 C4"""
_BAR_34 = "16: - G3 A3 C4 B3 G3 B3 G3 - G3 - G3"
_BARS_35_TO_41 = """
A3 C4 F#4 | C4 F#4 A4 | B3 D4 G4 | B3 D4 F4 | G3 C4 Eb4 | F#3 C4 Eb4 | F#3 C4 Eb4"""
_BARS_42_AND_43 = "16: - G3 B3 D4 B3 G3 B3 D4 Eb4 C4 A3 F#4 | 4: G3+B3+G4 - -"
_BASS = """
C3 G3 Eb3 | C3 G3 Eb3 | C3 Ab3 F3 | C3 Ab3 F3 | C3 Ab3 F3 | C3 Ab3 F3 | C3 Eb3 C3 | Bb2 Eb3 C3 | Ab2 Eb3 C3 |
G2 Eb3 C3 | F#2 Eb3 C3 | F#2 F#3 D3 | G2 D3 Bb2 | G2 Bb2 G2 | Eb2 G3 Eb3 | C3 C3 A2 | D2 D3 A2 | D2 D3 A2 |
D2 D3 Bb2 | D2 Eb3 C3 | D2 G3 D3 | D2 A3 F#3 | D2 G3 Eb3 | D2 F#3 D3 | D2 E3 C#3 | D2 Eb3 C3 | D2 D3 A2 |
D2 C#3 Bb2 | D2 C3 A2 | D2 Bb2 G2 | D2 Eb3 C3 | D2 D3 A2 | G2 Eb3 C3 | G2 D3 B2 | G2 Eb3 C3 | G2 Eb3 C3 | G2 G3 D3 |
G2 Ab3 F3 | G2 Eb3 C3 | G2 Eb3 C3 | G2 Eb3 C3"""
_BASS_END = "4: G2 - - | G2+D3 - -"

PIECE = Piece(
    catalogue_number="BWV 999",
    title="Prelude in C minor",
    extent="complete, 43 bars",
    bar_length=Fraction(3, 4),
    tempo=66.0,
    voices=(
        " | ".join(
            (
                expand_figure(_RIGHT_HAND_FIGURE, _BARS_1_TO_33),
                _BAR_34,
                expand_figure(_RIGHT_HAND_FIGURE, _BARS_35_TO_41),
                _BARS_42_AND_43,
            )
        ),
        expand_figure("4: 1 - 8: 2 3", _BASS) + " | " + _BASS_END,
    ),
    pedal=(PedalPassage(1, 43, Fraction(3, 4)),),
)
