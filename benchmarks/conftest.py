"""Collects the LSTM's figures over a session, prints them at its end and adds them to a saved run."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from benchmarks.figures import FIGURES, GPU, Figures

_FIGURES = pytest.StashKey[Figures]()


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """Where benchmarks put what they measured."""
    return pytestconfig.stash[_FIGURES]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    output_json["figures"] = config.stash[_FIGURES].as_json()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    figures = config.stash[_FIGURES]
    if figures.is_empty():
        return
    if not torch.cuda.is_available():
        for figure in FIGURES:
            if figure.name.startswith(GPU):
                figures.note(figure.name, "no CUDA device here")
    rows = [("figure", "measured", "at most", "stretch", ""), *figures.rows()]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    terminalreporter.section("the LSTM's figures: ratios of the shortest times")
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        terminalreporter.write_line("  ".join(cells).rstrip())
