"""Run folders as they are found: whole, half-written, damaged."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiogan.errors import DataError
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.report.records import read_metrics_log, read_run

STEP = {"kind": "step", "step": 1, "epoch": 0.5, "discriminator_loss": 0.25, "generator_loss": -1}
SCORE = {"kind": "score", "step": 2, "epoch": 1, "values": {"inception_score_mean": 1.5}, "samples": 8}

Change = Callable[[Path, Callable[[Any], object]], None]


def log_file(folder: Path, *lines: object) -> Path:
    path = folder / "metrics.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def log(path: Path) -> list[StepRecord | ScoreRecord]:
    return list(read_metrics_log(path))


def test_log_lines_are_read_by_kind(tmp_path: Path) -> None:
    step, score = log(log_file(tmp_path, STEP, {"kind": "memory", "mib": 3}, SCORE))
    assert step == StepRecord(1, 0.5, 0.25, -1.0)
    assert isinstance(score, ScoreRecord)
    assert (score.step, score.epoch, score.values, score.samples) == (2, 1.0, {"inception_score_mean": 1.5}, 8)
    assert log(tmp_path / "absent.jsonl") == []


def test_null_is_a_number_that_is_not_finite(tmp_path: Path) -> None:
    step, score = log(log_file(tmp_path, {**STEP, "generator_loss": None}, {**SCORE, "values": {"a": None}}))
    assert isinstance(step, StepRecord)
    assert isinstance(score, ScoreRecord)
    assert math.isnan(step.generator_loss)
    assert math.isnan(score.values["a"])


def test_a_step_repeated_after_a_restart_counts_once(run_folder: Path) -> None:
    again = [{**STEP, "step": step, "generator_loss": loss} for step, loss in ((1, 1), (2, 2), (3, 3), (2, 4))]
    log_file(run_folder / "specgan", *again)
    steps = read_run(run_folder).experiments[0].steps
    assert [(line.step, line.generator_loss) for line in steps] == [(1, 1.0), (2, 4.0), (3, 3.0)]


def test_a_half_written_last_line_is_left_out(tmp_path: Path) -> None:
    path = log_file(tmp_path, STEP, SCORE)
    whole = path.read_bytes()
    for cut in range(2, len(json.dumps(SCORE)) + 1):
        path.write_bytes(whole[:-cut])
        assert [type(record) for record in log(path)] == [StepRecord]
    path.write_bytes(whole + b"\x00\xff\x00")
    assert [type(record) for record in log(path)] == [StepRecord, ScoreRecord]


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ('{"kind": "st', ["line 2", "remove this line"]),
        ({**STEP, "generator_loss": "low"}, ["line 2", "generator_loss", "'low'"]),
        ({**STEP, "step": 1.5}, ["line 2", "step", "1.5"]),
        ({**STEP, "step": True}, ["line 2", "step", "True"]),
        ({**SCORE, "values": {"a": "1"}}, ["line 2", "values", "'1'"]),
        ({"kind": "score", "step": 3, "epoch": 1, "values": {}}, ["line 2", "samples"]),
        ([1, 2], ["line 2", "kind"]),
        ({"step": 1}, ["line 2", "kind"]),
    ],
)
def test_a_line_that_lacks_what_it_must_hold_is_named(tmp_path: Path, line: object, named: list[str]) -> None:
    with pytest.raises(DataError) as caught:
        log(log_file(tmp_path, STEP, line, SCORE))
    assert [part for part in ("metrics.jsonl", *named) if part not in str(caught.value)] == []


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([json.dumps(v).encode() for v in (STEP, SCORE)]))))
def test_any_bytes_give_a_log_or_a_data_error(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.jsonl"
    path.write_bytes(b"\n".join(lines))
    try:
        records, complaint = log(path), ""
    except DataError as error:
        records, complaint = [], str(error)
    assert complaint == "" or "fuzzed.jsonl, line " in complaint
    assert len(records) <= len(lines)


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not a run folder: it has no run\.json"):
        read_run(tmp_path)


def test_a_run_without_scores_or_environment_is_read(run_folder: Path) -> None:
    (run_folder / "reference.json").unlink()
    (run_folder / "environment.json").unlink()
    run = read_run(run_folder)
    assert (run.references, run.environment) == ((), {})


@pytest.mark.parametrize(
    ("file", "alter", "named"),
    [
        ("run.json", lambda run: run.pop("title"), ["title"]),
        ("run.json", lambda run: run.pop("format"), ["format 2"]),
        ("run.json", lambda run: run["experiments"][1].update(name=3), ["experiments[1].name", "3"]),
        ("run.json", lambda run: run["experiments"][0].update(best_by=3), ["experiments[0].best_by", "3"]),
        ("reference.json", lambda record: record["groups"].append(5), ["groups[1]"]),
        ("reference.json", lambda record: record["groups"][0].update(experiments=5), ["groups[0].experiments"]),
        ("reference.json", lambda record: record["groups"][0]["real"].update(intervals={"a": 1.0}), ["intervals"]),
        ("specgan/result.json", lambda result: result.update(values=[1]), ["values"]),
        ("specgan/result.json", lambda result: result.update(intervals={"a": [1.0]}), ["intervals"]),
        ("specgan/result.json", lambda result: result.update(intervals={"a": [1.0, "2"]}), ["intervals", "'2'"]),
        ("specgan/result.json", lambda result: result.update(best_epoch="late"), ["best_epoch", "'late'"]),
        ("specgan/result.json", lambda result: result.update(status="so so"), ["status", "so so"]),
        ("specgan/result.json", lambda result: result.update(left_out={"a": 3}), ["left_out", "3"]),
    ],
)
def test_a_wrong_value_is_named(
    run_folder: Path, change_json: Change, file: str, alter: Callable[[Any], object], named: list[str]
) -> None:
    change_json(run_folder / file, alter)
    with pytest.raises(DataError) as caught:
        read_run(run_folder)
    assert [part for part in (file, *named) if part not in str(caught.value)] == []
