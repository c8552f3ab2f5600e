"""Fixtures for every test."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator

# Before torch is loaded, and for every process that a test starts: pytest runs as many workers as there are cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
import torch

from tests.golden.recipe import Golden, load_golden


@pytest.fixture(scope="session")
def golden() -> Callable[[str], Golden]:
    """Loads reference numbers by the name of their file in ``tests/golden``."""
    return load_golden


@pytest.fixture(scope="session", autouse=True)
def _one_thread() -> None:
    # Results must not depend on the machine's core count, and small networks are faster without a thread pool.
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    torch.manual_seed(0)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Escapes what is no UTF-8, such as names of files in a log: workers could not send their reports otherwise."""
    report = yield
    report.sections = [(name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections]
    return report
