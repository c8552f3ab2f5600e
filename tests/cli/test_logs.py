"""The library's log messages reach the terminal."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from audiogan.cli.logs import show_logs


@pytest.fixture(autouse=True)
def _logger_left_as_it_was() -> Iterator[None]:
    logger = logging.getLogger("audiogan")
    handlers, level = logger.handlers, logger.level
    yield
    logger.handlers, logger.level = handlers, level


def test_information_goes_to_output_and_warnings_to_errors(capsys: pytest.CaptureFixture[str]) -> None:
    show_logs()
    logging.getLogger("audiogan.data").info("rendering %d minutes", 35)
    logging.getLogger("audiogan").warning("rendered anew")
    assert capsys.readouterr() == ("rendering 35 minutes\n", "warning: rendered anew\n")


def test_quiet_shows_warnings_alone_and_calling_twice_shows_nothing_twice(capsys: pytest.CaptureFixture[str]) -> None:
    show_logs()
    show_logs(quiet=True)
    logging.getLogger("audiogan").info("rendering")
    logging.getLogger("audiogan").warning("rendered anew")
    assert capsys.readouterr() == ("", "warning: rendered anew\n")
