from __future__ import annotations

import pytest

import audiogan
from audiogan.testing import waveform_data


def test_a_component_from_its_name() -> None:
    generator = audiogan.create("generator", "wavegan", {"dim": 2}, data=waveform_data(4096))
    assert isinstance(generator, audiogan.Generator)
    assert generator.latent_dim == 100


def test_mistakes_are_worded() -> None:
    with pytest.raises(audiogan.PluginError, match="unknown loss 'wgan-pg'; did you mean 'wgan-gp'"):
        audiogan.create("loss", "wgan-pg")
    with pytest.raises(audiogan.SpecError, match=r"generator 'wavegan': dim = 2\.5: must be an integer, such as 2"):
        audiogan.create("generator", "wavegan", {"dim": 2.5}, data=waveform_data(4096))
    with pytest.raises(audiogan.SpecError, match="63 samples"):
        audiogan.create("generator", "wavegan", {"dim": 2}, data=waveform_data(63))
