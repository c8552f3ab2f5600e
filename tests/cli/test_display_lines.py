from __future__ import annotations

import pytest

from audiogan.cli.display import choose_display, plain, rate
from audiogan.cli.display.live import LiveDisplay
from audiogan.cli.display.plain import PlainDisplay
from audiogan.cli.display.quiet import QuietDisplay
from audiogan.cli.display.rate import StepRate
from audiogan.cli.display.wording import count, figures, plan_lines, score_line
from audiogan.durations import duration
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.training.measure import StepCost
from audiogan.training.observer import Observer

COSTS = [
    ("wavegan-gp", StepCost(1.25, 1536.4, 19_089_793, 18_000_000), 4000),
    ("lstm", StepCost(0.0314, 200.0, 900, 47_000), None),
]
SCORE = ScoreRecord(40, 2.5, {"inception_score_mean": 1.25, "inception_score_std": 0.05}, 500, ("all is silence",))


class Clock:
    """Both clocks of the displays, in one's own hands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(plain, "time", self)
        monkeypatch.setattr(rate, "time", self)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def _step(number: int) -> StepRecord:
    return StepRecord(number, number / 8, -0.123456, 1234.5)


def test_the_plan_names_cost_and_sum() -> None:
    lines = plan_lines(COSTS)
    assert lines == [
        "wavegan-gp  1.2 s a step, 1,536 MiB, parameters: generator 19.1 M, discriminator 18.0 M; "
        "4,000 steps: 1 h 23 min",
        "lstm        31 ms a step, 200 MiB, parameters: generator 900, discriminator 47 k; steps unknown",
        "training will take about 1 h 23 min at the rate measured here, scoring not counted",
    ]


def test_durations_are_rounded_to_what_matters() -> None:
    assert [duration(seconds) for seconds in (0, 0.4, 59.4, 59.6, 3599.6, 86_399.9)] == [
        "0 s",
        "0 s",
        "59 s",
        "1 min 0 s",
        "1 h 0 min",
        "1 d 0 h",
    ]


def test_parameter_counts_keep_three_digits_at_most() -> None:
    assert [count(number) for number in (0, 999, 1000, 949_600, 999_499, 999_999, 1_000_000)] == [
        "0",
        "999",
        "1 k",
        "950 k",
        "999 k",
        "1.0 M",
        "1.0 M",
    ]


def test_a_score_line_joins_mean_and_std() -> None:
    assert score_line(SCORE, best=True) == "step 40, epoch 2.5: inception_score 1.250 ± 0.050 (best so far)"
    assert score_line(SCORE, best=False) == "step 40, epoch 2.5: inception_score 1.250 ± 0.050"
    assert figures({"a_std": 2.0, "b_mean": 1.0}) == "a_std 2.000, b 1.000"


def test_the_rate_is_of_the_last_steps(clock: Clock) -> None:
    steps = StepRate()
    for _ in range(5):
        clock.now += 2.0
        steps.count()
    assert steps.per_second() == pytest.approx(0.5)
    for _ in range(20):
        clock.now += 0.1
        steps.count()
    assert steps.per_second() == pytest.approx(10.0)


def test_the_rate_is_unknown_before_time_has_passed(clock: Clock) -> None:
    steps = StepRate()
    assert steps.per_second() is None
    steps.count()
    steps.count()
    assert steps.per_second() is None


def test_what_comes_before_the_first_step_and_scorings_is_no_part_of_the_rate(clock: Clock) -> None:
    steps = StepRate()
    clock.now += 600.0
    steps.count()
    clock.now += 2.0
    steps.count()
    assert steps.per_second() == 0.5
    clock.now += 600.0
    steps.go_on()
    clock.now += 4.0
    steps.count()
    assert steps.per_second() == 0.25


def _tell_all(display: Observer, clock: Clock) -> None:
    display.plan(COSTS)
    display.start_experiment("lstm", number=2, count=5, steps=80, done=20)
    for number in range(21, 62):
        clock.now += 1.0
        display.step(_step(number))
    display.score(SCORE, best=True)
    display.tell("a line")
    display.warn("a warning")
    display.end_experiment("lstm", outcome="finished")


def test_plain_lines(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    _tell_all(PlainDisplay(), clock)
    heard = capsys.readouterr()
    assert heard.out.splitlines()[3:] == [
        "[2/5] lstm, 60 steps to go",
        "  lstm: step 50, epoch 6.25, 1.00 steps/s, discriminator -0.1235, generator 1234, 30 s left",
        "  lstm: step 40, epoch 2.5: inception_score 1.250 ± 0.050 (best so far)",
        "a line",
        "  lstm: finished",
    ]
    assert heard.out.splitlines()[:3] == plan_lines(COSTS)
    assert heard.err.splitlines() == ["warning: lstm: all is silence", "warning: a warning"]


def test_plain_lines_without_a_known_end(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    display = PlainDisplay()
    display.start_experiment("lstm", number=1, count=1, steps=None, done=0)
    for number in (1, 2):
        clock.now += 30.0
        display.step(_step(number))
    assert capsys.readouterr().out.splitlines() == [
        "[1/1] lstm",
        "  lstm: step 1, epoch 0.12, ? steps/s, discriminator -0.1235, generator 1234",
        "  lstm: step 2, epoch 0.25, 0.03 steps/s, discriminator -0.1235, generator 1234",
    ]


def test_plain_lines_beyond_an_estimate_never_count_below_nothing(
    clock: Clock, capsys: pytest.CaptureFixture[str]
) -> None:
    display = PlainDisplay()
    display.start_experiment("timed", number=1, count=1, steps=5, done=9)
    for number in (10, 11):
        clock.now += 40.0
        display.step(_step(number))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "[1/1] timed, 0 steps to go"
    assert lines[2].endswith(", 0 s left")


def test_quiet_keeps_to_warnings(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    _tell_all(QuietDisplay(), clock)
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.splitlines() == ["warning: lstm: all is silence", "warning: a warning"]


def test_where_there_is_no_terminal_lines_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    with choose_display(quiet=False) as display:
        assert isinstance(display, PlainDisplay)
    with choose_display(quiet=True) as display:
        assert isinstance(display, QuietDisplay)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with choose_display(quiet=False) as display:
        assert isinstance(display, LiveDisplay)
