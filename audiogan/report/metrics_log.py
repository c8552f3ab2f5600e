"""Reading ``metrics.jsonl``: the losses and the scores that a training has written, a JSON object a line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, final

from attrs import frozen

from audiogan.errors import DataError
from audiogan.report.json_record import JsonRecord, record_of


@final
@frozen
class StepLine:
    """The losses of a generator step; ``penalty`` only where the loss has one."""

    step: int
    epoch: float
    discriminator_loss: float
    generator_loss: float
    penalty: float | None


@final
@frozen
class ScoreLine:
    """The figures of one scoring."""

    step: int
    epoch: float
    figures: Mapping[str, float]
    samples: int


@final
@frozen
class MetricsLog:
    """Both kinds of line, each in the order of steps and each step once."""

    steps: tuple[StepLine, ...] = ()
    scores: tuple[ScoreLine, ...] = ()


def read_metrics_log(path: Path) -> MetricsLog:
    """The log of one experiment; an empty one where the file does not exist yet.

    The last line may be damaged, since a run that was killed may have written half of it: it is left out. Of a step
    that was repeated after a restart the later line counts. Lines of other kinds are left to those who know them.

    :raises DataError: another line is damaged, or a line lacks what its kind must hold.
    """
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:
        return MetricsLog()
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error

    steps: dict[int, StepLine] = {}
    scores: dict[int, ScoreLine] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        place = f"{path}, line {number}"
        try:
            value: Any = json.loads(line.decode())
        except ValueError as error:
            if number == len(lines):
                break
            raise DataError(f"{place}: damaged: {_excerpt(line)}; remove this line to go on without it") from error
        record = record_of(value, place)
        kind = record.text("kind")
        if kind == "step":
            step = _step_line(record)
            steps[step.step] = step
        elif kind == "score":
            score = _score_line(record)
            scores[score.step] = score
    return MetricsLog(
        steps=tuple(steps[step] for step in sorted(steps)), scores=tuple(scores[step] for step in sorted(scores))
    )


def _step_line(record: JsonRecord) -> StepLine:
    return StepLine(
        step=record.count("step"),
        epoch=record.number("epoch"),
        discriminator_loss=record.number_or_nan("discriminator_loss"),
        generator_loss=record.number_or_nan("generator_loss"),
        penalty=record.optional_number("penalty"),
    )


def _score_line(record: JsonRecord) -> ScoreLine:
    return ScoreLine(
        step=record.count("step"),
        epoch=record.number("epoch"),
        figures=record.figures("figures"),
        samples=record.count("samples"),
    )


def _excerpt(line: bytes) -> str:
    text = line.decode(errors="replace")
    return repr(text if len(text) <= 60 else f"{text[:60]}…")
