"""Audio files and waveforms: reading, writing, resampling, spectra. The names below are public."""

from audiogan.audio.decoding import AudioDecoder, decode_whole, decoded_blocks, read_audio
from audiogan.audio.headers import AUDIO_SUFFIXES, AudioHeader, is_audio_name, read_header
from audiogan.audio.resampling import RESAMPLER, RateChange, resampler_with_version
from audiogan.audio.spectra import LogMelSpectrogram, griffin_lim, inverse_stft, mel_weights, stft
from audiogan.audio.waveforms import check_channels, level_dbfs, match_channels
from audiogan.audio.writing import write_audio

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
