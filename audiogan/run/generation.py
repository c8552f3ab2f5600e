"""Waveforms from a trained experiment, without its dataset."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from audiogan.audio import write_audio
from audiogan.errors import AudioganError
from audiogan.evaluation.soundness import soundness
from audiogan.evaluation.window_memory import check_windows_fit
from audiogan.registry import Registry
from audiogan.run.complaints import generation_complaints
from audiogan.run.trained_generator import trained_generator
from audiogan.system_memory import available_memory
from audiogan.training.device import resolve_device


def generate_files(
    experiment: Path,
    output: Path,
    *,
    count: int,
    seed: int,
    checkpoint: str,
    device_name: str,
    registry: Registry,
    warn: Callable[[str], None],
) -> list[Path]:
    """Writes ``count`` WAV files made by the generator in the folder ``experiment``; returns their paths.

    ``checkpoint`` is ``best``, ``latest`` or a path. The same seed gives the same files, whatever ``count`` is beyond.

    :raises AudioganError: the folder is no trained experiment, ``count`` is not positive or more than memory has room
        for, or the files cannot be written.
    """
    if count < 1:
        raise AudioganError(f"-n must be at least 1, not {count}")
    if not 0 <= seed < 2**63:
        raise AudioganError(f"--seed must be from 0 to {2**63 - 1}, not {seed}")
    for place in (output, *output.parents):
        if place.is_file():
            raise AudioganError(f"{place} is a file, not a folder; name another folder to write to")
    device = resolve_device(device_name)
    trained = trained_generator(experiment, checkpoint=checkpoint, device=device, registry=registry)
    check_windows_fit(
        count,
        channels=trained.data.channels,
        window_length=trained.data.window_length,
        memory=available_memory(),
        way_out="lower -n, and go on with another --seed",
    )
    waveforms = trained.waveforms(count, seed=seed)
    for complaint in generation_complaints(soundness(waveforms)):
        warn(complaint)
    paths = [output / f"{number:04d}.wav" for number in range(count)]
    for path, waveform in zip(paths, waveforms, strict=True):
        write_audio(path, waveform.numpy(), trained.data.sample_rate)
    return paths
