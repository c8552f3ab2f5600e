from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import suppress

import pytest
from rich.console import Console

from audiogan.cli import display as display_module
from audiogan.cli.display import Display, choose_display, count, plan_lines, score_line, values_line
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
        monkeypatch.setattr(display_module, "time", self)

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
    assert score_line(SCORE) == "step 40, epoch 2.5: inception_score 1.250 ± 0.050"
    assert values_line({"a_std": 2.0, "b_mean": 1.0}) == "a_std 2.000, b 1.000"


def _tell_all(display: Observer, clock: Clock) -> None:
    display.plan(COSTS)
    display.start_experiment("lstm", number=2, count=5, steps=80, done=20)
    for number in range(21, 62):
        clock.now += 1.0
        display.step(_step(number))
    display.score(SCORE, best=True)
    display.info("a line")
    display.warning("a warning")
    display.end_experiment("lstm", outcome="finished")


def test_plain_lines(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    _tell_all(Display(Console(force_terminal=False)), clock)
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
    display = Display(Console(force_terminal=False))
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
    display = Display(Console(force_terminal=False))
    display.start_experiment("timed", number=1, count=1, steps=5, done=9)
    for number in (10, 11):
        clock.now += 40.0
        display.step(_step(number))
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "[1/1] timed, 0 steps to go"
    assert lines[2].endswith(", 0 s left")


def test_quiet_keeps_to_warnings(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    _tell_all(Display(Console(force_terminal=True), quiet=True), clock)
    heard = capsys.readouterr()
    assert heard.out == ""
    assert heard.err.splitlines() == ["warning: lstm: all is silence", "warning: a warning"]


class Screen:
    """A terminal of 80 columns with a live display on it, two steps a second."""

    def __init__(self, clock: Clock) -> None:
        self.clock, self.file = clock, io.StringIO()
        self.console = Console(record=True, force_terminal=True, width=80, file=self.file, highlight=False)
        self.display = Display(self.console)

    def take(self, *numbers: int) -> None:
        for number in numbers:
            self.clock.now += 0.5
            self.display.step(_step(number))

    def standing(self) -> str:
        """What stands at the bottom of the screen now."""
        self.console.export_text()
        self.console.print(self.display._live.get_renderable())
        return self.console.export_text()


@pytest.fixture
def screen(clock: Clock) -> Screen:
    """Half-way through the second of five experiments."""
    screen = Screen(clock)
    screen.display.start_experiment("lstm-conv-lsgan", number=2, count=5, steps=160, done=0)
    screen.take(*range(1, 41))
    return screen


def test_everything_that_matters_stands_on_the_screen(screen: Screen) -> None:
    screen.display.score(SCORE, best=True)
    screen.take(41, 42)
    shown = screen.standing()
    for text in ("2 of 5  lstm-conv-lsgan", "42/160", "epoch 5.25", "2.00 steps/s", "discriminator -0.1235"):
        assert text in shown
    assert "59 s left" in shown  # 118 steps at 2 a second
    assert "best: step 40, epoch 2.5: inception_score 1.250 ± 0.050" in shown
    assert max(map(len, shown.splitlines())) <= 80


def test_the_rate_is_of_the_last_steps_and_no_scoring_is_part_of_it(screen: Screen) -> None:
    screen.clock.now += 600.0
    screen.display.score(SCORE, best=False)
    screen.clock.now += 3.5
    screen.take(41)
    assert "0.25 steps/s" in screen.standing()


def test_scores_and_warnings_scroll_by(screen: Screen) -> None:
    screen.console.export_text()
    screen.display.score(SCORE, best=True)
    screen.display.info("a [bold]line[/bold]")
    screen.display.warning("a [red]warning")
    assert screen.console.export_text().replace(" \n", " ").splitlines() == [
        "  lstm-conv-lsgan: step 40, epoch 2.5: inception_score 1.250 ± 0.050 (best so far)",
        "warning: lstm-conv-lsgan: all is silence",
        "a [bold]line[/bold]",
        "warning: a [red]warning",
    ]


def test_the_next_experiment_starts_with_a_clean_screen(screen: Screen) -> None:
    screen.display.end_experiment("lstm-conv-lsgan", outcome="finished")
    assert screen.standing().strip() == ""
    screen.display.start_experiment("timed", number=3, count=5, steps=None, done=0)
    screen.take(1)
    shown = screen.standing()
    assert "3 of 5  timed" in shown
    assert "left" not in shown
    assert "best" not in shown
    assert "1/?" in shown


@pytest.mark.parametrize("error", [None, KeyError])
def test_it_leaves_the_screen_as_it_was(screen: Screen, error: type[Exception] | None) -> None:
    with suppress(KeyError), screen.display.shown():
        screen.display.info("a line that stays")
        if error is not None:
            raise error
    assert "a line that stays" in screen.console.export_text()
    assert not screen.display._live.is_started
    # the last escape sequences erase the live lines and show the cursor again
    assert screen.file.getvalue().rstrip().endswith(("\x1b[2K", "\x1b[?25h"))


def test_progress_of_any_work_is_a_line_every_half_minute(clock: Clock, capsys: pytest.CaptureFixture[str]) -> None:
    with choose_display() as display:
        for done in range(62):
            clock.now += 1.0
            display.progress("hashing", done, 2000)
    assert capsys.readouterr().out.splitlines() == ["  hashing: 29 of 2,000", "  hashing: 59 of 2,000"]


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "ascii"])
def test_what_the_encoding_lacks_ends_nothing(encoding: str) -> None:
    program = "import sys; from audiogan.cli import main; sys.exit(main(['describe', 'training']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    done = subprocess.run(
        [sys.executable, "-m", "audiogan", "describe", "é–音"],
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"UnicodeEncodeError" not in done.stderr
