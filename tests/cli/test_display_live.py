from __future__ import annotations

import io

import pytest
from rich.console import Console

from audiogan.cli.display import rate
from audiogan.cli.display.live import LiveDisplay
from audiogan.interfaces.records import ScoreRecord, StepRecord
from audiogan.training.measure import StepCost


class Clock:
    """The clock of the step rate, in one's own hands."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 100.0
        monkeypatch.setattr(rate, "time", self)

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


class Screen:
    """A terminal of 80 columns with a live display on it."""

    def __init__(self) -> None:
        self.console = Console(record=True, force_terminal=True, width=80, file=io.StringIO(), highlight=False)
        self.display = LiveDisplay(self.console)

    def standing(self) -> str:
        """What stands at the bottom of the screen now."""
        self.console.export_text()
        self.console.print(self.display._live.get_renderable())
        return self.console.export_text()


def _step(number: int) -> StepRecord:
    return StepRecord(number, number / 8, -0.25, 1.75)


def _score(step: int, mean: float) -> ScoreRecord:
    return ScoreRecord(step, step / 8, {"inception_score_mean": mean, "inception_score_std": 0.05}, 500)


@pytest.fixture
def screen(clock: Clock) -> Screen:
    """Half-way through the second of five experiments, at two steps a second."""
    screen = Screen()
    screen.display.start_experiment("lstm-conv-lsgan", number=2, count=5, steps=160, done=0)
    for number in range(1, 41):
        clock.now += 0.5
        screen.display.step(_step(number))
    return screen


def test_everything_that_matters_stands_on_the_screen(screen: Screen) -> None:
    shown = screen.standing()
    assert "2 of 5  lstm-conv-lsgan" in shown
    assert "40/160" in shown
    # 120 steps at 2 a second
    assert "1 min 0 s left" in shown
    for label, value in (
        ("epoch", "5.00"),
        ("rate", "2.00 steps/s"),
        ("discriminator loss", "-0.25"),
        ("generator loss", "1.75"),
        ("last score", "none yet"),
        ("best score", "none yet"),
    ):
        assert label in shown
        assert value in shown.split(label, 1)[1]
    assert max(map(len, shown.splitlines())) <= 80


def test_last_and_best_score_are_told_apart(screen: Screen) -> None:
    screen.display.score(_score(16, 1.5), best=True)
    screen.display.score(_score(24, 1.25), best=False)
    shown = " ".join(screen.standing().split())
    assert "1.250 ± 0.050" in shown.split("last score", 1)[1].split("best score")[0]
    assert "1.500 ± 0.050" in shown.split("best score", 1)[1]
    assert "(epoch 2.0)" in shown.split("best score", 1)[1]


def test_nothing_of_a_score_is_cut_off_at_eighty_columns(screen: Screen) -> None:
    screen.display.score(
        ScoreRecord(160, 1234.5, {"inception_score_mean": 12.345, "inception_score_std": 1.5}, 9), best=True
    )
    shown = " ".join(screen.standing().split())
    assert "…" not in shown
    assert shown.count("12.345 ± 1.500 (epoch 1234.5)") == 2


def test_scores_and_warnings_scroll_by(screen: Screen) -> None:
    screen.console.export_text()
    screen.display.score(ScoreRecord(16, 2.0, {"a": 1.0}, 5, ("all is silence",)), best=True)
    screen.display.tell("a [bold]line[/bold]")
    screen.display.warn("a [red]warning")
    assert screen.console.export_text().splitlines() == [
        "  lstm-conv-lsgan: step 16, epoch 2.0: a 1.000 (best so far)",
        "warning: lstm-conv-lsgan: all is silence",
        "a [bold]line[/bold]",
        "warning: a [red]warning",
    ]


def test_the_plan_comes_first() -> None:
    screen = Screen()
    screen.display.plan([("lstm", StepCost(0.5, 100.0, 10, 20), 120)])
    first, last = " ".join(screen.console.export_text().split()).split("training will take", 1)
    assert first.startswith("lstm 500 ms a step, 100 MiB")
    assert last.startswith(" about 1 min 0 s")


def test_the_next_experiment_starts_with_a_clean_screen(screen: Screen, clock: Clock) -> None:
    screen.display.score(_score(16, 1.5), best=True)
    screen.display.end_experiment("lstm-conv-lsgan", outcome="finished")
    assert screen.standing().strip() == ""
    screen.display.start_experiment("wavegan-gp", number=3, count=5, steps=100, done=60)
    shown = screen.standing()
    assert "3 of 5  wavegan-gp" in shown
    assert "60/100" in shown
    assert "lstm-conv-lsgan" not in shown
    for number in (61, 62):
        clock.now += 4.0
        screen.display.step(_step(number))
    shown = screen.standing()
    assert "0.25 steps/s" in shown
    assert "2 min 32 s left" in shown
    assert "none yet" in shown.split("best score", 1)[1]


def test_beyond_an_estimate_no_time_is_left(clock: Clock) -> None:
    screen = Screen()
    screen.display.start_experiment("timed", number=1, count=1, steps=3, done=0)
    for number in range(1, 8):
        clock.now += 1.0
        screen.display.step(_step(number))
    assert "0 s left" in screen.standing()
    assert "-" not in screen.standing().split("left")[0].split("timed")[1]


def test_an_unknown_end_shows_no_time_left(clock: Clock) -> None:
    screen = Screen()
    screen.display.start_experiment("timed", number=1, count=1, steps=None, done=0)
    clock.now += 1.0
    screen.display.step(_step(1))
    shown = screen.standing()
    assert "left" not in shown
    assert "1/?" in shown


def test_it_leaves_the_screen_as_it_was(screen: Screen) -> None:
    with screen.display.shown():
        screen.display.tell("a line that stays")
    assert "a line that stays" in screen.console.export_text()
    file = screen.console.file
    assert isinstance(file, io.StringIO)
    # the last escape sequences erase the live lines and show the cursor again
    assert file.getvalue().rstrip().endswith(("\x1b[2K", "\x1b[?25h"))


def test_the_screen_is_given_back_after_an_error(screen: Screen) -> None:
    with pytest.raises(KeyError), screen.display.shown():
        raise KeyError
    assert not screen.display._live.is_started
