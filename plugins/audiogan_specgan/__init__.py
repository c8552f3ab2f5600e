"""SpecGAN: a GAN for spectrograms, with the way from waveforms and back."""

from audiogan import Register, hookimpl
from audiogan_specgan.discriminator import SpecGANDiscriminator
from audiogan_specgan.generator import SpecGANGenerator
from audiogan_specgan.spectrogram import SpectrogramRepresentation


@hookimpl
def register_representations(register: Register) -> None:
    """Registers ``spectrogram``."""
    register("spectrogram", SpectrogramRepresentation)


@hookimpl
def register_generators(register: Register) -> None:
    """Registers ``specgan``."""
    register("specgan", SpecGANGenerator)


@hookimpl
def register_discriminators(register: Register) -> None:
    """Registers ``specgan``."""
    register("specgan", SpecGANDiscriminator)
