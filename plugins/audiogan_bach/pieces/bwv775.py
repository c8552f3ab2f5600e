"""Invention no. 4 in D minor, BWV 775: all 52 bars, both voices; ornaments are left out."""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.pieces.piece import Piece

_UPPER = """
16: D4 E4 F4 G4 A4 Bb4 | C#4 Bb4 A4 G4 F4 E4 | 8: F4 A4 D5 | G4 C#5 E5 | 16: D5 E5 F5 G5 A5 Bb5 |
C#5 Bb5 A5 G5 F5 E5 | F5 D5 E5 F5 G5 A5 | Bb4 A5 G5 F5 E5 D5 | E5 C5 D5 E5 F5 G5 | A4 G5 F5 E5 D5 C5 |
D5 E5 F5 D5 E5 F5 | 8: G4 - - | 16: C5 D5 E5 C5 D5 E5 | 8: F4 - Bb4~ | Bb4 A4 G4 | 16: C5 Bb4 A4 G4 F4 E4 |
F4 G4 8.: G4 16: F4 | 8: F4 C5 C5 | 4.: C5~ | C5~ | C5~ | 16: C5 Bb4 A4 G4 F4 E4 | C5 D4 E4 F#4 G4 A4 |
Bb4 A4 G4 F4 E4 D4 | Bb4 C4 D4 E4 F4 G4 | A4 B4 C5 D5 E5 F5 | G#4 F5 E5 D5 C5 B4 | C5 B4 D5 C5 B4 A4 |
G#4 A4 G#4 F#4 E4 D4 | C4 D4 E4 F#4 G#4 A4 | D4 C5 B4 A4 G#4 F#4 | E4 F#4 G#4 A4 B4 C5 | F#4 E5 D5 C5 B4 A4 |
G#4 A4 B4 C5 D5 E5 | A4 F5 E5 D5 C5 B4 | A5 G#5 F#5 E5 8: A5~ | 16: A5 D5 8.: B4 16: A4 | 8.: A4 16: A4 Bb4 C5 |
8: D4 F#4 A4 | 16: Bb4 G4 A4 Bb4 C5 D5 | E4 D5 C5 Bb4 A4 G4 | 8: A4 16: F5 E5 8: F5 | G4 E5 - |
16: D5 E5 F5 G5 A5 Bb5 | C#5 Bb5 A5 G5 F5 E5 | 8: F5 D5 G4~ | 16: G4 D5 C#5 E5 A4 C#5 | D5 B4 8.: C#5 16: D5 |
D5 C5 Bb4 A4 G4 F4 | Bb4 C#4 D4 E4 F4 G4 | A4 D5 8: F4 16: E4 D4 | 4.: D4"""
_LOWER = """
4.: - | - | 16: D3 E3 F3 G3 A3 Bb3 | C#3 Bb3 A3 G3 F3 E3 | 8: F3 A3 D4 | E3 G3 C#4 | D3 D4 F3 | G3 A3 Bb3 |
C3 C4 E3 | F3 G3 A3 | 16: Bb3 G3 A3 Bb3 C4 D4 | E3 D4 C4 Bb3 A3 G3 | A3 F3 G3 A3 Bb3 C4 | D3 C4 Bb3 A3 G3 F3 |
E3 C3 D3 E3 F3 G3 | A2 G3 F3 E3 D3 C3 | D3 Bb2 8: C3 C2 | 16: F2 G2 A2 Bb2 C3 D3 | E2 D3 C3 Bb2 A2 G2 |
A2 Bb2 C3 D3 E3 F3 | G2 F3 E3 D3 C3 Bb2 | A2 Bb2 C3 A2 Bb2 C3 | 8: F#2 - - | 16: G2 A2 Bb2 G2 A2 Bb2 | 8: E2 - - |
F2 F3 D3 | B2 G#2 E2 | 16: A2 G#2 A2 B2 C3 D3 | 4.: E3~ | E3~ | E3~ | E3~ | E3~ | 8: E3 E4 D4 | C4 B3 A3 |
D4 E4 F4 | D4 E4 E3 | 16: A3 A2 Bb2 C3 D3 Eb3 | F#2 Eb3 D3 C3 Bb2 A2 | 8.: G2 16: G2 A2 Bb2 | 8: C2 G2 C3 |
16: F3 G3 A3 B3 C#4 D4 | E3 D4 C#4 B3 A3 G3 | 8: F3 A3 D4 | E3 G3 C#4 | 16: D3 E3 F3 G3 A3 Bb3 |
C#3 Bb3 A3 G3 F3 E3 | F3 G3 8: A3 A2 | 8.: Bb2 16: C3 Bb2 A2 | G2 Bb3 A3 G3 F3 E3 | F3 G3 8: A3 A2 | 4.: D2"""

PIECE = Piece(
    catalogue_number="BWV 775",
    title="Invention no. 4 in D minor",
    extent="complete, 52 bars",
    bar_length=Fraction(3, 8),
    tempo=60.0,
    voices=(_UPPER, _LOWER),
)
