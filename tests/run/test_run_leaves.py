from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch

from audiogan.audio import read_audio
from audiogan.registry import installed
from audiogan.spec import read_experiments
from audiogan.training.checkpoint import read_checkpoint
from tests.run.conftest import WholeRun
from tests.run.sitting import assert_same_run, json_lines, sit

NAMES = ("lsgan", "lstm-wgan-gp")


def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}


def test_a_run_leaves_everything_that_it_promises(whole: WholeRun) -> None:
    files = _tree(whole.folder)
    assert {"spec.toml", "environment.json", "run.json", "reference.json", "table.json", "table.md"} <= files
    assert {"table.csv", "table.tex", "scores.png", "scores.svg", "report.html"} <= files
    for name in NAMES:
        assert {f"{name}/metrics.jsonl", f"{name}/experiment.json", f"{name}/result.json"} <= files
        assert {f"{name}/checkpoints/{kept}.safetensors" for kept in ("best", "latest")} <= files
        assert {f"{name}/samples/step-{step:06d}/{n}.wav" for step in (4, 8) for n in (0, 1)} <= files
    assert not [name for name in files if "partial" in name]


def test_the_observer_hears_it_in_order(whole: WholeRun) -> None:
    events = [event for event in whole.witness.events if event[0] != "info"]
    assert events[0][0] == "plan"
    assert [(name, steps) for name, _, steps in events[0][1]] == [(NAMES[0], 8), (NAMES[1], 8)]
    steps = [("step", step) for step in range(1, 9)]
    for number, (name, start) in enumerate(zip(NAMES, (1, 13), strict=True), start=1):
        heard = events[start : start + 12]
        assert heard[0] == ("start", name, number, 2, 8, 0)
        assert [event for event in heard if event[0] == "step"] == steps
        assert [(position, event[1]) for position, event in enumerate(heard) if event[0] == "score"] == [
            (5, 4),
            (10, 8),
        ]
        assert heard[-1] == ("end", name, "finished")
    assert len(events) == 25


@pytest.mark.parametrize("name", NAMES)
def test_metrics_and_result_agree(name: str, whole: WholeRun) -> None:
    lines = json_lines(whole.folder / name / "metrics.jsonl")
    assert [(line["kind"], line["step"]) for line in lines] == [
        *(("step", step) for step in range(1, 5)),
        ("score", 4),
        *(("step", step) for step in range(5, 9)),
        ("score", 8),
    ]
    # 4 windows a batch, 2 batches a step, 48 windows an epoch
    assert [line["epoch"] for line in lines if line["kind"] == "step"] == pytest.approx([n / 6 for n in range(1, 9)])
    penalised = ["discriminator/gradient_penalty" in line["terms"] for line in lines if line["kind"] == "step"]
    assert set(penalised) == {name != "lsgan"}
    scores = [line for line in lines if line["kind"] == "score"]
    assert all(line["samples"] == 20 and 1 <= line["values"]["inception_score_mean"] <= 3 for line in scores)
    best = max(scores, key=lambda line: float(line["values"]["inception_score_mean"]))
    result = _read(whole.folder / name / "result.json")
    assert (result["status"], result["steps"], result["samples"]) == ("finished", 8, 24)
    assert (result["best_step"], result["best_epoch"]) == (best["step"], best["epoch"])
    assert result["epochs"] == pytest.approx(8 / 6)
    assert result["budget"] == {"steps": 8, "epochs": None, "duration_s": None}
    stored = read_checkpoint(whole.folder / name / "checkpoints" / "best.safetensors").document["state"]
    assert stored["step"] == best["step"]
    assert stored["best"]["values"] == best["values"]


def test_the_table_holds_the_results_beside_the_published_figures(whole: WholeRun) -> None:
    rows = _read(whole.folder / "table.json")["rows"]
    assert [row["name"] for row in rows] == list(NAMES)
    for row in rows:
        result = _read(whole.folder / row["name"] / "result.json")
        assert row["values"] == result["values"]
        assert row["epoch"] == result["best_epoch"]
    assert rows[0]["published"] == {"inception_score_mean": 1.085, "inception_score_std": 0.017, "epoch": 243}


def test_real_data_and_noise_are_scored_once_for_both(whole: WholeRun) -> None:
    (group,) = _read(whole.folder / "reference.json")["groups"]
    assert group["experiments"] == list(NAMES)
    assert group["samples"] == 20
    for baseline in (group["real"], group["noise"]):
        assert 1 <= baseline["values"]["inception_score_mean"] <= 3
    lines = [line for (line,) in whole.witness.of("info")]
    assert len([line for line in lines if "real windows" in line]) == 1


def test_the_environment_says_what_repeating_depends_on(whole: WholeRun) -> None:
    environment = _read(whole.folder / "environment.json")
    assert environment["torch"] == torch.__version__
    assert (environment["device"], environment["threads"]) == ("cpu", 1)


def test_the_resolved_file_reads_as_the_same_experiments(whole: WholeRun, tones: Path) -> None:
    resolved = read_experiments(whole.folder / "spec.toml", registry=installed())
    assert resolved.experiments == read_experiments(tones, registry=installed()).experiments


def test_previews_are_of_the_same_latents_through_training(whole: WholeRun) -> None:
    folder = whole.folder / "lsgan" / "samples"
    for step in (4, 8):
        waveform, sample_rate = read_audio(folder / f"step-{step:06d}" / "0.wav")
        assert sample_rate == 16_000
        assert waveform.shape == (1, 1024)
    early, late = (read_audio(folder / f"step-00000{step}" / "0.wav")[0] for step in (4, 8))
    other = read_audio(folder / "step-000004" / "1.wav")[0]
    # eight small steps change less than another latent does
    assert 0 < abs(early - late).mean() < abs(early - other).mean()


def test_a_second_folder_gets_the_same_figures(whole: WholeRun, tones: Path, tmp_path: Path) -> None:
    # the first run trained the classifier, this one finds it in the cache
    torch.manual_seed(99)
    sit(tones, tmp_path / "again")
    assert_same_run(tmp_path / "again", whole.folder)
    for name in NAMES:
        for kept in ("best", "latest"):
            ours, theirs = (
                read_checkpoint(folder / name / "checkpoints" / f"{kept}.safetensors").tensors
                for folder in (tmp_path / "again", whole.folder)
            )
            assert ours.keys() == theirs.keys()
            assert all(torch.equal(ours[key], theirs[key]) for key in ours)
