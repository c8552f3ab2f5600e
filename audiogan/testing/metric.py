"""What a metric must do."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import torch

from audiogan.interfaces import Dataset, Metric
from audiogan.testing.construction import construct


def check_metric(
    metric_class: type[Metric], options: Any = None, *, dataset: Dataset, cache: Path, count: int = 20
) -> None:
    """Checks that figures are finite, the protocol is told in JSON, and the same waveforms give the same figures.

    ``options`` is a table as in an experiment file, or an instance of the options class; ``cache`` a folder to write
    to; ``count`` the number of noise waveforms that are measured.

    :raises AssertionError: the metric breaks the interface; the text says how.
    """
    results = []
    rng = torch.Generator().manual_seed(0)
    waveforms = torch.rand(count, dataset.channels, dataset.window_length, generator=rng) * 2 - 1
    untouched = waveforms.clone()
    for _ in range(2):
        metric: Metric = construct("metric", metric_class, options)
        metric.check(dataset)
        lines: list[str] = []
        metric.prepare(dataset, cache=cache, device="cpu", tell=lines.append)
        assert all(isinstance(line, str) and "\n" not in line for line in lines), "tell takes one line at a time"
        results += [metric.evaluate(waveforms), metric.evaluate(waveforms)]
    assert torch.equal(waveforms, untouched), "evaluate changes the waveforms it is given"
    assert results[0].figures, "evaluate gives no figures"
    for name, value in results[0].figures.items():
        assert isinstance(value, float), f"figure {name} is a {type(value).__name__}, not a float"
        assert math.isfinite(value), f"figure {name} is {value}"
    named = metric.figure_names()
    given = sorted(results[0].figures)
    assert named is None or sorted(named) == given, f"figure_names tells of {named}, evaluate gives {given}"
    lower = metric.lower_is_better()
    assert lower <= set(given), f"lower_is_better tells of {sorted(lower - set(given))}, evaluate gives {given}"
    fewest = metric.minimum_samples()
    assert 1 <= fewest <= count, f"minimum_samples is {fewest}, yet evaluate takes {count} waveforms"
    metric.evaluate(waveforms[:fewest])
    json.dumps(dict(results[0].protocol))
    for other in results[1:]:
        assert other.figures == results[0].figures, "the same waveforms give other figures the second time"
