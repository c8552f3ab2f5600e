"""Invention no. 1 in C major, BWV 772: all 22 bars, both voices; ornaments are left out."""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.pieces.piece import Piece

_UPPER = """
16: - C4 D4 E4 F4 D4 E4 C4 8: G4 C5 B4 C5 | 16: D5 G4 A4 B4 C5 A4 B4 G4 8: D5 G5 F5 G5 |
16: E5 A5 G5 F5 E5 G5 F5 A5 G5 F5 E5 D5 C5 E5 D5 F5 | E5 D5 C5 B4 A4 C5 B4 D5 C5 B4 A4 G4 F#4 A4 G4 B4 |
8: A4 D4 8.: C5 16: D5 B4 A4 G4 F#4 E4 G4 F#4 A4 | G4 B4 A4 C5 B4 D5 C5 E5 D5 32: B4 C5 16: D5 G5 8: B4 16: A4 G4 |
8: G4 - 4: - 16: - G4 A4 B4 C5 A4 B4 G4 | 8: F#4 - 4: - 16: - A4 B4 C5 D5 B4 C5 A4 |
8: B4 - 4: - 16: - D5 C5 B4 A4 C5 B4 D5 | 8: C5 - 4: - 16: - E5 D5 C5 B4 D5 C#5 E5 | 8: D5 C#5 D5 E5 F5 A4 B4 C#5 |
D5 F#4 G#4 A4 B4 C5 4: D5~ | 16: D5 E4 F#4 G#4 A4 F#4 G#4 E4 E5 D5 C5 E5 D5 C5 B4 D5 |
C5 A5 G#5 B5 A5 E5 F5 D5 G#4 F5 E5 D5 8: C5 16: B4 A4 | A4 A5 G5 F5 E5 G5 F5 A5 2: G5~ |
16: G5 E5 F5 G5 A5 F5 G5 E5 2: F5~ | 16: F5 G5 F5 E5 D5 F5 E5 G5 2: F5~ | 16: F5 D5 E5 F5 G5 E5 F5 D5 2: E5~ |
16: E5 C5 D5 E5 F5 D5 E5 C5 D5 E5 F5 G5 A5 F5 G5 E5 | F5 G5 A5 B5 C6 A5 B5 G5 8: C6 G5 E5 16: D5 C5 |
C5 Bb4 A4 G4 F4 A4 G4 Bb4 A4 B4 C5 E4 D4 C5 F4 B4 | 1: C5+G4+E4"""
_LOWER = """
2: - 16: - C3 D3 E3 F3 D3 E3 C3 | 8: G3 G2 4: - 16: - G3 A3 B3 C4 A3 B3 G3 | 8: C4 B3 C4 D4 E4 G3 A3 B3 |
C4 E3 F#3 G3 A3 B3 4: C4~ | 16: C4 D3 E3 F#3 G3 E3 F#3 D3 8: G3 B2 C3 D3 | E3 F#3 G3 E3 8.: B2 16: C3 8: D3 D2 |
16: - G2 A2 B2 C3 A2 B2 G2 8: D3 G3 F#3 G3 | 16: A3 D3 E3 F#3 G3 E3 F#3 D3 8: A3 D4 C4 D4 |
16: G3 G4 F4 E4 D4 F4 E4 G4 8: F4 E4 F4 D4 | 16: E4 A4 G4 F4 E4 G4 F4 A4 8: G4 F4 G4 E4 |
16: F4 Bb4 A4 G4 F4 A4 G4 Bb4 A4 G4 F4 E4 D4 F4 E4 G4 | F4 E4 D4 C4 B3 D4 C4 E4 D4 C4 B3 A3 G#3 B3 A3 C4 |
8: B3 E3 8.: D4 16: E4 C4 B3 A3 G3 F#3 A3 G#3 B3 | A3 C4 B3 D4 C4 E4 D4 F4 8: E4 A3 E4 E3 |
A3 A2 4: - 16: - E4 D4 C4 B3 D4 C#4 E4 | 2: D4~ 16: D4 A3 B3 C4 D4 B3 C4 A3 | 2: B3~ 16: B3 D4 C4 B3 A3 C4 B3 D4 |
2: C4~ 16: C4 G3 A3 Bb3 C4 A3 Bb3 G3 | 8: A3 Bb3 A3 G3 F3 D4 C4 Bb3 | A3 F4 E4 D4 16: E4 D3 E3 F3 G3 E3 F3 D3 |
8: E3 C3 D3 E3 16: F3 D3 E3 F3 8: G3 G2 | 1: C3+C2"""

PIECE = Piece(
    catalogue_number="BWV 772",
    title="Invention no. 1 in C major",
    extent="complete, 22 bars",
    bar_length=Fraction(1),
    tempo=56.0,
    voices=(_UPPER, _LOWER),
)
