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
from audiogan.report.json_record import record_of
from audiogan.report.metrics_log import MetricsLog, ScoreLine, StepLine, read_metrics_log
from audiogan.report.run_folder import read_run_folder

STEP = {"kind": "step", "step": 1, "epoch": 0.5, "discriminator_loss": 0.25, "generator_loss": -1, "penalty": None}
SCORE = {"kind": "score", "step": 2, "epoch": 1, "figures": {"inception_score_mean": 1.5}, "samples": 8}

Change = Callable[[Path, Callable[[Any], object]], None]


def log_file(folder: Path, *lines: object) -> Path:
    path = folder / "metrics.jsonl"
    path.write_text("".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines))
    return path


def test_log_lines_are_read_by_kind(tmp_path: Path) -> None:
    log = read_metrics_log(log_file(tmp_path, STEP, {"kind": "memory", "mib": 3}, "", SCORE))
    assert log == MetricsLog(
        steps=(StepLine(1, 0.5, 0.25, -1.0, None),),
        scores=(ScoreLine(2, 1.0, {"inception_score_mean": 1.5}, 8),),
    )
    assert read_metrics_log(tmp_path / "absent.jsonl") == MetricsLog()


def test_null_is_a_number_that_is_not_finite(tmp_path: Path) -> None:
    log = read_metrics_log(log_file(tmp_path, {**STEP, "generator_loss": None}, {**SCORE, "figures": {"a": None}}))
    assert math.isnan(log.steps[0].generator_loss)
    assert math.isnan(log.scores[0].figures["a"])


def test_a_step_repeated_after_a_restart_counts_once(tmp_path: Path) -> None:
    again = [{**STEP, "step": step, "generator_loss": loss} for step, loss in ((1, 1), (2, 2), (3, 3), (2, 4))]
    log = read_metrics_log(log_file(tmp_path, *again))
    assert [(line.step, line.generator_loss) for line in log.steps] == [(1, 1.0), (2, 4.0), (3, 3.0)]


def test_a_half_written_last_line_is_left_out(tmp_path: Path) -> None:
    path = log_file(tmp_path, STEP, SCORE)
    whole = path.read_bytes()
    last = len(json.dumps(SCORE))
    for cut in range(2, last + 1):
        path.write_bytes(whole[:-cut])
        assert len(read_metrics_log(path).steps) == 1
        assert read_metrics_log(path).scores == ()
    path.write_bytes(whole + b"\x00\xff\x00")
    assert len(read_metrics_log(path).scores) == 1


def test_a_damaged_line_elsewhere_is_named(tmp_path: Path) -> None:
    path = log_file(tmp_path, STEP, '{"kind": "st', SCORE)
    with pytest.raises(DataError, match=r"metrics\.jsonl, line 2: damaged: '\{\"kind\": \"st'; remove this line"):
        read_metrics_log(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({**STEP, "generator_loss": "low"}, r"line 1: 'generator_loss' should be a number, not 'low'"),
        ({**STEP, "step": 1.5}, r"line 1: 'step' should be a whole number, zero or above, not 1\.5"),
        ({**STEP, "step": True}, r"line 1: 'step' should be a whole number, zero or above, not True"),
        ({**SCORE, "figures": {"a": "1"}}, r"line 1: 'figures\.a' should be a number, not '1'"),
        ({"kind": "score", "step": 3, "epoch": 1, "figures": {}}, r"line 1: 'samples' is missing"),
        ([1, 2], r"line 1: should be an object in braces, not \[1, 2\]"),
        ({"step": 1}, r"line 1: 'kind' is missing"),
    ],
)
def test_a_line_that_lacks_what_it_must_hold_is_named(tmp_path: Path, line: object, message: str) -> None:
    with pytest.raises(DataError, match=message):
        read_metrics_log(log_file(tmp_path, line))


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([json.dumps(v).encode() for v in (STEP, SCORE)]))))
def test_any_bytes_give_a_log_or_a_data_error(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "fuzzed.jsonl"
    path.write_bytes(b"\n".join(lines))
    try:
        log, complaint = read_metrics_log(path), ""
    except DataError as error:
        log, complaint = MetricsLog(), str(error)
    assert complaint == "" or "fuzzed.jsonl, line " in complaint
    assert len(log.steps) + len(log.scores) <= len(lines)


def test_a_folder_without_a_run_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"not a run folder: it has no run\.json"):
        read_run_folder(tmp_path)


def test_a_run_without_scores_or_environment_is_read(run_folder: Path) -> None:
    (run_folder / "reference.json").unlink()
    (run_folder / "environment.json").unlink()
    run = read_run_folder(run_folder)
    assert run.references == ()
    assert run.environment == {}


@pytest.mark.parametrize(
    ("file", "alter", "message"),
    [
        ("run.json", lambda run: run.pop("title"), r"run\.json: 'title' is missing"),
        (
            "run.json",
            lambda run: run["experiments"][1].update(name=3),
            r"run\.json: experiments\[1\]: 'name' should be text, not 3",
        ),
        ("reference.json", lambda groups: groups.append(5), r"reference\.json: groups\[1\]: should be an object"),
        ("reference.json", lambda groups: groups[0].update(experiments="all"), r"'experiments' should be a list"),
        (
            "run.json",
            lambda run: run["experiments"][0].update(best_by=3),
            r"run\.json: experiments\[0\]: 'best_by' should be text, not 3",
        ),
        (
            "reference.json",
            lambda groups: groups[0].update(lower_is_better="all"),
            r"reference\.json: groups\[0\]: 'lower_is_better' should be a list of names, not 'all'",
        ),
        (
            "reference.json",
            lambda groups: groups[0].update(intervals={"real": {"a": 1.0}}),
            r"groups\[0\]: intervals: 'real\.a' should be a lower and an upper bound, not 1\.0",
        ),
        ("specgan/result.json", lambda result: result.update(figures=[1]), r"'figures' should be a table"),
        (
            "specgan/result.json",
            lambda result: result.update(intervals={"a": [1.0]}),
            r"'intervals\.a' should be a lower and an upper bound, not \[1\.0\]",
        ),
        ("specgan/result.json", lambda result: result.update(intervals={"a": [1.0, "2"]}), r"a lower and an upper"),
        ("specgan/result.json", lambda result: result.update(best_epoch="late"), r"'best_epoch' should be a number"),
    ],
)
def test_a_wrong_value_is_named(
    run_folder: Path, change_json: Change, file: str, alter: Callable[[Any], object], message: str
) -> None:
    change_json(run_folder / file, alter)
    with pytest.raises(DataError, match=message):
        read_run_folder(run_folder)


@pytest.mark.parametrize(
    ("content", "message"),
    [(b'{\n"title": ,', r"run\.json, line 2: damaged"), (b'{"\xff": 1}', r"run\.json: damaged: byte 2 is not UTF-8")],
)
def test_a_damaged_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "run.json").write_bytes(content)
    with pytest.raises(DataError, match=message):
        read_run_folder(tmp_path)


def test_absent_and_null_are_alike_for_optional_keys() -> None:
    record = record_of({"a": None}, "here")
    assert (record.optional_text("a"), record.optional_number("b"), record.optional_count("a")) == (None, None, None)
    assert (record.table("a"), record.figures("b")) == ({}, {})
