from __future__ import annotations

import re

import pytest

from audiogan.cli.progress_display import progress_display
from audiogan.evaluation.progress import Progress

Capture = pytest.CaptureFixture[str]
_CODES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def _show() -> None:
    with progress_display() as display:
        display.watch(Progress("reading [b]", 2, 7))
        display.tell("line [one]")
        display.warn("mind [this]")
        display.watch(Progress("epoch [1] of 2", 3, 4))


def test_lines_alone_where_there_is_no_terminal(capsys: Capture) -> None:
    _show()
    shown = capsys.readouterr()
    assert shown.out == "line [one]\n"
    assert shown.err == "warning: mind [this]\n"


def test_a_bar_on_a_terminal_which_leaves_the_lines(capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    _show()
    raw = capsys.readouterr().out
    lines = [line.strip() for line in re.split(r"[\r\n]+", _CODES.sub("", raw))]
    assert "line [one]" in lines
    assert "warning: mind [this]" in lines
    assert any(line.startswith("epoch [1] of 2") and " 3/4 " in line for line in lines)
    assert raw.rindex("\x1b[?25h") > raw.rindex("\x1b[?25l"), "the cursor is hidden for good"
