"""A finished run whose experiments are scored by a metric that needs no classifier."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.run.conftest import WholeRun
from tests.run.tone_shards import EXPERIMENTS

_METRICS = re.compile(r"\[\[evaluation\.metrics\]\].*?\n\n", re.DOTALL)


@pytest.fixture
def run(whole: WholeRun, shard: Path, tmp_path: Path) -> Path:
    """A copy to do with as one likes; ``spec.toml`` names the metric ``level``."""
    folder = shutil.copytree(whole.folder, tmp_path / "run")
    text, replaced = _METRICS.subn("", EXPERIMENTS.replace("SHARDS", shard.as_posix()))
    assert replaced == 1
    text = text.replace(
        "[evaluation]\n", '[evaluation]\nmetrics = [{ type = "level", scale = 1.0 }]\nbest_by = "level"\n'
    )
    (folder / "spec.toml").write_text(text)
    return folder
