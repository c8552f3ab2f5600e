"""A run at a window length that no stride and no frame divides, in stereo, at another rate."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from audiogan.audio import read_audio
from audiogan.data.cache import CACHE_VARIABLE
from audiogan.registry import installed
from audiogan.run.generation import generate_files
from tests.run.sitting import json_lines, sit
from tests.run.tone_shards import EXPERIMENTS, write_experiments

SPECGAN = """
[[experiment]]
name = "specgan"
representation = "spectrogram"
generator = { type = "specgan", dim = 1, latent_dim = 8 }
discriminator = { type = "specgan", dim = 1 }
loss = "wgan-gp"
"""
STEREO = ("dataset.channels=2", "dataset.sample_rate=22050", "dataset.window_length=555")
NAMES = ("lsgan", "lstm-wgan-gp", "specgan")


@pytest.fixture(scope="module")
def stereo_run(shard: Path, _cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stereo")
    # the tones, read as if their samples were of two channels in turn
    file = write_experiments(folder, shard, text=EXPERIMENTS.replace("[profile", f"{SPECGAN}\n[profile"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(_cache))
        patch.setattr("audiogan.report.pages.PLOTS", {})
        assert not sit(file, folder / "run", overrides=STEREO).failed
    return folder / "run"


@pytest.mark.parametrize("name", NAMES)
def test_losses_and_scores_are_finite(name: str, stereo_run: Path) -> None:
    records = json_lines(stereo_run / name / "metrics.jsonl")
    figures = [value for record in records for value in record.values() if isinstance(value, float)]
    assert len(figures) > 20
    assert np.isfinite(figures).all()


@pytest.mark.parametrize("name", NAMES)
def test_previews_and_generated_files_have_the_datas_length_rate_and_channels(
    name: str, stereo_run: Path, tmp_path: Path
) -> None:
    generated = generate_files(
        stereo_run / name,
        tmp_path,
        count=2,
        seed=0,
        checkpoint="latest",
        device_name="cpu",
        registry=installed(),
        warn=lambda line: None,
    )
    previews = sorted((stereo_run / name).glob("samples/*/*.wav"))
    assert previews
    for path in (*generated, *previews):
        waveform, sample_rate = read_audio(path)
        assert (waveform.shape, sample_rate) == ((2, 555), 22_050)
        assert not np.array_equal(waveform[0], waveform[1])
