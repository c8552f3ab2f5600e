"""Little prelude in C major, BWV 924, from the Klavierbüchlein for W. F. Bach: all 18 bars; ornaments are left out."""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.pieces.piece import PedalPassage, Piece

_UPPER = """
16: - G4 C5 E5 - G4 C5 E5 - G4 C5 D5 - B4 D5 G5 | - A4 D5 G5 - A4 D5 F5 - A4 D5 E5 - C5 E5 A5 |
- B4 E5 A5 - B4 E5 G5 - C5 E5 F5 - G4 D5 F5 | - G4 D5 E5 - G4 C5 E5 - A4 C5 D5 - E4 B4 D5 |
- E4 B4 C5 - E4 A4 C5 - F4 A4 Bb4 - C4 G4 Bb4 | - C4 G4 A4 - C4 F4 A4 - D4 F4 B4 - E4 G4 C5 |
- D4 G4 C5 - D4 G4 B4 - C4 G4 B4 - C4 F#4 A4 | - B3 D4 A4 - B3 D4 G4 - A3 C4 G4 - A3 C4 F4 | 4: B3+D4+F4 - 2: - |
4: - 16: F4 G4 B4 D5 B4 G4 B4 D5 F5 G5 B5 F5 | E5 C6 G5 F5 E5 C6 G5 E5 D5 C6 F5 E5 D5 B5 F5 D5 |
C5 B5 E5 D5 C5 A5 E5 C5 B4 A5 D5 C5 B4 G5 D5 C5 | A4 G5 C5 B4 A4 F#5 C5 A4 B4 F5 D5 C5 B4 F5 D5 C5 |
G4 E5 C5 B4 A4 E5 C5 A4 F#4 D5 B4 A4 G4 D5 B4 G4 | E4 C5 A4 G4 F#4 C5 A4 F#4 D4 C5 B4 A4 B4 G4 D4 F#4 |
G4 E4 F4 D5 C5 B4 A4 G4 F5 D5 Eb5 C5 F#4 Eb5 D5 C5 | B4 D5 B4 G4 Ab4 F4 G4 D4 Eb4 F#4 A4 C5 - 8: C5 16: B4 |
1: E4+G4+C5"""
_MIDDLE = """
1: - | - | - | - | - | - | - | - | - | - | - | - | - | - | - | - | 2.: - 8: D4 F4 | 1: -"""
_BASS = """
4: C3 E3 G3 G2 | D3 F3 A3 A2 | E2 E3 A3 B3 | C4 E3 F#3 G#3 | A3 C3 D3 E3 | F3 E3 D3 C3 | G3 G2 G3 G2 | G3 G2 G3 G2 |
G3 - 16: - G2 B2 D3 F3 G3 B3 D4 | B3 G3 B3 D4 4: - 2: - | 1: G2+G3~ | G2+G3~ | G2+G3~ | G2+G3~ | G2+G3~ | G2+G3~ |
G2+G3 | C2+C3"""

PIECE = Piece(
    catalogue_number="BWV 924",
    title="Little prelude in C major",
    extent="complete, 18 bars",
    bar_length=Fraction(1),
    tempo=58.0,
    voices=(_UPPER, _MIDDLE, _BASS),
    pedal=(
        PedalPassage(1, 9, Fraction(1, 4)),
        PedalPassage(10, 10, Fraction(1)),
        PedalPassage(11, 17, Fraction(1, 2)),
    ),
)
