"""WaveGAN on raw waveforms: generator, discriminator with phase shuffle, and the representation they share.

Source: Donahue, McAuley and Puckette 2019, "Adversarial audio synthesis", arXiv 1802.04208.
"""

from __future__ import annotations

from audiogan import Register, hookimpl
from audiogan_wavegan.discriminator import WaveGANDiscriminator, WaveGANDiscriminatorOptions
from audiogan_wavegan.generator import WaveGANGenerator, WaveGANGeneratorOptions
from audiogan_wavegan.waveform import Waveform, WaveformOptions

__all__ = [
    "WaveGANDiscriminator",
    "WaveGANDiscriminatorOptions",
    "WaveGANGenerator",
    "WaveGANGeneratorOptions",
    "Waveform",
    "WaveformOptions",
]


@hookimpl
def register_representations(register: Register) -> None:
    """Registers ``waveform``."""
    register("waveform", Waveform)


@hookimpl
def register_generators(register: Register) -> None:
    """Registers ``wavegan``."""
    register("wavegan", WaveGANGenerator)


@hookimpl
def register_discriminators(register: Register) -> None:
    """Registers ``wavegan``."""
    register("wavegan", WaveGANDiscriminator)
