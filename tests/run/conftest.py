"""Tones to train on, and one whole run of them that several tests look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from attrs import frozen

from audiogan.data.cache import CACHE_VARIABLE
from tests.run.sitting import sit
from tests.run.tone_shards import write_experiments, write_tones
from tests.training.witness import Witness


@pytest.fixture(scope="session")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(_cache))


@pytest.fixture(autouse=True)
def _no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    # drawing takes longer than training here; the whole run draws them
    monkeypatch.setattr("audiogan.report.pages.PLOTS", {})


@pytest.fixture(scope="session")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tones(tmp_path_factory.mktemp("tones"))


@pytest.fixture(scope="session")
def tones(shard: Path) -> Path:
    """The experiment file."""
    return write_experiments(shard.parent, shard)


@frozen
class WholeRun:
    """A run that nothing disturbed. Its folder is to be looked at, not changed."""

    folder: Path
    witness: Witness


@pytest.fixture(scope="session")
def whole(tones: Path, _cache: Path, tmp_path_factory: pytest.TempPathFactory) -> WholeRun:
    """The first run of all: it finds an empty cache."""
    folder, witness = tmp_path_factory.mktemp("whole") / "tones", Witness()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(_cache))
        sit(tones, folder, witness=witness)
    return WholeRun(folder, witness)
