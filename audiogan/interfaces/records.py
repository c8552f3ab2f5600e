"""What training leaves behind: a record for each step and for each scoring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, final

from attrs import asdict, field, frozen


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

    def to_json(self) -> dict[str, Any]:
        """The line of ``metrics.jsonl``."""
        return {"kind": "step", **asdict(self)}


@final
@frozen
class ScoreRecord:
    """One scoring: figures by name, of ``samples`` generated windows."""

    step: int
    epoch: float
    figures: Mapping[str, float]
    samples: int
    warnings: Sequence[str] = ()

    def to_json(self) -> dict[str, Any]:
        """The line of ``metrics.jsonl``."""
        return {"kind": "score", **asdict(self), "warnings": list(self.warnings)}
