"""Waveforms and spectra: reading, writing, transforms."""
