"""Runs, experiments and folders of audio against datasets."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import soundfile
import soxr
import torch

from audiogan import DataError
from audiogan.errors import AudioganError, SpecError
from audiogan.evaluation.sampling import noise_waveforms
from audiogan.registry import Registry
from audiogan.run.evaluation.evaluate import evaluate
from audiogan.run.evaluation.finding import find_subjects
from audiogan.run.evaluation.result import Evaluation
from audiogan.run.evaluation.table import markdown_document
from audiogan.run.evaluation.tasks import Request
from audiogan.run.trained_generator import trained_generator
from tests.run.evaluation.stand_in_metrics import (
    CPU,
    Level,
    Mistaken,
    Peak,
    Recognition,
    Sounding,
    listener,
    registry_of,
)

LEVEL = registry_of(level=Level)
ALL = registry_of(level=Level, peak=Peak, recognition=Recognition)


def _evaluate(path: Path, *, registry: Registry = LEVEL, told: list[str] | None = None, **changes: Any) -> Evaluation:
    told = [] if told is None else told
    request: dict[str, Any] = {
        "against": None,
        "options": (),
        "metrics": (),
        "metric_options": (),
        "classifier": None,
        "seed": 0,
    }
    subject: dict[str, Any] = {"samples": 10, "checkpoint": "best", "on_error": "stop", "out_of_range": "stop"}
    for name, value in changes.items():
        (request if name in request else subject)[name] = value
    found = find_subjects(path, seed=request["seed"], device=CPU, registry=registry, **subject)
    return evaluate(Request(**request, device=CPU), found, registry=registry, listener=listener(told))


@pytest.fixture
def audio(tmp_path: Path) -> Path:
    folder = tmp_path / "audio"
    folder.mkdir()
    for number, waveform in enumerate(noise_waveforms(6, channels=1, window_length=1024, seed=1)):
        soundfile.write(folder / f"{number}.wav", waveform.numpy().T, 16_000, subtype="FLOAT")
    return folder


def test_an_experiment_is_compared_with_its_own_dataset(run: Path) -> None:
    (comparison,) = _evaluate(run / "lsgan").comparisons
    (measured,) = comparison.subjects
    generator = trained_generator(run / "lsgan", checkpoint="best", device=CPU, registry=LEVEL)
    level = float(generator.waveforms(10, seed=0).abs().mean())
    assert measured.results["level"].figures == {"level": level}
    assert (measured.name, measured.title, measured.samples) == ("lsgan", "CNN with LSGAN", 10)
    assert measured.source["checkpoint"] == "best"
    assert measured.source["step"] == generator.step
    assert (comparison.dataset["type"], comparison.dataset["window_length"]) == ("tfrecord", 1024)
    # tones of amplitude 0.5 and noise from -1 to 1
    assert comparison.real.results["level"].figures["level"] == pytest.approx(0.5 * 2 / torch.pi, rel=0.01)
    assert comparison.noise.results["level"].figures["level"] == pytest.approx(0.5, rel=0.02)
    assert comparison.real.source["of"] == 5  # a tenth of 48


def test_another_seed_or_checkpoint_is_other_audio(run: Path) -> None:
    def level(**changes: Any) -> float:
        return _evaluate(run / "lsgan", **changes).comparisons[0].subjects[0].results["level"].figures["level"]

    assert level() == level()
    assert level() != level(seed=1)
    assert level(samples=None) != level()


def test_a_run_is_all_its_experiments_and_prepares_once(run: Path) -> None:
    Level.prepared.clear()
    (comparison,) = _evaluate(run).comparisons
    assert [measured.name for measured in comparison.subjects] == ["lsgan", "lstm-wgan-gp"]
    assert len(Level.prepared) == 1
    for measured in comparison.subjects:
        (alone,) = _evaluate(run / measured.name).comparisons[0].subjects
        assert alone == measured


def _let_datasets_differ(run: Path) -> None:
    spec = (run / "spec.toml").read_text()
    assert spec.count('name = "lstm-wgan-gp"\n') == 1
    changed = spec.replace('name = "lstm-wgan-gp"\n', 'name = "lstm-wgan-gp"\ndataset = { normalize = true }\n')
    (run / "spec.toml").write_text(changed)


def test_experiments_of_different_datasets_are_compared_apart(run: Path) -> None:
    _let_datasets_differ(run)
    evaluation = _evaluate(run)
    assert [[measured.name for measured in each.subjects] for each in evaluation.comparisons] == [
        ["lsgan"],
        ["lstm-wgan-gp"],
    ]
    assert [each.dataset["options"]["normalize"] for each in evaluation.comparisons] == [False, True]


def test_without_samples_there_are_as_many_as_in_the_final_scoring(run: Path) -> None:
    assert _evaluate(run / "lsgan", samples=None).comparisons[0].subjects[0].samples == 24


def test_an_experiment_without_a_checkpoint_is_left_out_of_its_run(run: Path) -> None:
    shutil.rmtree(run / "lsgan" / "checkpoints")
    told: list[str] = []
    evaluation = _evaluate(run, told=told)
    (comparison,) = evaluation.comparisons
    assert [measured.name for measured in comparison.subjects] == ["lstm-wgan-gp"]
    reason = "it has no checkpoint yet; 'audiogan run' trains it"
    assert told[0] == f"lsgan is left out: {reason}"
    assert evaluation.to_json()["untrained"] == {"lsgan": reason}
    assert f"## Not trained\n\n- lsgan: {reason}\n" in markdown_document(evaluation)
    with pytest.raises(AudioganError, match="train the experiment first"):
        _evaluate(run / "lsgan")
    shutil.rmtree(run / "lstm-wgan-gp" / "checkpoints")
    with pytest.raises(AudioganError, match="none of its experiments has a checkpoint"):
        _evaluate(run)


def test_one_experiment_that_fails_does_not_stop_the_others(run: Path) -> None:
    (run / "lsgan" / "checkpoints" / "best.safetensors").write_bytes(b"nothing")
    told: list[str] = []
    (comparison,) = _evaluate(run, told=told).comparisons
    assert [measured.name for measured in comparison.subjects] == ["lstm-wgan-gp"]
    assert "best.safetensors: the checkpoint is damaged" in comparison.failed["lsgan"]
    assert f"warning: lsgan: {comparison.failed['lsgan']}" in told
    (run / "lstm-wgan-gp" / "checkpoints" / "best.safetensors").write_bytes(b"nothing")
    with pytest.raises(DataError, match=r"nothing can be evaluated:\n  lsgan: .*\n  lstm-wgan-gp: "):
        _evaluate(run)


def test_a_generator_of_another_format_is_refused_with_the_way_out(run: Path) -> None:
    with pytest.raises(
        DataError, match=r"lsgan makes windows of 1024 samples .*has windows of 2048.*window_length=1024"
    ):
        _evaluate(run / "lsgan", options=("window_length=2048",))


def test_a_folder_of_audio(audio: Path, run: Path) -> None:
    (comparison,) = _evaluate(audio, against=str(run / "spec.toml"), samples=None).comparisons
    (measured,) = comparison.subjects
    expected = noise_waveforms(6, channels=1, window_length=1024, seed=1)
    assert measured.results["level"].figures["level"] == pytest.approx(float(expected.abs().mean()), rel=1e-6)
    assert (measured.name, measured.samples, measured.source["kind"]) == ("audio", 6, "recordings")
    assert measured.soundness.to_json() == {
        "windows": 6,
        "silent": 0,
        "clipped": 0,
        "duplicates": 0,
        "near_duplicates": 0,
    }


def test_more_windows_than_a_folder_has_files_are_refused(audio: Path, run: Path) -> None:
    with pytest.raises(DataError, match=r"audio: holds 6 recordings, and --samples asks for 7; .* give at most 6$"):
        _evaluate(audio, against=str(run / "spec.toml"), samples=7)
    (comparison,) = _evaluate(audio, against=str(run / "spec.toml"), samples=5).comparisons
    source = comparison.subjects[0].to_json()["source"]
    assert (comparison.subjects[0].samples, source["samples"], source["files_found"]) == (5, 5, 6)


def test_more_windows_than_memory_has_room_for_are_refused_with_the_number_that_fits(
    run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audiogan.run.evaluation.subjects.available_memory", lambda: 100 * 4096)
    with pytest.raises(DataError, match=r"^81 windows of 1 x 1024 samples .* has room for 80: lower --samples$"):
        _evaluate(run / "lsgan", samples=81)
    assert _evaluate(run / "lsgan", samples=80).comparisons[0].subjects[0].samples == 80


def test_recordings_that_memory_has_no_room_for_are_refused(
    audio: Path, run: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audiogan.run.evaluation.recordings.available_memory", lambda: 5 * 4096)
    with pytest.raises(DataError, match=r"^6 windows .* room for 4: take fewer of them with --samples$"):
        _evaluate(audio, against=str(run / "spec.toml"), samples=None)


def test_the_number_asked_for_is_kept_where_damaged_files_are_left_out(audio: Path, run: Path) -> None:
    (audio / "0.wav").write_bytes(b"RIFF nothing")
    (comparison,) = _evaluate(audio, against=str(run / "spec.toml"), samples=6, on_error="skip").comparisons
    source = comparison.subjects[0].to_json()["source"]
    assert (comparison.subjects[0].samples, source["samples"], source["files_damaged"]) == (5, 6, 1)


def test_unsound_audio_is_counted_and_warned_of(audio: Path, run: Path) -> None:
    for copy in ("7", "8"):
        shutil.copy(audio / "0.wav", audio / f"{copy}.wav")
    soundfile.write(audio / "9.wav", torch.zeros(1024).numpy(), 16_000)
    told: list[str] = []
    (measured,) = _evaluate(audio, against=str(run / "spec.toml"), samples=None, told=told).comparisons[0].subjects
    assert (measured.soundness.duplicates, measured.soundness.silent) == (2, 1)
    assert len(measured.warnings) == 2
    assert [f"warning: audio: {warning}" for warning in measured.warnings] == told[-2:]


def test_a_folder_of_audio_against_a_folder_of_recordings(audio: Path) -> None:
    against = str(audio)
    (comparison,) = _evaluate(audio, against=against, options=("window_length=1024",), samples=None).comparisons
    assert (comparison.dataset["type"], comparison.dataset["windows"]) == ("audio-folder", 6)
    assert comparison.real.results["level"].figures["level"] == pytest.approx(0.5, rel=0.1)


def test_resampling_of_real_recordings_stands_in_the_protocol(audio: Path, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    for number, waveform in enumerate(noise_waveforms(3, channels=1, window_length=2000, seed=2)):
        soundfile.write(real / f"{number}.wav", waveform.numpy().T, 8_000)
    evaluation = _evaluate(audio, against=str(real), options=("window_length=1024",), samples=None)
    resampler = f"soxr HQ (soxr {soxr.__version__}, libsoxr {soxr.__libsoxr_version__})"
    assert evaluation.to_json()["comparisons"][0]["dataset"]["protocol"] == {
        "files": 3,
        "sample_rates": [8000],
        "files_resampled": 3,
        "resampler": resampler,
    }
    text = markdown_document(evaluation).replace("\\", "")
    assert f"- Recordings of audio-folder at another sample rate were resampled by {resampler}.\n" in text


def test_a_run_against_a_folder_has_the_format_of_the_run(run: Path, audio: Path) -> None:
    (comparison,) = _evaluate(run / "lsgan", against=str(audio)).comparisons
    assert comparison.dataset["window_length"] == 1024
    assert comparison.subjects[0].samples == 10


@pytest.mark.parametrize(
    ("against", "message"),
    [
        (None, "a folder of audio has no dataset of its own.*--against"),
        ("audio-foldr", "no dataset of that name, no experiment file and no folder; did you mean 'audio-folder'"),
        ("tfrecord", "path"),
    ],
)
def test_what_to_compare_with_must_be_there(audio: Path, against: str | None, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        _evaluate(audio, against=against)


def test_a_runs_dataset_that_is_gone_can_be_replaced(run: Path) -> None:
    spec = (run / "spec.toml").read_text()
    (run / "spec.toml").write_text(spec.replace("tones.tfrecord", "gone.tfrecord"))
    with pytest.raises(DataError, match=r"gone\.tfrecord.*or name another dataset to compare with by --against"):
        _evaluate(run / "lsgan")


def test_an_experiment_file_with_several_datasets_is_ambiguous(audio: Path, run: Path) -> None:
    _let_datasets_differ(run)
    with pytest.raises(SpecError, match="'lsgan' and 'lstm-wgan-gp' have different datasets"):
        _evaluate(audio, against=str(run / "spec.toml"))


def test_a_place_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="nowhere: not there, looked for in"):
        _evaluate(tmp_path / "nowhere")
    (tmp_path / "file.wav").write_bytes(b"")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"file\.wav: a file, not a folder"):
        _evaluate(tmp_path / "file.wav")
    with pytest.raises(DataError, match="no audio files"):
        _evaluate(tmp_path / "empty")


def test_the_document_is_strict_json_and_has_everything(run: Path) -> None:
    evaluation = _evaluate(run / "lsgan", registry=ALL, samples=60)
    text = json.dumps(evaluation.to_json(), allow_nan=False)
    (comparison,) = json.loads(text)["comparisons"]
    (subject,) = comparison["subjects"]
    level = subject["figures"]["level"]["value"]
    assert subject["figures"]["level"]["interval"] == [pytest.approx(level - 1), pytest.approx(level + 1)]
    assert subject["figures"]["endless"] == {"value": None, "interval": None}
    assert subject["protocols"]["level"] == {"count": 60}
    assert subject["protocols"]["peak"] == {"shape": [1, 2]}
    assert comparison["metrics"]["level"] == {"scale": 1.0}
    assert comparison["dataset"]["classes"] == ["high", "low", "middle"]
    assert json.loads(text)["environment"]["audiogan"]


def test_what_needs_more_real_windows_than_there_are_has_no_figures_of_them(run: Path) -> None:
    told: list[str] = []
    evaluation = _evaluate(run / "lsgan", registry=ALL, options=("window=first",), samples=60, told=told)
    (comparison,) = evaluation.comparisons
    reason = "metric 'peak' needs at least 50 windows, and there are 5"
    assert (comparison.real.samples, comparison.real.left_out) == (5, {"peak": reason})
    assert (comparison.noise.samples, list(comparison.noise.results)) == (50, ["level", "peak", "recognition"])
    assert f"warning: real data: no figures by peak: {reason}" in told
    text = markdown_document(evaluation)
    assert f"- Real data without peak: {reason}." in text.replace("\\", "")
    (row,) = (line for line in text.splitlines() if line.startswith("| peak |"))
    assert row.split(" | ")[3] == "–"


def test_silence_costs_the_figures_that_need_sound_and_no_others(tmp_path: Path, run: Path) -> None:
    folder = tmp_path / "silence"
    folder.mkdir()
    for number in range(3):
        soundfile.write(folder / f"{number}.wav", torch.zeros(1000 + number).numpy(), 16_000)
    registry = registry_of(level=Level, sounding=Sounding)
    against = str(run / "spec.toml")
    evaluation = _evaluate(folder, against=against, metrics=("level", "sounding"), registry=registry, samples=None)
    (comparison,) = evaluation.comparisons
    (measured,) = comparison.subjects
    assert measured.results["level"].figures == {"level": 0.0}
    assert measured.left_out == {"sounding": "metric 'sounding' hears nothing"}
    assert list(comparison.real.results) == ["level", "sounding"]
    assert comparison.complete
    assert measured.warnings == ("3 of 3 recordings are silent (peak under 0.001)",)


def test_a_metrics_own_mistake_loses_nothing_of_the_others(run: Path) -> None:
    told: list[str] = []
    evaluation = _evaluate(run / "lsgan", registry=registry_of(level=Level, broken=Mistaken, twin=Level), told=told)
    (comparison,) = evaluation.comparisons
    (measured,) = comparison.subjects
    assert list(measured.results) == ["level"]
    assert list(measured.faults) == ["broken", "twin"]
    assert measured.faults["broken"].startswith("metric 'broken' of tests 0 fails: ValueError: boom")
    assert "metrics 'level' and 'twin' both give the figure 'level'" in measured.faults["twin"]
    assert not comparison.complete
    assert evaluation.to_json()["comparisons"][0]["subjects"][0]["faults"] == measured.faults


def test_an_experiment_file_gives_its_metrics_unless_some_are_named(audio: Path, run: Path) -> None:
    against = str(run / "spec.toml")
    registry = registry_of(level=Level, other=Sounding)

    def used(**changes: Any) -> dict[str, Any]:
        (comparison,) = _evaluate(audio, against=against, registry=registry, samples=None, **changes).comparisons
        return {name: options["scale"] for name, options in comparison.metrics.items()}

    text = (run / "spec.toml").read_text()
    (run / "spec.toml").write_text(text.replace("scale = 1.0", "scale = 4.0"))
    assert used() == {"level": 4.0}
    assert used(metrics=("other", "level")) == {"other": 1.0, "level": 4.0}
    assert used(metric_options=("level.scale=0.5",)) == {"level": 0.5}
    named = 'name = "lsgan"\n'
    (run / "spec.toml").write_text(text.replace(named, f'{named}evaluation = {{ metrics = ["other"] }}\n'))
    with pytest.raises(SpecError, match=r"experiments list different metrics; .*--metric"):
        used()
    assert used(metrics=("other",)) == {"other": 1.0}
