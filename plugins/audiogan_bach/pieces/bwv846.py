"""Prelude in C major, BWV 846/1, from the Well-Tempered Clavier I: all 35 bars.

Bars 1 to 32 break one five-part chord a bar (twice over); the text without the extra bar 23 of later prints.
"""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.notation import expand_figure
from audiogan_bach.pieces.piece import PedalPassage, Piece

_CHORDS = """
C4 E4 G4 C5 E5 | C4 D4 A4 D5 F5 | B3 D4 G4 D5 F5 | C4 E4 G4 C5 E5 | C4 E4 A4 E5 A5 | C4 D4 F#4 A4 D5 |
B3 D4 G4 D5 G5 | B3 C4 E4 G4 C5 | A3 C4 E4 G4 C5 | D3 A3 D4 F#4 C5 | G3 B3 D4 G4 B4 | G3 Bb3 E4 G4 C#5 |
F3 A3 D4 A4 D5 | F3 Ab3 D4 F4 B4 | E3 G3 C4 G4 C5 | E3 F3 A3 C4 F4 | D3 F3 A3 C4 F4 | G2 D3 G3 B3 F4 |
C3 E3 G3 C4 E4 | C3 G3 Bb3 C4 E4 | F2 F3 A3 C4 E4 | F#2 C3 A3 C4 Eb4 | Ab2 F3 B3 C4 D4 | G2 F3 G3 B3 D4 |
G2 E3 G3 C4 E4 | G2 D3 G3 C4 F4 | G2 D3 G3 B3 F4 | G2 Eb3 A3 C4 F#4 | G2 E3 G3 C4 G4 | G2 D3 G3 C4 F4 |
G2 D3 G3 B3 F4 | C2 C3 G3 Bb3 E4"""
_UPPER = """
8: - 16: F3 A3 C4 F4 C4 A3 C4 A3 F3 A3 F3 D3 F3 D3 | 8: - 16: G4 B4 D5 F5 D5 B4 D5 B4 G4 B4 D4 F4 E4 D4 |
1: E4+G4+C5"""
_MIDDLE = "16: - 8.: C3~ 2.: C3 | 16: - 8.: B2~ 2.: B2 | 1: C3"
_BASS = "1: C2 | C2 | C2"

PIECE = Piece(
    catalogue_number="BWV 846/1",
    title="Prelude in C major (Well-Tempered Clavier I)",
    extent="complete, 35 bars",
    bar_length=Fraction(1),
    tempo=66.0,
    voices=(
        expand_figure("8: - 16: 3 4 5 3 4 5 8: - 16: 3 4 5 3 4 5", _CHORDS) + " | " + _UPPER,
        expand_figure("16: - 8.: 2~ 4: 2 16: - 8.: 2~ 4: 2", _CHORDS) + " | " + _MIDDLE,
        expand_figure("2: 1 1", _CHORDS) + " | " + _BASS,
    ),
    pedal=(PedalPassage(1, 35, Fraction(1)),),
)
