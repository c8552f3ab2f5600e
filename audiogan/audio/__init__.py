"""Audio files and waveforms: reading, writing, resampling, spectra. The names below are public."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from audiogan.audio.decoding import AudioDecoder, decode_whole, decoded_blocks, read_audio
from audiogan.audio.headers import AUDIO_SUFFIXES, AudioHeader, is_audio_name, read_header
from audiogan.audio.resampling import RESAMPLER, RateChange, resampler_with_version
from audiogan.audio.waveforms import check_channels, level_dbfs, match_channels
from audiogan.audio.writing import write_audio

if TYPE_CHECKING:
    from audiogan.audio.spectra import LogMelSpectrogram, griffin_lim, inverse_stft, mel_weights, stft

__all__ = [
    "AUDIO_SUFFIXES",
    "RESAMPLER",
    "AudioDecoder",
    "AudioHeader",
    "LogMelSpectrogram",
    "RateChange",
    "check_channels",
    "decode_whole",
    "decoded_blocks",
    "griffin_lim",
    "inverse_stft",
    "is_audio_name",
    "level_dbfs",
    "match_channels",
    "mel_weights",
    "read_audio",
    "read_header",
    "resampler_with_version",
    "stft",
    "write_audio",
]

_SPECTRA = ("LogMelSpectrogram", "griffin_lim", "inverse_stft", "mel_weights", "stft")


def __getattr__(name: str) -> Any:
    # those who only read and write files need not wait for torch
    if name in _SPECTRA:
        return getattr(import_module("audiogan.audio.spectra"), name)
    raise AttributeError(f"module 'audiogan.audio' has no attribute '{name}'")
