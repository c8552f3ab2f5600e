from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiogan.errors import CheckpointError
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.training.log import MetricsLog


def _step(number: int) -> StepRecord:
    return StepRecord(number, number * 0.4, -1.25 * number, 0.5, {"generator/adversarial": 0.5})


def _score(number: int) -> ScoreRecord:
    return ScoreRecord(number, number * 0.4, {"inception_score_mean": 1.5}, 20, ("silent",))


@pytest.fixture
def log(tmp_path: Path) -> MetricsLog:
    """Steps 1 to 4, scored after 2 and 4."""
    log = MetricsLog(tmp_path / "metrics.jsonl")
    for number in (1, 2, 3, 4):
        log.write(_step(number))
        if number % 2 == 0:
            log.write(_score(number))
    return log


def _read(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "metrics.jsonl").read_text().splitlines()]


def _kinds(tmp_path: Path) -> list[tuple[str, int]]:
    return [(record["kind"], record["step"]) for record in _read(tmp_path)]


WHOLE = [("step", 1), ("step", 2), ("score", 2), ("step", 3), ("step", 4), ("score", 4)]


def test_a_line_holds_all_of_its_record(log: MetricsLog, tmp_path: Path) -> None:
    records = _read(tmp_path)
    assert records[1] == {
        "kind": "step",
        "step": 2,
        "epoch": 0.8,
        "discriminator_loss": -2.5,
        "generator_loss": 0.5,
        "terms": {"generator/adversarial": 0.5},
        "skipped": 0,
    }
    assert records[2] == {
        "kind": "score",
        "step": 2,
        "epoch": 0.8,
        "values": {"inception_score_mean": 1.5},
        "samples": 20,
        "warnings": ["silent"],
    }


@pytest.mark.parametrize(
    ("step", "score_pending", "kept"),
    [
        (4, False, WHOLE),
        (4, True, WHOLE[:-1]),
        (3, False, WHOLE[:4]),
        (3, True, WHOLE[:4]),
        (2, False, WHOLE[:3]),
        (2, True, WHOLE[:2]),
        (0, False, []),
        (9, False, WHOLE),
    ],
)
def test_what_a_checkpoint_knows_nothing_of_is_dropped(
    log: MetricsLog, tmp_path: Path, step: int, score_pending: bool, kept: list[tuple[str, int]]
) -> None:
    log.rewind(step=step, score_pending=score_pending)
    assert _kinds(tmp_path) == kept


def test_rewinding_leaves_the_kept_bytes_as_they_were(log: MetricsLog, tmp_path: Path) -> None:
    before = (tmp_path / "metrics.jsonl").read_bytes()
    log.rewind(step=3, score_pending=False)
    after = (tmp_path / "metrics.jsonl").read_bytes()
    assert before.startswith(after)
    assert after.endswith(b"\n")
    assert list(tmp_path.iterdir()) == [tmp_path / "metrics.jsonl"]


def test_no_file_is_nothing_to_rewind(tmp_path: Path) -> None:
    MetricsLog(tmp_path / "metrics.jsonl").rewind(step=0, score_pending=False)
    assert list(tmp_path.iterdir()) == []


def test_a_log_cut_off_anywhere_goes_on(log: MetricsLog, tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    whole = path.read_bytes()
    ends = _line_ends(whole)
    near_an_end = {end + offset for end in ends for offset in (-2, -1, 0, 1)} & set(range(len(whole)))
    for length in sorted(near_an_end | set(range(0, len(whole), 40))):
        path.write_bytes(whole[:length])
        complete = sum(whole[:length].startswith(whole[:end]) for end in ends)
        log.rewind(step=9, score_pending=False)
        log.write(_step(10))
        kinds = _kinds(tmp_path)
        assert kinds[-1] == ("step", 10)
        # a last line that lacks nothing but its line end may count
        assert kinds[:-1] in (WHOLE[:complete], WHOLE[: complete + 1])


def _line_ends(content: bytes) -> list[int]:
    return [index + 1 for index, byte in enumerate(content) if byte == ord("\n")]


@pytest.mark.parametrize(
    "damage", [b'{"kind": "step", "st', b"nonsense", b"\xff\xfe", b"3", b"[]", b'{"step": 1}', b'{"kind": "step"}']
)
def test_a_damaged_line_in_the_middle_is_named(log: MetricsLog, tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "metrics.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    lines[2] = damage + b"\n"
    path.write_bytes(b"".join(lines))
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl:3: .*delete the line"):
        log.rewind(step=4, score_pending=False)
    assert path.read_bytes() == b"".join(lines)


def test_zeros_that_a_power_cut_left_at_the_end_are_dropped(log: MetricsLog, tmp_path: Path) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(path.read_bytes() + bytes(100))
    log.rewind(step=4, score_pending=False)
    assert _kinds(tmp_path) == WHOLE


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=60) | st.text('{}[]",:0123456789.eE-kindstep\n ', max_size=60).map(str.encode))
def test_any_content_is_rewound_or_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "metrics.jsonl"
    path.write_bytes(content)
    try:
        MetricsLog(path).rewind(step=1, score_pending=False)
    except CheckpointError:
        assert path.read_bytes() == content


def test_a_full_disk_is_told_in_words(log: MetricsLog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(CheckpointError, match=r"metrics\.jsonl: cannot be written: No space left"):
        log.write(_step(5))
