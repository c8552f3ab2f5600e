"""Fixtures for every test."""

from __future__ import annotations

from collections.abc import Callable

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
