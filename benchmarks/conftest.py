"""Collects what a session measures beside times, prints it at its end and adds it to a saved run."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

import pytest
import torch

from benchmarks.figures import FIGURES, GPU, Figures
from benchmarks.reading_speeds import ReadingSpeeds
from benchmarks.tfrecord_readers import TF_DATA

# Searched for examples like every module, and imported for that
collect_ignore = [] if find_spec("jax") else ["jax_scan.py"]

_FIGURES = pytest.StashKey[Figures]()
_READING_SPEEDS = pytest.StashKey[ReadingSpeeds]()


@pytest.fixture(scope="session")
def figures(pytestconfig: pytest.Config) -> Figures:
    """Where benchmarks put what they measured."""
    return pytestconfig.stash[_FIGURES]


@pytest.fixture(scope="session")
def reading_speeds(pytestconfig: pytest.Config) -> ReadingSpeeds:
    """Where benchmarks put how fast TFRecord files are read."""
    return pytestconfig.stash[_READING_SPEEDS]


def pytest_configure(config: pytest.Config) -> None:
    config.stash[_FIGURES] = Figures()
    config.stash[_READING_SPEEDS] = ReadingSpeeds()


def pytest_benchmark_update_json(config: pytest.Config, output_json: dict[str, Any]) -> None:
    output_json["figures"] = config.stash[_FIGURES].as_json()
    output_json["tfrecord_examples_per_second"] = config.stash[_READING_SPEEDS].as_json()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    speeds = config.stash[_READING_SPEEDS]
    if not speeds.is_empty():
        terminalreporter.section("reading TFRecord files: examples of 16384 floats a second")
        _write_table(terminalreporter, [("reader", "best", "median", f"/ {TF_DATA.name}"), *speeds.rows(TF_DATA.name)])
    figures = config.stash[_FIGURES]
    if figures.is_empty():
        return
    if not torch.cuda.is_available():
        for figure in FIGURES:
            if figure.name.startswith(GPU):
                figures.note(figure.name, "no CUDA device here")
    terminalreporter.section("the LSTM's figures: ratios of the shortest times")
    _write_table(terminalreporter, [("figure", "measured", "at most", "stretch", ""), *figures.rows()])


def _write_table(terminalreporter: pytest.TerminalReporter, rows: list[tuple[str, ...]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        terminalreporter.write_line("  ".join(cells).rstrip())
