"""Which chorales there are, and which of them are held out."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Any, final

from attrs import frozen

from audiogan.errors import DataError
from audiogan_bach.chorales.soprano import soprano
from audiogan_bach.chorales.tunes import held_out_tunes, same_tunes


@final
@frozen
class Chorale:
    """A chorale of the corpus."""

    bwv: str
    """Its number in the catalogue of Bach's works, with the movement: ``269``, ``153.1``."""
    title: str
    score: Path
    """The file of the corpus that holds its notes."""
    tune: str
    """The number of the first chorale that is taken for a setting of the same tune."""
    held_out: bool

    @property
    def name(self) -> str:
        """Of its files: ``bwv153.1``."""
        return f"bwv{self.bwv}"

    @property
    def split(self) -> str:
        """``train`` or ``test``."""
        return "test" if self.held_out else "train"


def catalogue() -> tuple[Chorale, ...]:
    """The chorales of Riemenschneider's edition that the corpus holds, each once, in the order of their numbers.

    About a tenth is held out, whole tunes at a time, as :mod:`audiogan_bach.chorales.tunes` tells them.

    :raises DataError: music21 is not installed, or came without its corpus or with files that cannot be read.
    """
    corpus: Any = _music21().corpus
    works = [Path(path) for path in corpus.getComposer("bach")]
    scores = {path.stem.removeprefix("bwv"): path for path in works if path.stem.startswith("bwv")}
    listed = corpus.chorales.ChoraleListRKBWV().byBWV
    numbers = sorted((bwv for bwv in listed if bwv in scores), key=_natural)
    if not numbers:
        raise DataError(f"music21 {version('music21')} came without the chorales of its corpus; install it with pip")
    titles = [listed[bwv]["title"] for bwv in numbers]
    tunes = [numbers[first] for first in same_tunes(titles, [soprano(scores[bwv]) for bwv in numbers])]
    held_out = held_out_tunes(tunes)
    return tuple(
        Chorale(bwv, title, scores[bwv], tune, tune in held_out)
        for bwv, title, tune in zip(numbers, titles, tunes, strict=True)
    )


def _music21() -> Any:
    try:
        import music21
    except ImportError as error:
        raise DataError(
            f"music21, whose corpus holds the chorales, is not installed ({error}); pip install 'audiogan[bach]'"
        ) from error
    return music21


def _natural(number: str) -> list[tuple[int, str]]:
    return [(int(digits or 0), rest) for digits, rest in re.findall(r"(\d*)(\D*)", number)]
