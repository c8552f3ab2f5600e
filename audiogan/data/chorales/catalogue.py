"""Which chorales there are, and which of them are held out."""

from __future__ import annotations

import re
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from attrs import frozen

from audiogan.errors import DataError

_HELD_OUT_ONE_IN = 10


@frozen
class Chorale:
    """A chorale of the corpus."""

    bwv: str
    """Its number in the catalogue of Bach's works, with the movement: ``269``, ``153.1``."""
    title: str
    score: Path
    """The file of the corpus that holds its notes."""

    @property
    def name(self) -> str:
        """Of its files: ``bwv153.1``."""
        return f"bwv{self.bwv}"

    @property
    def split(self) -> str:
        """``train``, or for about a tenth ``test``.

        The title decides, so that all settings of one tune fall into the same part, whatever else is in the corpus. Its
        letters count, doubled ones once, since titles are spelt in several ways.
        """
        letters = re.sub(r"(.)\1+", r"\1", "".join(filter(str.isalpha, self.title.casefold())))
        held_out = int.from_bytes(sha256(letters.encode()).digest()[:8], "big") % _HELD_OUT_ONE_IN == 0
        return "test" if held_out else "train"


def catalogue() -> tuple[Chorale, ...]:
    """The chorales of Riemenschneider's edition that the corpus holds, each once, in the order of their numbers.

    :raises DataError: music21 is not installed, or came without its corpus.
    """
    corpus: Any = _music21().corpus
    works = [Path(path) for path in corpus.getComposer("bach")]
    scores = {path.stem.removeprefix("bwv"): path for path in works if path.stem.startswith("bwv")}
    listed = corpus.chorales.ChoraleListRKBWV().byBWV
    found = [Chorale(bwv, entry["title"], scores[bwv]) for bwv, entry in listed.items() if bwv in scores]
    if not found:
        raise DataError(f"music21 {version('music21')} came without the chorales of its corpus; install it with pip")
    return tuple(sorted(found, key=lambda chorale: _natural(chorale.bwv)))


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
