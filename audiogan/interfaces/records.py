"""What training leaves behind: a record for each step and for each scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

from attrs import field, frozen


@final
@frozen
class StepRecord:
    """One generator update and the discriminator updates before it; losses are of the last of each."""

    step: int
    epoch: float
    discriminator_loss: float
    """The sum of its terms."""
    generator_loss: float
    """The sum of its terms."""
    terms: Mapping[str, float] = field(factory=dict)
    """Every term by network and name, such as ``discriminator/gradient_penalty``."""
    skipped: int = 0
    """Damaged windows that were passed over on the way to those of this step."""


@final
@frozen
class ScoreRecord:
    """One scoring: values by name, of ``samples`` generated windows."""

    step: int
    epoch: float
    values: Mapping[str, float]
    samples: int
    warnings: Sequence[str] = ()


RECORD_KINDS: Mapping[str, type[StepRecord] | type[ScoreRecord]] = {"step": StepRecord, "score": ScoreRecord}
"""What a line of ``metrics.jsonl`` says under ``kind``."""
