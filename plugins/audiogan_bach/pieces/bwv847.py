"""Prelude in C minor, BWV 847/1, from the Well-Tempered Clavier I: all 38 bars.

Bars 1 to 24 repeat one figure of both hands, four pitches to a hand and bar. Ornaments are left out.
"""

from __future__ import annotations

from fractions import Fraction

from audiogan_bach.notation import expand_figure
from audiogan_bach.pieces.piece import PedalPassage, Piece

_FIGURE = "16: 1 2 3 2 4 2 3 2 1 2 3 2 4 2 3 2"
_RIGHT_HAND = """
C5 Eb4 D4 C4 | Ab4 F4 E4 C4 | B4 F4 Eb4 D4 | C5 G4 F4 Eb4 | Eb5 Ab4 G4 Eb4 | D5 F#4 E4 D4 | D5 G4 F#4 D4 |
C5 E4 D4 C4 | C5 F4 E4 C4 | Bb4 F4 Eb4 D4 | Bb4 G4 F4 Eb4 | Ab4 G4 F4 Eb4 | Ab4 D4 C4 Bb3 | G4 Bb3 Ab3 Eb4 |
F4 C4 Bb3 A3 | F4 D4 C4 B3 | F4 D4 C4 B3 | Eb4 C4 B3 G3 | F3 Eb4 D4 F4 | F#3 C4 B3 Eb4 | Eb4 C4 B3 G3 |
F#4 C4 B3 A3 | G4 C4 B3 D4 | Ab4 C4 B3 D4"""
_LEFT_HAND = """
C3 G3 F3 Eb3 | C3 Ab3 G3 F3 | C3 Ab3 G3 F3 | C3 Eb3 D3 G3 | C3 C4 Bb3 Ab3 | C3 A3 G3 F#3 | Bb2 Bb3 A3 G3 |
Bb2 G3 F3 E3 | Ab2 Ab3 G3 F3 | Ab2 D3 C3 F3 | G2 Eb3 D3 G3 | C3 Eb3 D3 Ab3 | D3 F3 Eb3 Ab3 | Eb3 G3 F3 Ab3 |
Eb3 A3 G3 F3 | D3 F3 Eb3 Ab3 | C3 F3 E3 Ab3 | C3 Eb3 D3 F3 | Ab2 C3 B2 D3 | A2 Eb3 D3 C3 | G2 Eb3 D3 F3 |
G2 Eb3 D3 C3 | G2 Eb3 D3 F3 | G2 Eb3 D3 F3"""
_RIGHT_HAND_END = """
1: - | - | - | 16: - D5 C5 D5 Eb5 C5 B4 C5 A4 C5 B4 C5 D5 B4 A4 B4 |
G4 B4 A4 B4 C5 A4 G4 A4 F#4 A4 G4 A4 B4 G4 F#4 G4 | D4 G5 F5 G5 Ab5 F5 Eb5 F5 D5 F5 Eb5 F5 G5 Eb5 D5 Eb5 |
C5 Eb5 D5 Eb5 F5 D5 C5 D5 B4 D5 C5 D5 Eb5 C5 B4 C5 | G4 C5 B4 C5 Ab4 F5 Eb5 F5 G4 Eb5 D5 Eb5 F4 D5 C5 D5 |
Eb4 C5 B4 C5 Ab4 F4 Eb4 F4 G4 Eb4 D4 Eb4 F4 D4 C4 D4 |
8: E4~ 32: E4 C4 D4 E4 64: F4 G4 Ab4 Bb4 C5 Bb4 Ab4 G4 16: F4 32: G4 E4
8: F4~ 32: F4 G4 F4 E4 32: F4 G4 Ab4 G4 64: F4 Eb4 D4 Eb4 F4 D4 Eb4 F4 |
8.: B3 16: D3 F3 Ab3 G3 F3 B3 F3 D4 F3 B3 Ab3 G3 F3 | E3 Db4 Bb3 G3 C4 Ab3 F3 Ab3 G3 Bb3 G3 E3 Ab3 F3 D3 F3 |
E3 G3 E3 C3 F3 D3 B2 D3 8: - 16: - D3 E3 G3 Bb3 G3 | Ab3 C4 F4 D4 F4 Ab4 C5 B4 C5 G4 F4 D4 4: E4"""
_LEFT_HAND_END = """
16: G2 B2 D3 F3 Ab3 F3 E3 F3 B3 F3 D4 B3 Ab3 F3 E3 F3 | G2 C3 Eb3 G3 C4 G3 F#3 G3 Eb4 C4 G4 Eb4 C4 Ab3 G3 Ab3 |
G2 A2 F#3 C4 Eb4 C4 B3 C4 F#4 C4 A4 F#4 Eb4 C4 B3 C4 | 1: G2~ |
16: G2 D4 C4 D4 Eb4 C4 B3 C4 A3 C4 B3 C4 D4 B3 A3 B3 | G3 B3 A3 B3 C4 Ab3 G3 Ab3 F3 A3 G3 A3 B3 G3 F3 G3 |
Eb3 G4 F4 G4 Ab4 F4 Eb4 F4 D4 F4 Eb4 F4 G4 Eb4 D4 Eb4 | C4 Eb4 D4 Eb4 F4 D4 C4 D4 Eb4 C4 B3 C4 D4 B3 A3 B3 |
C4 Eb4 D4 Eb4 F3 D4 C4 D4 Eb3 C4 B3 C4 D3 B3 A3 B3 | 4: C3+G3+Bb3+C4 - C3+F3+Ab3+C4 - |
16: - 8.: C2~ 2.: C2 | 1: - | 2: - C2~ | 1: C2"""
_INNER_END = """
1: - | - | - | - | - | - | - | - | - | - | 8: - B2~ 2.: B2 | 1: - | 2: - 16: - G2 8: C3~ 4: C3~ | 1: C3"""
_REST_24_BARS = " | ".join(["1: -"] * 24)

PIECE = Piece(
    catalogue_number="BWV 847/1",
    title="Prelude in C minor (Well-Tempered Clavier I)",
    extent="complete, 38 bars",
    bar_length=Fraction(1),
    tempo=76.0,
    voices=(
        expand_figure(_FIGURE, _RIGHT_HAND) + " | " + _RIGHT_HAND_END,
        _REST_24_BARS + " | " + _INNER_END,
        expand_figure(_FIGURE, _LEFT_HAND) + " | " + _LEFT_HAND_END,
    ),
    pedal=(
        PedalPassage(1, 24, Fraction(1, 2)),
        PedalPassage(25, 28, Fraction(1)),
        PedalPassage(34, 34, Fraction(1, 2)),
        PedalPassage(35, 38, Fraction(1)),
    ),
)
