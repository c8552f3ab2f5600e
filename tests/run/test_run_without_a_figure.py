"""A run whose metric cannot judge what the generator makes: it goes on, and says so."""

from __future__ import annotations

import json
import re
from pathlib import Path

from torch import Tensor

from audiogan import DataError, MetricResult
from tests.run.evaluation.stand_in_metrics import Level
from tests.run.sitting import json_lines, registry_with, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments


class _Tonal(Level):
    """Judges tones of amplitude 0.5 alone, or nothing but the second scoring."""

    judged = 0

    def figure_names(self) -> tuple[str, ...]:
        return ("tonal",)

    def evaluate(self, waveforms: Tensor) -> MetricResult:
        if len(waveforms) == 20:
            _Tonal.judged += 1
            if _Tonal.judged == 2:
                return MetricResult({"tonal": -3.0}, {})
        if not 0.45 < float(waveforms.abs().max()) < 0.55:
            raise DataError("no tones among these windows")
        return MetricResult({"tonal": 1.0}, {})


def _experiments(folder: Path, shard: Path) -> Path:
    text = re.sub(r"\[\[evaluation\.metrics\]\].*?\n\n", "", EXPERIMENTS, flags=re.DOTALL)
    text = text.replace("[evaluation]\n", '[evaluation]\nmetrics = ["tonal"]\nbest_by = "tonal"\n')
    return write_experiments(folder, shard, text=text.replace("label_feature", 'window = "first"\nlabel_feature'))


def test_a_scoring_without_its_figure_ends_nothing_and_is_not_the_best(shard: Path, tmp_path: Path) -> None:
    _Tonal.judged = 0
    outcome = sit(
        _experiments(tmp_path, shard),
        tmp_path / "run",
        only=["lsgan"],
        registry=registry_with("metric", "tonal", _Tonal),
    )
    assert outcome.failed == ()
    experiment = tmp_path / "run" / "lsgan"
    first, second = (line for line in json_lines(experiment / "metrics.jsonl") if line["kind"] == "score")
    assert (first["values"], second["values"]) == ({}, {"tonal": -3.0})
    assert "no figures by tonal: no tones among these windows" in first["warnings"]
    result = json.loads((experiment / "result.json").read_text())
    assert (result["status"], result["best_step"], result["values"]) == ("finished", 8, {})
    assert result["left_out"] == {"tonal": "no tones among these windows"}
    (group,) = json.loads((tmp_path / "run" / "reference.json").read_text())["groups"]
    assert (group["samples"], group["real"]["values"]) == (5, {"tonal": 1.0})
    assert group["real"]["left_out"] == {}
    assert group["noise"]["left_out"] == {"tonal": "no tones among these windows"}


class _Broken(_Tonal):
    def evaluate(self, waveforms: Tensor) -> MetricResult:
        if len(waveforms) == 20:
            raise ValueError("boom")
        return MetricResult({"tonal": 1.0}, {})


def test_a_metrics_own_mistake_fails_the_experiment_in_words_and_keeps_its_training(
    shard: Path, tmp_path: Path
) -> None:
    file = _experiments(tmp_path, shard)
    folder = tmp_path / "run"
    broken = sit(file, folder, only=["lsgan"], registry=registry_with("metric", "tonal", _Broken))
    assert broken.failed == ("lsgan",)
    error = json.loads((folder / "lsgan" / "result.json").read_text())["error"]
    assert error.startswith("metric 'tonal' of tests 0 fails: ValueError: boom")
    steps = [line["step"] for line in json_lines(folder / "lsgan" / "metrics.jsonl")]
    assert steps == [1, 2, 3, 4]
    _Tonal.judged = 0
    repaired = registry_with("metric", "tonal", _Tonal)
    mended = sit(file, folder, only=["lsgan"], registry=repaired, allow_changed_code=True)
    assert mended.failed == ()
    lines = json_lines(folder / "lsgan" / "metrics.jsonl")
    assert [line["step"] for line in lines if line["kind"] == "step"] == list(range(1, 9))


def test_real_windows_too_few_for_a_metric_are_not_repeated(shard: Path, tmp_path: Path) -> None:
    class Many(Level):
        def minimum_samples(self) -> int:
            return 6

    file = _experiments(tmp_path, shard)
    file.write_text(file.read_text().replace("tonal", "level"))
    outcome = sit(file, tmp_path / "run", only=["lsgan"], registry=registry_with("metric", "level", Many))
    assert outcome.failed == ()
    (group,) = json.loads((tmp_path / "run" / "reference.json").read_text())["groups"]
    reason = "metric 'level' needs at least 6 windows, and there are 5"
    assert (group["real"]["values"], group["real"]["left_out"]) == ({}, {"level": reason})
    result = json.loads((tmp_path / "run" / "lsgan" / "result.json").read_text())
    assert list(result["values"]) == ["level"]
