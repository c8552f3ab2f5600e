"""Aria of the Goldberg Variations, BWV 988: all 32 bars, without the repeats.

Ornaments and appoggiaturas are left out, and one half note of the middle voice in bar 10.
"""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.pieces.piece import Piece

_UPPER = """
4: G5 G5 8.: A5 16: B5 | 8: A5 F#5 2: D5 | 4: G4 4.: G4 16: F#4 G4 | 32: A4 G4 16: F#4 32: G4 F#4 16: E4 2: D4 |
4: D5 D5 8.: E5 16: F5 | 8: E5 C5 4.: A4 8: F#5 |
32: G5 16.: F#5 32: A5 16.: G5 32: F#5 16.: E5 32: D5 16.: C5 8.: A5 16: C5 | 32: B4 16.: G4 8: F#4 2: G4 |
4: B4 B4 8.: C#5 16: D5 | D5 C#5 B4 A4~ 2: A4 | 4: G4+B4+E5+G5 4.: G5 16: F#5 G5 | 8: G5 E5 4.: C#5 8: E5 |
16: A5 G5 F#5 E5 8: D5 4: A4~ 32: A4 B4 16: C5 | B4 A4 G4 F#4 8: E4 4: C#5~ 32: C#5 D5 16: E5 |
D5 C#5 B4 A4 8: G5 4: B4 8: C#5 | D5~ 32: D5 E5 D5 C#5 2: D5 | 4: A4 A4~ 16: A4 32: A4 B4 C5 D5 16: E5 |
8: D5 B4 4.: G4 8: G5 | 8.: E5 32: F#5 D#5 4.: E5 32: A5 B5 A5 G5 | 8.: A5 16: F#5 4.: D#5 8: B4 |
8.: G5 16: F#5 4: E5~ 16: E5 B4 32: C5 B4 A4 B4 | G5 16.: E5 32: F#5 16.: D#5 4: E5~ 16: E5 G4 F#4 E4 |
8.: F#4 16: E5 8: D#5 A5 G5 F#5 | 8.: E5 32: F#5 D#5 2: E5 | 8: E5 C5 4.: A4 16: B4 C5 |
32: D5 C5 16: B4 32: C5 B4 16: A4 4.: G4 16: A4 B4 | C5 D5 C5 B4 C5 A4 E4 A4 4: C5~ |
16: C5 D5 C5 B4 C5 A4 F#4 A4 C5 E5 D5 C5 | B4 C5 B4 A4 B4 G4 D4 G4 B4 G4 C5 D5 |
E5 F5 E5 D5 E5 C5 G4 C5 E5 C5 F#5 G5 | A5 C5 B4 A4 B4 C5 D5 G4 B4 A4 G4 F#4 | 4: G4~ 16: G4 D4 G4 F#4 4: G4"""
_MIDDLE = """
4: - 2: B3 | 4: - 2: A3 | 4: - 2: G3 | 4: - 2: F#3 | 4: - 2: D3 | 4: - 4.: E3 8: - |
- C4~ C4 16: B3 A3 G3 F#3 E3 F#3 | 8: G3 A3 2: B3 | 4: - 2: B3 | 4: A3 2: - | 8: - B3 4.: E4 8: D4 | C#4 D4 2: E4 |
4: - 2: A3 | 4: - B3 E4 | F#4 8.: E4 16: F#4 4: G4~ | G4 2: F#4 | 8: - E4 2: F#4 | 8: - C4 2: D4 |
8: - E4 4: G4 8: F#4 E4 | D#4 E4 2: F#4 | 8: - A3 G3 F#3 4: G3 | 8: - A3 G3 F#3 G3 B3 | 4.: F#4 8: C5 B4 A4~ |
4: A4 2: G4 | 4: - 2: E3 | 2.: - | 4.: - 8: E4~ 16: E4 B4 A4 G4 | 4: F#4 8: - 4.: F#4 | 8: G4 - - 8.: D4 G4~ |
4: G4 8: - 8.: G4 C5 | 2.: - | 16: - C4 B3 A3 2: B3"""
_TENOR = """
4: - - D4 | - - D4 | - - C#4 | - - A3 | - - G3 | - - A3 | 2.: - | - | 4: - - E4 | 2.: - | - | - | 4: - - D4 |
2.: - | - | 4: - 8: - A3 4: D4 | 2.: - | - | - | - | - | - | 4: - - 8: - D#3 | 4: E3 2: - | 4: - - A3~ |
8: A3 F#3 D3 16: E3 F#3 G3 F#3 8: G3~ | G3 E3 A3 - 4: - | 2.: - | - | - | - | -"""
_BASS = """
2.: G3 | F#3 | E3 | 2: D3~ 8: D3 C3 | 2.: B2 | 2: C3~ 8: C3 D3 | E3 C3 2: D3 | 4.: G2 8: D3 8.: E3 16: F#3 |
2.: G3~ | 4: G3 8: F#3 E3 F#3 B3 | 4.: E3 8: E3 F#3 G3 | 4.: A3 8: B3 A3 G3 | 2.: F#3 | G3 | A3 | D3 | 2: D4 4: C4 |
4.: B3 8: A3 4: B3 | 4.: C4 8: B3 4: A3 | 4.: B3 8: A3 G3 F#3 | 2: E3 4: D3 | 2: C3 4: B2 | 8: A2 C3 B2 A2 4: B2 |
8: E3 B2 E2 B2 E3 D3 | 2.: C3 | B2 | 4.: A2 8: G2 F#2 E2 | D2 A2 D3 C3 B2 A2 | G2 D3 G3 F3 E3 D3 |
C3 G3 C4 B3 A3 G3 | F#3 D3 G3 B3 D4 D3 | 4.: G3 8: D3 4: G2"""

PIECE = Piece(
    catalogue_number="BWV 988",
    title="Aria of the Goldberg Variations",
    extent="complete without repeats, 32 bars",
    bar_length=Fraction(3, 4),
    tempo=50.0,
    voices=(_UPPER, _MIDDLE, _TENOR, _BASS),
)
