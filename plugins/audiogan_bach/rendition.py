"""One way of playing a piece: which key, how fast, how shaped; and the strikes that come of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import final

import numpy as np
from attrs import frozen

from audiogan_bach.notation import Note
from audiogan_bach.piano import Strike
from audiogan_bach.pieces import Piece

PHRASE_BARS = 4
_RUBATO, _CLOSING_RITARDANDO = 0.06, 1.35
_ARTICULATION_SHARE, _LONGEST_ARTICULATION_S = 0.05, 0.03
_ONSET_SPREAD_S = 0.005


@final
@frozen
class Rendition:
    """A performance of ``piece``, ``transposition`` semitones up, at ``tempo_factor`` times its tempo.

    ``seed`` decides rubato, dynamics, the unevenness of the fingers, and the small differences between strikes.
    """

    piece: Piece
    transposition: int
    tempo_factor: float
    seed: int

    @property
    def name(self) -> str:
        """A name that tells renditions of a collection apart, such as ``bwv846-1+3-17``."""
        number = self.piece.catalogue_number.lower().replace(" ", "").replace("/", "-")
        return f"{number}{self.transposition:+d}-{self.seed}"

    @property
    def duration_s(self) -> float:
        """Seconds from the first beat to the last, without rubato and the closing ritardando."""
        return float(self.piece.length) * 4 * 60 / (self.piece.tempo * self.tempo_factor)

    def strikes(self) -> tuple[Strike, ...]:
        """What the pianist does, the first strike at about 0 s; the same for every sample rate.

        Phrases of four bars swell and subside in tempo and loudness, first beats and the top voice are brought out, the
        last two bars slow down, and no two fingers fall at quite the same time.
        """
        rng = np.random.default_rng([self.seed, 0])
        seconds = self._clock(rng)
        phrase_peak = rng.uniform(0.4, 0.7)
        loudness = rng.uniform(0.5, 0.62)
        strikes = []
        for voice, notes in enumerate(self.piece.parsed_voices()):
            brought_out = 0.08 if voice == 0 else 0.0
            for note in notes:
                velocity = (
                    loudness
                    + 0.12 * self._arc(note.start, phrase_peak)
                    + (0.06 if note.start % self.piece.bar_length == 0 else 0.0)
                    + brought_out
                    + rng.normal(0, 0.035)
                )
                onset = seconds(note.start) + abs(rng.normal(0, _ONSET_SPREAD_S))
                strikes.append(
                    Strike(
                        pitch=note.pitch + self.transposition,
                        onset=onset,
                        damping=max(self._damping(note, seconds), onset + 0.03),
                        velocity=float(np.clip(velocity, 0.15, 0.95)),
                    )
                )
        return _without_overlaps(strikes)

    def _damping(self, note: Note, seconds: Callable[[Fraction], float]) -> float:
        """The time at which the damper falls: at the first pedal change after the key, or soon before the next note."""
        for passage in self.piece.pedal:
            start = (passage.first_bar - 1) * self.piece.bar_length
            end = passage.last_bar * self.piece.bar_length
            if start <= note.start < end:
                changes = -((note.end - start) // -passage.interval)
                return seconds(max(min(start + changes * passage.interval, end), note.end))
        onset, release = seconds(note.start), seconds(note.end)
        return release - min(_ARTICULATION_SHARE * (release - onset), _LONGEST_ARTICULATION_S)

    def _clock(self, rng: np.random.Generator) -> Callable[[Fraction], float]:
        """Seconds at a place in whole notes."""
        piece = self.piece
        bar_s = self.duration_s / piece.bars
        stretch = 1 + rng.normal(0, 0.012, piece.bars)
        places = np.arange(piece.bars) / PHRASE_BARS % 1
        stretch *= 1 + _RUBATO * (np.abs(places - 0.5) - 0.25)
        closing = np.linspace(1, _CLOSING_RITARDANDO, 3)[1:]
        stretch[-2:] *= closing[-min(2, piece.bars) :]
        bar_lines = np.concatenate([[0.0], np.cumsum(stretch * bar_s)])

        def seconds(place: Fraction) -> float:
            return float(np.interp(float(place / piece.bar_length), np.arange(piece.bars + 1), bar_lines))

        return seconds

    def _arc(self, place: Fraction, peak: float) -> float:
        """From -0.5 at the ends of a phrase to 0.5 at its peak."""
        within = float(place / self.piece.bar_length / PHRASE_BARS) % 1
        rising, falling = within / peak, (1 - within) / (1 - peak)
        return min(rising, falling) - 0.5


def _without_overlaps(strikes: list[Strike]) -> tuple[Strike, ...]:
    """The strikes in order of onset; a key struck anew ends its earlier sound, as it does on a piano."""
    latest: dict[int, int] = {}
    ordered = sorted(strikes, key=lambda strike: (strike.onset, strike.pitch))
    for index, strike in enumerate(ordered):
        earlier = latest.get(strike.pitch)
        if earlier is not None and ordered[earlier].damping > strike.onset:
            previous = ordered[earlier]
            ordered[earlier] = Strike(previous.pitch, previous.onset, strike.onset, previous.velocity)
        latest[strike.pitch] = index
    return tuple(ordered)
