"""What the documentation says of the digits, held against what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import final

from attrs import frozen

from benchmarks.spoken_digits.results import FolderFigures, Training

SPEECH, ARTIFACTS, NOISE = "test speech", "speech with artifacts", "noise"
LEAST_ACCURACY = 0.97
MOST_SECONDS = 600


@final
@frozen
class Above:
    """``figure`` of ``upper`` lies above that of ``lower``, and their 95 % intervals ``margin`` or more apart."""

    figure: str
    upper: str
    lower: str
    margin: float = 0.0

    def shortfall(self, found: Mapping[str, FolderFigures]) -> str | None:
        """A sentence on what was found instead, ``None`` where the claim holds."""
        for name in (self.upper, self.lower):
            if self.figure not in found[name].figures:
                reasons = "; ".join(f"{metric}: {why}" for metric, why in found[name].missing.items())
                return f"{self.figure} of {name} is missing ({reasons or 'no reason was given'})."
        upper, lower = (found[name].figures[self.figure] for name in (self.upper, self.lower))
        if upper.low - lower.high > self.margin:
            return None
        return (
            f"{self.figure} of {self.upper}, {upper}, does not lie {f'{self.margin:g} ' if self.margin else ''}"
            f"above that of {self.lower}, {lower}."
        )


CLAIMS = (
    Above("inception_score_mean", SPEECH, ARTIFACTS),
    Above("inception_score_mean", ARTIFACTS, NOISE),
    Above("frechet_distance", ARTIFACTS, SPEECH),
    Above("frechet_distance", NOISE, ARTIFACTS),
    Above("checkerboard_db_level_1", ARTIFACTS, SPEECH, margin=10),
    Above("checkerboard_db_level_1", ARTIFACTS, NOISE, margin=10),
)


def shortfalls(training: Training, found: Mapping[str, FolderFigures]) -> list[str]:
    """A sentence for each claim that does not hold."""
    sentences = []
    if training.accuracy < LEAST_ACCURACY:
        sentences.append(
            f"The classifier is right on {training.accuracy:.1%} of the test split, less than {LEAST_ACCURACY:.0%}."
        )
    if training.seconds > MOST_SECONDS:
        sentences.append(f"Training it took {training.seconds:.0f} s, more than {MOST_SECONDS} s.")
    return sentences + [sentence for claim in CLAIMS if (sentence := claim.shortfall(found)) is not None]
